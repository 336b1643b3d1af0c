/* Opening a file by what its sections know of it. */
#include "kernel/io/volume.h"
#include "lib/string.h"

#define TAG 'poeR'

/* DEVICE's name and PATH behind it, in pool. */
static ntstatus full_name(struct device_object *device, const struct unicode_string *path,
                          struct unicode_string *out)
{
    uint32_t device_bytes = ob_query_name(device, NULL, 0), bytes = device_bytes + path->length;
    uint16_t *text = ex_allocate_pool_with_tag(PAGED_POOL, bytes, TAG);

    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    ob_query_name(device, text, device_bytes);
    memcpy(text + device_bytes / sizeof(*text), path->buffer, path->length);
    *out = (struct unicode_string){(uint16_t)bytes, (uint16_t)bytes, text};
    return STATUS_SUCCESS;
}

ntstatus io_open_page_source(const struct mm_page_source *source, uint32_t access, handle_t *handle)
{
    struct unicode_string name;
    struct object_attributes attributes = {.name = &name, .attributes = OBJ_CASE_INSENSITIVE};
    struct io_open_packet packet = {.access = access | ACCESS_SYNCHRONIZE,
                                    .share = FILE_SHARE_VALID,
                                    .disposition = FILE_OPEN,
                                    .options = FILE_SYNCHRONOUS_IO_NONALERT};

    if (source->read_page != io_read_file_page)
        return STATUS_OBJECT_TYPE_MISMATCH;
    const struct io_file *file = CONTAINER_OF(source, struct io_file, source);
    ntstatus status = full_name(file->volume->device, &file->name, &name);
    if (!NT_SUCCESS(status))
        return status;
    status = io_create_file(&attributes, &packet, KERNEL_MODE, handle);
    ex_free_pool_with_tag((void *)name.buffer, TAG);
    return status;
}
