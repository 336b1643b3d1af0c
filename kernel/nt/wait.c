/*
 * Waiting by handle. The caller's wait is one of its mode: in user mode it ends when the thread is
 * to end, or is alerted if it may be, and what was referenced for it is given back.
 */
#include "kernel/ex/objects.h"
#include "kernel/nt/common.h"

#define TAG 'tiaW'

/* *USE is the timeout at AT, kept in *TIMEOUT, or NULL: for ever. */
static ntstatus capture_timeout(const int64_t *at, int64_t *timeout, const int64_t **use)
{
    *use = at ? timeout : NULL;
    return at ? rtl_copy_from_user(timeout, at, sizeof(*timeout)) : STATUS_SUCCESS;
}

static ntstatus reference(handle_t handle, void **object)
{
    ntstatus status = nt_reference_object(handle, ACCESS_SYNCHRONIZE, NULL, object, NULL);

    if (!NT_SUCCESS(status) || ob_header(*object)->type->info.waitable)
        return status;
    ob_dereference_object(*object);
    return STATUS_OBJECT_TYPE_MISMATCH;
}

static ntstatus wait(void *object, uint8_t alertable, const int64_t *timeout)
{
    return ke_wait_for_single_object(object, WR_USER_REQUEST, ke_get_previous_mode(),
                                     alertable != 0, timeout);
}

ntstatus nt_wait_for_single_object(handle_t handle, uint8_t alertable, const int64_t *timeout_at)
{
    int64_t timeout;
    const int64_t *use;
    void *object;
    ntstatus status = capture_timeout(timeout_at, &timeout, &use);

    if (NT_SUCCESS(status))
        status = reference(handle, &object);
    if (!NT_SUCCESS(status))
        return status;
    status = wait(object, alertable, use);
    ob_dereference_object(object);
    return status;
}

ntstatus nt_delay_execution(uint8_t alertable, const int64_t *interval_at)
{
    int64_t interval;
    ntstatus status = rtl_copy_from_user(&interval, interval_at, sizeof(interval));

    return NT_SUCCESS(status)
               ? ke_delay_execution_thread(ke_get_previous_mode(), alertable != 0, interval)
               : status;
}

/* ---- several objects --------------------------------------------------------------------------
 */

struct waited {
    void *objects[MAXIMUM_WAIT_OBJECTS];
    uint32_t count; /* referenced */
};

static void dereference_all(struct waited *waited)
{
    while (waited->count)
        ob_dereference_object(waited->objects[--waited->count]);
}

static bool is_there_twice(const struct waited *waited)
{
    for (uint32_t i = 0; i < waited->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (waited->objects[i] == waited->objects[j])
                return true;
    return false;
}

static ntstatus reference_all(const handle_t *handles, uint32_t count, enum wait_type type,
                              struct waited *waited)
{
    ntstatus status = STATUS_SUCCESS;

    waited->count = 0;
    while (NT_SUCCESS(status) && waited->count < count) {
        status = reference(handles[waited->count], &waited->objects[waited->count]);
        if (NT_SUCCESS(status))
            waited->count++;
    }
    if (NT_SUCCESS(status) && type == WAIT_ALL && is_there_twice(waited))
        status = STATUS_INVALID_PARAMETER_MIX;
    if (!NT_SUCCESS(status))
        dereference_all(waited);
    return status;
}

static ntstatus wait_for(const struct waited *waited, enum wait_type type, uint8_t alertable,
                         const int64_t *timeout)
{
    struct kwait_block *blocks = NULL;

    if (waited->count > THREAD_WAIT_OBJECTS) {
        blocks = ex_allocate_pool_with_tag(NONPAGED_POOL, waited->count * (uint32_t)sizeof(*blocks),
                                           TAG);
        if (!blocks)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    ntstatus status =
        ke_wait_for_multiple_objects(waited->count, waited->objects, type, WR_USER_REQUEST,
                                     ke_get_previous_mode(), alertable != 0, timeout, blocks);
    if (blocks)
        ex_free_pool_with_tag(blocks, TAG);
    return status;
}

ntstatus nt_wait_for_multiple_objects(uint32_t count, const handle_t *handles_at, uint32_t type,
                                      uint8_t alertable, const int64_t *timeout_at)
{
    handle_t handles[MAXIMUM_WAIT_OBJECTS];
    struct waited waited;
    int64_t timeout;
    const int64_t *use;

    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS)
        return STATUS_INVALID_PARAMETER_1;
    if (type != WAIT_ALL && type != WAIT_ANY)
        return STATUS_INVALID_PARAMETER_3;
    ntstatus status = capture_timeout(timeout_at, &timeout, &use);
    if (NT_SUCCESS(status))
        status = rtl_copy_from_user(handles, handles_at, count * (uint32_t)sizeof(handles[0]));
    if (NT_SUCCESS(status))
        status = reference_all(handles, count, type, &waited);
    if (!NT_SUCCESS(status))
        return status;
    status = wait_for(&waited, type, alertable, use);
    dereference_all(&waited);
    return status;
}

/* ---- a signal and a wait ----------------------------------------------------------------------
 */

static ntstatus signal_event(void *object)
{
    ke_set_event(object, EVENT_INCREMENT);
    return STATUS_SUCCESS;
}

static ntstatus signal_semaphore(void *object)
{
    return ke_release_semaphore(object, SEMAPHORE_INCREMENT, 1, NULL);
}

static ntstatus signal_mutant(void *object)
{
    return ke_release_mutant(object, MUTANT_INCREMENT, NULL);
}

/* What can be signalled, with the right to it. */
static ntstatus signal(handle_t handle)
{
    const struct {
        const struct object_type *type;
        uint32_t access;
        ntstatus (*signal)(void *object);
    } kinds[] = {
        {ex_event_type, EVENT_MODIFY_STATE, signal_event},
        {ex_semaphore_type, SEMAPHORE_MODIFY_STATE, signal_semaphore},
        {ex_mutant_type, 0, signal_mutant},
    };
    ntstatus status = STATUS_OBJECT_TYPE_MISMATCH;
    void *object;

    for (uint32_t i = 0; i < ARRAY_SIZE(kinds) && status == STATUS_OBJECT_TYPE_MISMATCH; i++) {
        status = nt_reference_object(handle, kinds[i].access, kinds[i].type, &object, NULL);
        if (!NT_SUCCESS(status))
            continue;
        status = kinds[i].signal(object);
        ob_dereference_object(object);
    }
    return status;
}

ntstatus nt_signal_and_wait_for_single_object(handle_t signal_handle, handle_t handle,
                                              uint8_t alertable, const int64_t *timeout_at)
{
    int64_t timeout;
    const int64_t *use;
    void *object;
    ntstatus status = capture_timeout(timeout_at, &timeout, &use);

    if (NT_SUCCESS(status))
        status = reference(handle, &object);
    if (!NT_SUCCESS(status))
        return status;
    status = signal(signal_handle);
    if (NT_SUCCESS(status))
        status = wait(object, alertable, use);
    ob_dereference_object(object);
    return status;
}
