/*
 * Asking a device for what is neither reading nor writing. One buffer of the kernel's takes the
 * question to the driver and the answer back.
 */
#include "kernel/nt/nt.h"
#include "kernel/nt/request.h"
#include "lib/string.h"

#define TAG        'tCvD'
#define MOST_BYTES 0x10000u

/* CTL_CODE of winioctl.h: the access that the handle must grant has the bits of FILE_READ_DATA and
 * FILE_WRITE_DATA. */
#define METHOD_OF(code) ((code)&3u)
#define ACCESS_OF(code) ((code) >> 14 & 3u)
#define METHOD_BUFFERED 0u

/* The caller's buffers. */
struct control {
    uint32_t code;
    const void *in;
    void *out;
    uint32_t in_bytes, out_bytes;
};

/* By way of BUFFER, which has room for the longer of the two. */
static ntstatus ask(const struct control *control, struct file_object *file, void *buffer,
                    uint32_t *done)
{
    ntstatus status = rtl_copy_from_user(buffer, control->in, control->in_bytes);

    if (NT_SUCCESS(status))
        status = io_device_control(file, control->code, buffer, control->in_bytes,
                                   control->out_bytes, done);
    if (NT_SUCCESS(status))
        status = rtl_copy_to_user(control->out, buffer, *done);
    return status;
}

static ntstatus run(const struct control *control, struct file_object *file, uint32_t *done)
{
    uint32_t bytes =
        control->in_bytes > control->out_bytes ? control->in_bytes : control->out_bytes;

    if (METHOD_OF(control->code) != METHOD_BUFFERED)
        return STATUS_INVALID_DEVICE_REQUEST; /* no driver has such */
    if (bytes > MOST_BYTES)
        return STATUS_INSUFFICIENT_RESOURCES;
    void *buffer = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes ? bytes : 1, TAG);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    ntstatus status = ask(control, file, buffer, done);
    ex_free_pool_with_tag(buffer, TAG);
    return status;
}

ntstatus nt_device_io_control_file(handle_t file, handle_t event, const void *apc_routine,
                                   const void *apc_context, struct io_status_block *block,
                                   uint32_t code, const void *in, uint32_t in_bytes, void *out,
                                   uint32_t out_bytes)
{
    const struct control control = {
        .code = code, .in = in, .out = out, .in_bytes = in_bytes, .out_bytes = out_bytes};
    struct nt_request request;
    uint32_t done = 0;
    ntstatus status =
        nt_begin_request(file, ACCESS_OF(code), false, event, apc_routine, block, &request);

    (void)apc_context;
    if (!NT_SUCCESS(status))
        return status;
    status = run(&control, request.file, &done);
    return nt_end_request(&request, status, NT_SUCCESS(status) ? done : 0);
}
