/* Paths in memory of their own. */
#include "kernel/io/io.h"
#include "lib/string.h"

#define TAG 'htaP'

bool io_copy_name(struct unicode_string *to, const struct unicode_string *from)
{
    uint16_t *text = ex_allocate_pool_with_tag(NONPAGED_POOL, from->length + 2u, TAG);

    if (!text)
        return false;
    memcpy(text, from->buffer, from->length);
    text[from->length / 2] = 0;
    *to = (struct unicode_string){from->length, (uint16_t)(from->length + 2u), text};
    return true;
}

void io_free_name(struct unicode_string *name)
{
    if (name->buffer)
        ex_free_pool_with_tag((void *)name->buffer, TAG);
    name->buffer = NULL;
}

ntstatus io_join_path(const struct unicode_string *path, const struct unicode_string *rest,
                      struct unicode_string *joined)
{
    bool separate = rest->length && path->length > 2; /* not behind the root directory, \ */
    uint32_t units = path->length / 2, bytes = path->length + separate * 2u + rest->length;
    uint16_t *text;

    if (bytes > 0xFFFE)
        return STATUS_OBJECT_NAME_INVALID;
    text = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(text, path->buffer, path->length);
    if (separate)
        text[units++] = '\\';
    memcpy(text + units, rest->buffer, rest->length);
    *joined = (struct unicode_string){(uint16_t)bytes, (uint16_t)bytes, text};
    return STATUS_SUCCESS;
}
