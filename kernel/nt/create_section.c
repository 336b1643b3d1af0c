/* Creating and opening sections by name, and of files by their handles. */
#include "kernel/io/io.h"
#include "kernel/nt/capture.h"
#include "kernel/nt/section.h"
#include "mm/section.h"

/* => the file that HANDLE, which must grant reading, stands for, referenced; none for 0. */
static ntstatus reference_file(handle_t handle, struct file_object **file,
                               struct mm_page_source **source)
{
    void *object;

    *file = NULL;
    *source = NULL;
    if (!handle)
        return STATUS_SUCCESS;
    ntstatus status = ob_reference_object_by_handle(handle, FILE_READ_DATA, io_file_type,
                                                    ke_get_previous_mode(), &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    *file = object;
    if (io_file_of(*file)) {
        *source = &io_file_of(*file)->source;
        return STATUS_SUCCESS;
    }
    ob_dereference_object(object);
    return STATUS_INVALID_FILE_FOR_SECTION; /* a device, or a directory */
}

static ntstatus make(handle_t file_handle, uint64_t bytes, uint32_t protect, uint32_t attributes,
                     struct mm_section **section)
{
    struct file_object *file;
    struct mm_page_source *source;
    ntstatus status = reference_file(file_handle, &file, &source);

    if (!NT_SUCCESS(status))
        return status;
    status = nt_make_section(source, bytes, protect, attributes, section);
    if (file)
        ob_dereference_object(file);
    return status;
}

static ntstatus give_handle(handle_t handle, handle_t *handle_at, ntstatus status)
{
    ntstatus written = rtl_write_user_word(handle_at, handle);

    if (NT_SUCCESS(written))
        return status;
    ob_close_handle(handle, ke_get_previous_mode());
    return written;
}

ntstatus nt_create_section(handle_t *handle_at, uint32_t access,
                           const struct nt_object_attributes *attributes_at,
                           const uint64_t *size_at, uint32_t protect, uint32_t attributes,
                           handle_t file)
{
    struct nt_captured_attributes captured;
    struct mm_section *section;
    handle_t handle = 0;
    uint64_t bytes = 0;
    ntstatus status = rtl_write_user_word(handle_at, handle);

    if (NT_SUCCESS(status) && size_at)
        status = rtl_copy_from_user(&bytes, size_at, sizeof(bytes));
    if (NT_SUCCESS(status))
        status = nt_capture_optional_attributes(attributes_at, &captured);
    if (!NT_SUCCESS(status))
        return status;
    status = make(file, bytes, protect, attributes, &section);
    if (NT_SUCCESS(status))
        status = ob_insert_object(section, &captured.attributes, access, ke_get_previous_mode(),
                                  &handle);
    nt_release_object_attributes(&captured);
    return NT_SUCCESS(status) ? give_handle(handle, handle_at, status) : status;
}

ntstatus nt_open_section(handle_t *handle_at, uint32_t access,
                         const struct nt_object_attributes *attributes_at)
{
    struct nt_captured_attributes captured;
    handle_t handle;
    ntstatus status = nt_capture_object_attributes(attributes_at, &captured);

    if (!NT_SUCCESS(status))
        return status;
    status = ob_open_object_by_name(&captured.attributes, nt_section_type, access,
                                    ke_get_previous_mode(), &handle);
    nt_release_object_attributes(&captured);
    return NT_SUCCESS(status) ? give_handle(handle, handle_at, status) : status;
}
