/* The full name of an object, from its end to the root. */
#include "kernel/ob/ob_internal.h"
#include "lib/string.h"

/* => the directory that HEADER's name is in, or NULL: the root, or none any more. */
static struct object_header *parent_of(const struct object_header *header)
{
    struct object_directory *directory = header->name->directory;

    return directory == ob_root_directory ? NULL : ob_header(directory);
}

static bool is_named(const struct object_header *header)
{
    return header && header->name && header->name->directory;
}

static uint32_t count(const struct object_header *header)
{
    uint32_t bytes = 0;

    for (; is_named(header); header = parent_of(header))
        bytes += (uint32_t)sizeof(uint16_t) + header->name->name.length;
    return bytes;
}

/* The name's text ends at END. */
static void write(const struct object_header *header, uint16_t *end)
{
    for (; is_named(header); header = parent_of(header)) {
        const struct unicode_string *name = &header->name->name;
        end -= name->length / sizeof(uint16_t);
        memcpy(end, name->buffer, name->length);
        *--end = OBJ_NAME_PATH_SEPARATOR;
    }
}

uint32_t ob_query_name(void *object, uint16_t *text, uint32_t room)
{
    const struct object_header *header = ob_header(object);

    if (object == ob_root_directory) {
        if (room >= sizeof(uint16_t))
            *text = OBJ_NAME_PATH_SEPARATOR;
        return sizeof(uint16_t);
    }
    ex_acquire_push_lock_shared(&ob_name_lock);
    uint32_t bytes = count(header);
    if (bytes && bytes <= room)
        write(header, text + bytes / sizeof(uint16_t));
    ex_release_push_lock_shared(&ob_name_lock);
    return bytes;
}
