/* The types, as a table, and the functions that make objects of them. */
#include "kernel/ex/objects.h"
#include "kernel/ex/timer.h"
#include "kernel/ex/worker.h"
#include "kernel/ke/bugcheck.h"

struct object_type *ex_event_type, *ex_semaphore_type, *ex_mutant_type, *ex_timer_type;

static void delete_mutant(void *object)
{
    ke_delete_mutant(object);
}

#define ALL_ACCESS(specific) (STANDARD_RIGHTS_REQUIRED | ACCESS_SYNCHRONIZE | (specific))
#define READ_CONTROL         ACCESS_READ_CONTROL

/* The rights are winnt.h's: 1 to query, 2 to change. */
static const struct {
    struct object_type **type;
    const uint16_t *name;
    struct object_type_initializer info;
} types[] = {
    {&ex_event_type,
     u"Event",
     {.mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | ACCESS_SYNCHRONIZE,
                  ALL_ACCESS(3)},
      .valid_access = ALL_ACCESS(3),
      .body_bytes = sizeof(struct kevent),
      .pool = NONPAGED_POOL,
      .waitable = true}},
    {&ex_semaphore_type,
     u"Semaphore",
     {.mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | ACCESS_SYNCHRONIZE,
                  ALL_ACCESS(3)},
      .valid_access = ALL_ACCESS(3),
      .body_bytes = sizeof(struct ksemaphore),
      .pool = NONPAGED_POOL,
      .waitable = true}},
    {&ex_mutant_type,
     u"Mutant",
     {.mapping = {READ_CONTROL | 1, READ_CONTROL, READ_CONTROL | ACCESS_SYNCHRONIZE, ALL_ACCESS(1)},
      .valid_access = ALL_ACCESS(1),
      .body_bytes = sizeof(struct kmutant),
      .pool = NONPAGED_POOL,
      .waitable = true,
      .delete = delete_mutant}},
    {&ex_timer_type,
     u"Timer",
     {.mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | ACCESS_SYNCHRONIZE,
                  ALL_ACCESS(3)},
      .valid_access = ALL_ACCESS(3),
      .body_bytes = sizeof(struct etimer),
      .pool = NONPAGED_POOL,
      .waitable = true,
      .delete = ex_delete_timer}},
};

static struct work_queue_item reaper;

static void reap(void *context)
{
    (void)context;
    ob_reap_deferred_deletions();
}

static void request_reap(void)
{
    ex_queue_work_item(&reaper, DELAYED_WORK_QUEUE);
}

void ex_init_objects(void)
{
    ex_initialize_work_item(&reaper, reap, NULL);
    ob_request_reap = request_reap;
    for (uint32_t i = 0; i < ARRAY_SIZE(types); i++)
        if (!NT_SUCCESS(ob_create_object_type(types[i].name, &types[i].info, types[i].type)))
            ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 4, i, 0, 0);
}

ntstatus ex_create_event(const struct object_attributes *attributes, uint32_t access,
                         enum kprocessor_mode mode, enum kobject_type type, bool signalled,
                         handle_t *handle)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);

    void *event;
    ntstatus status = ob_create_object(ex_event_type, &event);

    if (!NT_SUCCESS(status))
        return status;
    ke_initialize_event(event, type, signalled);
    return ob_insert_object(event, attributes, access, mode, handle);
}

ntstatus ex_create_semaphore(const struct object_attributes *attributes, uint32_t access,
                             enum kprocessor_mode mode, int32_t count, int32_t limit,
                             handle_t *handle)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);

    void *semaphore;
    ntstatus status;

    if (count < 0 || limit <= 0 || count > limit)
        return STATUS_INVALID_PARAMETER;
    status = ob_create_object(ex_semaphore_type, &semaphore);
    if (!NT_SUCCESS(status))
        return status;
    ke_initialize_semaphore(semaphore, count, limit);
    return ob_insert_object(semaphore, attributes, access, mode, handle);
}

ntstatus ex_create_mutant(const struct object_attributes *attributes, uint32_t access,
                          enum kprocessor_mode mode, bool owned, handle_t *handle)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);

    void *mutant;
    ntstatus status = ob_create_object(ex_mutant_type, &mutant);

    if (!NT_SUCCESS(status))
        return status;
    ke_initialize_mutant(mutant, owned); /* if it is not wanted, its end frees it again */
    return ob_insert_object(mutant, attributes, access, mode, handle);
}

ntstatus ex_create_timer(const struct object_attributes *attributes, uint32_t access,
                         enum kprocessor_mode mode, enum kobject_type type, handle_t *handle)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);

    void *timer;
    ntstatus status = ob_create_object(ex_timer_type, &timer);

    if (!NT_SUCCESS(status))
        return status;
    ex_initialize_timer(timer, type);
    return ob_insert_object(timer, attributes, access, mode, handle);
}

ntstatus ex_wait_for_handle(handle_t handle, enum kprocessor_mode mode, bool alertable,
                            const int64_t *timeout)
{
    void *object;

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    ntstatus status =
        ob_reference_object_by_handle(handle, ACCESS_SYNCHRONIZE, NULL, mode, &object, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (ob_header(object)->type->info.waitable)
        status = ke_wait_for_single_object(object, WR_USER_REQUEST, mode, alertable, timeout);
    else
        status = STATUS_OBJECT_TYPE_MISMATCH;
    ob_dereference_object(object);
    return status;
}
