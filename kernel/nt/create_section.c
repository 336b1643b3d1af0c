/* Creating and opening sections by name, and of files by their handles. */
#include "kernel/io/io.h"
#include "kernel/nt/common.h"
#include "kernel/nt/section.h"
#include "mm/section.h"

/* What a section with PROTECT needs the handle of its file to grant. */
static uint32_t file_access_for(uint32_t protect)
{
    static const struct {
        uint32_t protect, access;
    } needs[] = {
        {~PAGE_EXECUTE, FILE_READ_DATA},
        {PAGE_READWRITE | PAGE_EXECUTE_READWRITE, FILE_WRITE_DATA},
        {PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY,
         FILE_EXECUTE},
    };
    uint32_t access = 0;

    for (uint32_t i = 0; i < ARRAY_SIZE(needs); i++)
        if (protect & needs[i].protect)
            access |= needs[i].access;
    return access;
}

/* => the file that HANDLE, which must grant ACCESS, stands for, referenced; none for 0. */
static ntstatus reference_file(handle_t handle, uint32_t access, struct file_object **file,
                               struct mm_page_source **source)
{
    void *object;

    *file = NULL;
    *source = NULL;
    if (!handle)
        return STATUS_SUCCESS;
    ntstatus status = ob_reference_object_by_handle(handle, access, io_file_type,
                                                    ke_get_previous_mode(), &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    *file = object;
    const struct io_file *of = io_file_of(*file);
    if (of && !(of->entry.attributes & FILE_ATTRIBUTE_DIRECTORY)) {
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
    ntstatus status = reference_file(file_handle, file_access_for(protect), &file, &source);

    if (!NT_SUCCESS(status))
        return status;
    status = nt_make_section(source, bytes, protect, attributes, section);
    if (file)
        ob_dereference_object(file);
    return status;
}

ntstatus nt_create_section(handle_t *handle_at, uint32_t access,
                           const struct nt_object_attributes *attributes_at,
                           const uint64_t *size_at, uint32_t protect, uint32_t attributes,
                           handle_t file)
{
    struct nt_creation creation;
    struct mm_section *section;
    uint64_t bytes = 0;
    ntstatus status = nt_begin_creation(&creation, handle_at, attributes_at);

    if (!NT_SUCCESS(status))
        return status;
    if (size_at)
        status = rtl_copy_from_user(&bytes, size_at, sizeof(bytes));
    if (NT_SUCCESS(status))
        status = make(file, bytes, protect, attributes, &section);
    if (NT_SUCCESS(status))
        status = ob_insert_object(section, creation.attributes, access, ke_get_previous_mode(),
                                  &creation.handle);
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_section(handle_t *handle, uint32_t access,
                         const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, nt_section_type);
}
