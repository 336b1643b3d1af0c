/* Files for tests. */
#include "tests/kernel/files.h"

bool ktest_has_volume(struct ktest *test)
{
    handle_t handle;

    if (!NT_SUCCESS(
            ktest_open_file(u"\\??\\C:", FILE_READ_ATTRIBUTES, FILE_SHARE_VALID, 0, &handle))) {
        ktest_skip(test, "the loader gave no volume");
        return false;
    }
    nt_close(handle);
    return true;
}

ntstatus ktest_open_file(const uint16_t *path, uint32_t access, uint32_t share, uint32_t options,
                         handle_t *handle)
{
    struct unicode_string name;
    struct nt_object_attributes attributes = {
        .length = sizeof(attributes), .object_name = &name, .attributes = OBJ_CASE_INSENSITIVE};
    struct io_status_block block = {0};

    rtl_init_unicode_string(&name, path);
    return nt_open_file(handle, access, &attributes, &block, share, options);
}

ntstatus ktest_open_relative(handle_t root, const uint16_t *path, uint32_t options,
                             handle_t *handle)
{
    struct unicode_string name;
    struct nt_object_attributes attributes = {
        .length = sizeof(attributes), .root_directory = root, .object_name = &name};
    struct io_status_block block = {0};

    rtl_init_unicode_string(&name, path);
    return nt_open_file(handle, FILE_READ_DATA, &attributes, &block, FILE_SHARE_VALID, options);
}

ntstatus ktest_create_file(const uint16_t *path, uint32_t access, uint32_t disposition,
                           uint32_t options, handle_t *handle)
{
    struct unicode_string name;
    struct nt_object_attributes attributes = {
        .length = sizeof(attributes), .object_name = &name, .attributes = OBJ_CASE_INSENSITIVE};
    struct io_status_block block = {0};

    rtl_init_unicode_string(&name, path);
    return nt_create_file(handle, access, &attributes, &block, NULL, FILE_ATTRIBUTE_NORMAL,
                          FILE_SHARE_VALID, disposition, options, NULL, 0);
}

handle_t ktest_opened(struct ktest *test, const uint16_t *path)
{
    handle_t handle;

    if (NT_SUCCESS(ktest_open_file(path, READ_SYNCHRONOUSLY, FILE_SHARE_VALID,
                                   FILE_SYNCHRONOUS_IO_NONALERT, &handle)))
        return handle;
    ktest_fail(test, __FILE__, __LINE__, "a file could not be opened");
    return 0;
}

ntstatus ktest_try_open(const uint16_t *path, uint32_t access, uint32_t disposition,
                        uint32_t options)
{
    handle_t handle;
    ntstatus status = ktest_create_file(path, access, disposition, options, &handle);

    if (NT_SUCCESS(status))
        nt_close(handle);
    return status;
}

ntstatus ktest_read_file(handle_t handle, void *buffer, uint32_t bytes, int64_t offset,
                         uint32_t *done)
{
    struct io_status_block block = {0xDEAD, 0xDEAD};
    ntstatus status = nt_read_file(handle, 0, NULL, NULL, &block, buffer, bytes,
                                   offset < 0 ? NULL : &offset, NULL);

    *done = block.information;
    return status == block.status ? status : STATUS_UNSUCCESSFUL;
}

struct file_object *ktest_file_of(handle_t handle)
{
    void *object;

    if (!NT_SUCCESS(
            ob_reference_object_by_handle(handle, 0, io_file_type, KERNEL_MODE, &object, NULL)))
        return NULL;
    ob_dereference_object(object);
    return object;
}
