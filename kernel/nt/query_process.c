/*
 * What processes and threads say of themselves: a table of classes, each with a function that fills
 * the documented structure.
 */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "lib/string.h"

#define MOST_BYTES 64u /* of any class */

struct query {
    uint32_t class, bytes;
    void (*fill)(void *object, void *buffer);
};

_Static_assert(sizeof(struct ps_times) == 32, "KERNEL_USER_TIMES");

/* ---- processes ----------------------------------------------------------------------------------
 */

struct process_basic_information {
    ntstatus exit_status;
    uint32_t peb_base_address, affinity_mask, base_priority;
    uint32_t unique_process_id, inherited_from_unique_process_id;
};

static void process_basic(void *object, void *buffer)
{
    const struct eprocess *process = object;

    *(struct process_basic_information *)buffer = (struct process_basic_information){
        .exit_status = process->exit_status,
        .peb_base_address = process->image.image_bytes ? MM_PEB : 0,
        .affinity_mask = 1,
        .base_priority = (uint32_t)process->pcb.base_priority,
        .unique_process_id = process->unique_process_id,
        .inherited_from_unique_process_id = process->inherited_from_unique_process_id,
    };
}

/* VM_COUNTERS. */
struct vm_counters {
    uint32_t peak_virtual_size, virtual_size, page_fault_count;
    uint32_t peak_working_set_size, working_set_size;
    uint32_t quota_peak_paged_pool, quota_paged_pool, quota_peak_nonpaged_pool, quota_nonpaged_pool;
    uint32_t pagefile_usage, peak_pagefile_usage;
};

static void process_vm_counters(void *object, void *buffer)
{
    const struct mm_address_space *vm = &((struct eprocess *)object)->vm;

    *(struct vm_counters *)buffer = (struct vm_counters){
        .virtual_size = vm->virtual_pages << PAGE_SHIFT,
        .peak_virtual_size = vm->virtual_pages << PAGE_SHIFT,
        .page_fault_count = vm->faults,
        .working_set_size = vm->private_pages << PAGE_SHIFT,
        .peak_working_set_size = vm->private_pages << PAGE_SHIFT,
        .pagefile_usage = vm->commit_charge << PAGE_SHIFT,
        .peak_pagefile_usage = vm->peak_commit_charge << PAGE_SHIFT,
    };
}

static void process_times(void *object, void *buffer)
{
    *(struct ps_times *)buffer = ps_query_process_times(object);
}

static void zero_word(void *object, void *buffer)
{
    (void)object;
    *(uint32_t *)buffer = 0;
}

/* -1: somebody debugs it. */
static void process_debug_port(void *object, void *buffer)
{
    *(uint32_t *)buffer = ((struct eprocess *)object)->debug.port ? UINT32_MAX : 0;
}

/* 1: its debugger debugs the processes that it makes too. */
static void process_debug_flags(void *object, void *buffer)
{
    *(uint32_t *)buffer = !((struct eprocess *)object)->debug.no_inherit;
}

/* PROCESS_PRIORITY_CLASS: foreground, and the class. */
static void priority_class(void *object, void *buffer)
{
    uint8_t *bytes = buffer;

    bytes[0] = 0;
    bytes[1] = ((struct eprocess *)object)->priority_class;
}

static const struct query process_queries[] = {
    {0, sizeof(struct process_basic_information), process_basic},
    {3, sizeof(struct vm_counters), process_vm_counters},
    {4, sizeof(struct ps_times), process_times},
    {7, 4, process_debug_port},
    {18, 2, priority_class},
    {26, 4, zero_word}, /* ProcessWow64Information: it is what it is */
    {31, 4, process_debug_flags},
};

/* ---- threads ------------------------------------------------------------------------------------
 */

struct thread_basic_information {
    ntstatus exit_status;
    uint32_t teb_base_address, unique_process, unique_thread, affinity_mask;
    int32_t priority, base_priority;
};

static void thread_basic(void *object, void *buffer)
{
    const struct ethread *thread = object;

    *(struct thread_basic_information *)buffer = (struct thread_basic_information){
        .exit_status = thread->exit_status,
        .teb_base_address = (uint32_t)thread->tcb.teb,
        .unique_process = thread->process->unique_process_id,
        .unique_thread = thread->tcb.id,
        .affinity_mask = 1,
        .priority = thread->tcb.priority,
        .base_priority = thread->tcb.base_priority - thread->process->pcb.base_priority,
    };
}

static void thread_times(void *object, void *buffer)
{
    *(struct ps_times *)buffer = ps_query_thread_times(object);
}

static void am_i_last(void *object, void *buffer)
{
    *(uint32_t *)buffer = ((struct ethread *)object)->process->active_threads == 1;
}

static const struct query thread_queries[] = {
    {0, sizeof(struct thread_basic_information), thread_basic},
    {1, sizeof(struct ps_times), thread_times},
    {12, 4, am_i_last}, /* ThreadAmILastThread */
};

/* ---- both ---------------------------------------------------------------------------------------
 */

static const struct query *find(const struct query *queries, uint32_t count, uint32_t class)
{
    for (uint32_t i = 0; i < count; i++)
        if (queries[i].class == class)
            return &queries[i];
    return NULL;
}

/* OBJECT's reference goes. */
static ntstatus answer(const struct query *query, void *object, void *buffer, uint32_t *returned)
{
    uint64_t information[MOST_BYTES / sizeof(uint64_t)];

    query->fill(object, information);
    ob_dereference_object(object);
    ntstatus status = rtl_copy_to_user(buffer, information, query->bytes);
    return NT_SUCCESS(status) && returned
               ? rtl_copy_to_user(returned, &query->bytes, sizeof(query->bytes))
               : status;
}

ntstatus nt_query_information_process(handle_t handle, uint32_t class, void *buffer,
                                      uint32_t length, uint32_t *returned)
{
    const struct query *query = find(process_queries, ARRAY_SIZE(process_queries), class);
    struct eprocess *process;

    if (!query)
        return STATUS_INVALID_INFO_CLASS;
    if (length < query->bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = nt_reference_process(handle, PROCESS_QUERY_INFORMATION, &process);
    return NT_SUCCESS(status) ? answer(query, process, buffer, returned) : status;
}

ntstatus nt_query_information_thread(handle_t handle, uint32_t class, void *buffer, uint32_t length,
                                     uint32_t *returned)
{
    const struct query *query = find(thread_queries, ARRAY_SIZE(thread_queries), class);
    struct ethread *thread;

    if (!query)
        return STATUS_INVALID_INFO_CLASS;
    if (length < query->bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = nt_reference_thread(handle, THREAD_QUERY_INFORMATION, &thread);
    return NT_SUCCESS(status) ? answer(query, thread, buffer, returned) : status;
}
