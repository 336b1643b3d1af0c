/* Handles from one process to another. */
#include "kernel/nt/common.h"

#define HANDLE_ATTRIBUTES (HANDLE_PROTECT_FROM_CLOSE | HANDLE_INHERIT) /* OBJ_ bits, too */

/* What a duplicate is made of. */
struct duplication {
    struct eprocess *from, *to; /* TO NULL: to nowhere */
    handle_t source;
    uint32_t access, attributes, options;
};

static bool is_pseudo(handle_t handle)
{
    return handle == NT_CURRENT_PROCESS || handle == NT_CURRENT_THREAD;
}

/* The process that the handle is of, to which it may do anything (so PROCESS_DUP_HANDLE leads to
 * all access: "Process Security and Access Rights"); but the caller's thread. */
static ntstatus open_pseudo(const struct duplication *d, struct handle_table *to, handle_t *handle)
{
    void *object =
        d->source == NT_CURRENT_PROCESS ? (void *)d->from : (void *)ps_get_current_thread();

    return ob_open_object_in(
        to, object, d->options & DUPLICATE_SAME_ACCESS ? MAXIMUM_ALLOWED : d->access,
        d->options & DUPLICATE_SAME_ATTRIBUTES ? 0 : d->attributes, ke_get_previous_mode(), handle);
}

static ntstatus duplicate(const struct duplication *d, struct handle_table *from,
                          struct handle_table *to, handle_t *handle)
{
    handle_t source = d->source;

    *handle = 0;
    if (is_pseudo(source))
        return to ? open_pseudo(d, to, handle) : STATUS_SUCCESS;
    if ((source & KERNEL_HANDLE_BIT) && ke_get_previous_mode() == KERNEL_MODE) {
        source &= ~KERNEL_HANDLE_BIT;
        from = ob_kernel_handle_table;
    }
    ntstatus status = ob_duplicate_object(from, source, to, d->access, d->attributes, d->options,
                                          ke_get_previous_mode(), handle);
    if (*handle && to == ob_kernel_handle_table)
        *handle |= KERNEL_HANDLE_BIT;
    return status;
}

/* With the tables of both processes, as far as they have any. */
static ntstatus duplicate_between(const struct duplication *d, handle_t *handle)
{
    struct handle_table *from = ps_reference_handle_table(d->from);
    struct handle_table *to = d->to ? ps_reference_handle_table(d->to) : NULL;
    ntstatus status = STATUS_PROCESS_IS_TERMINATING;

    *handle = 0;
    if (from && (to || !d->to || (d->options & DUPLICATE_CLOSE_SOURCE))) {
        ntstatus done = duplicate(d, from, to, handle);
        if (to || !d->to)
            status = done;
    }
    if (to)
        ps_dereference_handle_table(d->to, to);
    if (from)
        ps_dereference_handle_table(d->from, from);
    return status;
}

/* The target is NULL, or a process that grants the caller this. A source that is to be closed is,
 * whatever comes of the rest. */
static ntstatus duplicate_to(struct duplication *d, handle_t target, handle_t *handle)
{
    ntstatus bad_target = STATUS_SUCCESS;

    d->to = NULL;
    if (target)
        bad_target = nt_reference_process(target, PROCESS_DUP_HANDLE, &d->to);
    else if (!(d->options & DUPLICATE_CLOSE_SOURCE))
        bad_target = STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(bad_target) && !(d->options & DUPLICATE_CLOSE_SOURCE))
        return bad_target;
    ntstatus status = duplicate_between(d, handle);
    if (d->to)
        ob_dereference_object(d->to);
    return NT_SUCCESS(bad_target) ? status : bad_target;
}

ntstatus nt_duplicate_object(handle_t source_process, handle_t source, handle_t target_process,
                             handle_t *target_at, uint32_t access, uint32_t attributes,
                             uint32_t options)
{
    struct duplication d = {.source = source,
                            .access = access,
                            .attributes = attributes & HANDLE_ATTRIBUTES,
                            .options = options};
    handle_t handle = 0;
    ntstatus status = target_at ? nt_probe_handle(target_at) : STATUS_SUCCESS;

    if (NT_SUCCESS(status))
        status = nt_reference_process(source_process, PROCESS_DUP_HANDLE, &d.from);
    if (!NT_SUCCESS(status))
        return status;
    status = duplicate_to(&d, target_process, &handle);
    ob_dereference_object(d.from);
    if (handle)
        nt_write_result(target_at, &handle, sizeof(handle));
    return status;
}
