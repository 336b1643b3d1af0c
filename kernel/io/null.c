/* \Device\Null: nothing to read, room for everything. */
#include "kernel/io/io.h"
#include "kernel/ke/bugcheck.h"

static ntstatus create(struct file_object *file, const struct unicode_string *path,
                       struct io_open_packet *packet)
{
    (void)file;
    return io_open_device(path, packet);
}

static ntstatus read(struct file_object *file, uint64_t offset, void *buffer, uint32_t bytes,
                     uint32_t *done)
{
    (void)file, (void)offset, (void)buffer, (void)bytes, (void)done;
    return STATUS_END_OF_FILE;
}

static ntstatus write(struct file_object *file, uint64_t offset, const void *buffer, uint32_t bytes,
                      uint32_t *done)
{
    (void)file, (void)offset, (void)buffer;
    *done = bytes;
    return STATUS_SUCCESS;
}

static ntstatus flush(struct file_object *file)
{
    (void)file;
    return STATUS_SUCCESS;
}

void io_init_null_device(void)
{
    static const struct io_driver driver = {
        .create = create, .read = read, .write = write, .flush = flush};
    static const struct device_object device = {
        .driver = &driver, .type = FILE_DEVICE_NULL, .stream = true};

    if (!io_create_device(u"\\Device\\Null", &device))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 3, 0, 0);
    io_create_symbolic_link(u"\\??\\NUL", u"\\Device\\Null");
}
