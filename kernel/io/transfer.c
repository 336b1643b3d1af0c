/* Moving bytes by way of the driver. */
#include "kernel/io/io.h"

static ntstatus result(ntstatus status, uint32_t *done)
{
    if (!NT_SUCCESS(status))
        *done = 0;
    return status;
}

ntstatus io_read_file(struct file_object *file, uint64_t offset, void *buffer, uint32_t bytes,
                      uint32_t *done)
{
    const struct io_driver *driver = file->device->driver;

    *done = 0;
    return driver->read ? result(driver->read(file, offset, buffer, bytes, done), done)
                        : STATUS_INVALID_DEVICE_REQUEST;
}

ntstatus io_write_file(struct file_object *file, uint64_t offset, const void *buffer,
                       uint32_t bytes, uint32_t *done)
{
    const struct io_driver *driver = file->device->driver;

    *done = 0;
    return driver->write ? result(driver->write(file, offset, buffer, bytes, done), done)
                         : STATUS_INVALID_DEVICE_REQUEST;
}

ntstatus io_flush_file(struct file_object *file)
{
    const struct io_driver *driver = file->device->driver;

    return driver->flush ? driver->flush(file) : STATUS_INVALID_DEVICE_REQUEST;
}

ntstatus io_device_control(struct file_object *file, uint32_t code, void *buffer, uint32_t in,
                           uint32_t out, uint32_t *done)
{
    const struct io_driver *driver = file->device->driver;

    *done = 0;
    return driver->device_control
               ? result(driver->device_control(file, code, buffer, in, out, done), done)
               : STATUS_INVALID_DEVICE_REQUEST;
}
