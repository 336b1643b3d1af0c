/* See image_file.h. */
#include "kernel/image_file.h"
#include "kernel/io/io.h"

ntstatus ki_open_file(const struct unicode_string *path, uint32_t access, handle_t *handle)
{
    struct object_attributes attributes = {.name = path,
                                           .attributes = OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE};
    struct io_open_packet packet = {.access = access | ACCESS_SYNCHRONIZE,
                                    .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                                    .disposition = FILE_OPEN,
                                    .options = FILE_SYNCHRONOUS_IO_NONALERT};

    return io_create_file(&attributes, &packet, KERNEL_MODE, handle);
}

ntstatus ki_open_page_source(const struct unicode_string *path, handle_t *handle,
                             struct mm_page_source **source)
{
    void *object;
    ntstatus status = ki_open_file(path, FILE_READ_DATA | FILE_EXECUTE, handle);

    if (!NT_SUCCESS(status))
        return status;
    status = ob_reference_object_by_handle(*handle, 0, io_file_type, KERNEL_MODE, &object, NULL);
    if (NT_SUCCESS(status)) {
        struct io_file *file = io_file_of(object);
        *source = file ? &file->source : NULL;
        status = file ? STATUS_SUCCESS : STATUS_INVALID_FILE_FOR_SECTION;
        ob_dereference_object(object);
    }
    if (!NT_SUCCESS(status))
        ob_close_handle(*handle, KERNEL_MODE);
    return status;
}
