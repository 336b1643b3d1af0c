/*
 * Waiting (KeWaitForSingleObject, KeWaitForMultipleObjects), and what ends a wait.
 *
 *      try      is what is waited for signalled now?  -> take it, no wait
 *      block    a wait block on each object's list and on the thread's timer; another thread runs
 *      wake     a signal (signal.c), the timer, an alert or an APC unlinks all blocks and makes
 *               the thread ready; a kernel APC is no reason to come back: it runs, and all begins
 *               again, the time that has passed counting
 */
#include "kernel/ke/wait.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/scheduler.h"

const char *const ke_object_type_names[KOBJECT_TYPES] = {
    [EVENT_NOTIFICATION_OBJECT] = "NotificationEvent",
    [EVENT_SYNCHRONIZATION_OBJECT] = "SynchronizationEvent",
    [MUTANT_OBJECT] = "Mutant",
    [PROCESS_OBJECT] = "Process",
    [SEMAPHORE_OBJECT] = "Semaphore",
    [THREAD_OBJECT] = "Thread",
    [TIMER_NOTIFICATION_OBJECT] = "NotificationTimer",
    [TIMER_SYNCHRONIZATION_OBJECT] = "SynchronizationTimer",
};

const char *const ke_wait_reason_names[WR_REASONS] = {
    [WR_EXECUTIVE] = "Executive",
    [WR_FREE_PAGE] = "FreePage",
    [WR_PAGE_IN] = "PageIn",
    [WR_POOL_ALLOCATION] = "PoolAllocation",
    [WR_DELAY_EXECUTION] = "DelayExecution",
    [WR_SUSPENDED] = "Suspended",
    [WR_USER_REQUEST] = "UserRequest",
    [WR_QUEUE] = "WrQueue",
    [WR_PUSH_LOCK] = "WrPushLock",
    [WR_RESOURCE] = "WrResource",
};

/* What is waited for, and how. */
struct wait {
    uint32_t count;
    void *const *objects;
    enum wait_type type;
    struct kwait_block *blocks;
    enum kprocessor_mode mode;
    bool alertable;
    bool no_wait;      /* the timeout is 0 */
    uint64_t due_time; /* UINT64_MAX: for ever */
};

/* ---- the wait ---------------------------------------------------------------------------------
 */

static ntstatus combine(ntstatus status, ntstatus more)
{
    return likely(NT_SUCCESS(more)) ? status | more : more;
}

/* => whether what is waited for could be had; then *STATUS says how. */
static bool try(const struct wait *wait, struct kthread *thread, ntstatus *status)
{
    uint32_t i;

    for (i = 0; i < wait->count; i++) {
        bool signalled = ki_is_signalled(wait->objects[i], thread);
        if (signalled && wait->type == WAIT_ANY) {
            *status = combine(i, ki_satisfy(wait->objects[i], thread));
            return true;
        }
        if (!signalled && wait->type == WAIT_ALL)
            return false;
    }
    if (wait->type == WAIT_ANY)
        return false;
    *status = STATUS_SUCCESS;
    for (i = 0; i < wait->count; i++)
        *status = combine(*status, ki_satisfy(wait->objects[i], thread));
    return true;
}

/* Must the wait end before it begins? */
static bool is_alerted(struct kthread *thread, const struct wait *wait, ntstatus *status)
{
    struct kapc_state *apcs = &thread->apc_state;

    if (wait->alertable) {
        for (int mode = wait->mode; mode >= KERNEL_MODE; mode--) {
            if (!thread->alerted[mode])
                continue;
            thread->alerted[mode] = false;
            *status = STATUS_ALERTED;
            return true;
        }
        if (wait->mode == USER_MODE && !is_list_empty(&apcs->apc_list_head[USER_MODE]))
            apcs->user_apc_pending = true;
    }
    *status = STATUS_USER_APC;
    return wait->mode == USER_MODE && apcs->user_apc_pending;
}

/* BLOCK goes on OBJECT's list, and is the one that *LINK leads to. => where the next is to be
 * linked. */
static struct kwait_block **link_block(struct kwait_block **link, struct kwait_block *block,
                                       struct dispatcher_header *object, enum wait_type type,
                                       uint32_t key)
{
    block->thread = ke_get_current_thread();
    block->object = object;
    block->wait_type = (uint8_t)type;
    block->wait_key = key;
    insert_tail_list(&object->wait_list_head, &block->wait_list_entry);
    *link = block;
    return &block->next_wait_block;
}

static void link_blocks(const struct wait *wait, struct kthread *thread)
{
    struct kwait_block **link = &thread->wait_block_list;

    for (uint32_t i = 0; i < wait->count; i++)
        link = link_block(link, &wait->blocks[i], wait->objects[i], wait->type,
                          wait->type == WAIT_ANY ? i : STATUS_SUCCESS);
    if (wait->due_time != UINT64_MAX) {
        thread->timer.header.signal_state = 0;
        link = link_block(link, &thread->wait_block[TIMER_WAIT_BLOCK], &thread->timer.header,
                          WAIT_ANY, STATUS_TIMEOUT);
        ki_insert_timer(&thread->timer, wait->due_time);
    }
    *link = thread->wait_block_list; /* round to the first */
}

static void block(const struct wait *wait, struct kthread *thread, enum kwait_reason reason,
                  kirql irql)
{
    link_blocks(wait, thread);
    thread->alertable = wait->alertable;
    thread->wait_mode = (uint8_t)wait->mode;
    thread->wait_reason = (uint8_t)reason;
    thread->wait_irql = irql;
    thread->state = THREAD_WAITING;
    ki_swap_thread();
}

/* Who may not wait: see the file's contract. */
static void check_wait(const struct kthread *thread, kirql irql)
{
    if (ke_get_pcr()->dpc_routine_active)
        ke_bug_check_ex(ATTEMPTED_SWITCH_FROM_DPC, (uintptr_t)thread, irql, 0, 0);
    ki_unexpected_irql(APC_LEVEL);
}

/* A kernel APC came before the lock was taken and can run at IRQL: it goes first. */
static inline bool apc_goes_first(const struct kthread *thread, kirql irql)
{
    return unlikely(thread->apc_state.kernel_apc_pending) && irql < APC_LEVEL;
}

static ntstatus do_wait(struct wait *wait, enum kwait_reason reason)
{
    struct kthread *thread = ke_get_current_thread();
    ntstatus status = STATUS_SUCCESS;
    kirql irql = ke_get_current_irql();

    if (unlikely(irql >= DISPATCH_LEVEL) && !wait->no_wait)
        check_wait(thread, irql);
    do {
        ki_lock_dispatcher_database();
        if (apc_goes_first(thread, irql)) {
            status = STATUS_KERNEL_APC;
        } else if (try(wait, thread, &status) || is_alerted(thread, wait, &status)) {
            ;
        } else if (wait->no_wait) {
            status = STATUS_TIMEOUT;
        } else {
            block(wait, thread, reason, irql);
            status = thread->wait_status;
        }
        ki_unlock_dispatcher_database(irql); /* a kernel APC that ended the wait runs here */
    } while (unlikely(status == STATUS_KERNEL_APC));
    return status;
}

static void set_timeout(struct wait *wait, const int64_t *timeout)
{
    wait->no_wait = timeout && *timeout == 0;
    wait->due_time = timeout ? ki_due_time(*timeout) : UINT64_MAX;
}

ntstatus ke_wait_for_single_object(void *object, enum kwait_reason reason,
                                   enum kprocessor_mode mode, bool alertable,
                                   const int64_t *timeout)
{
    struct wait wait = {
        .count = 1,
        .objects = &object,
        .type = WAIT_ANY,
        .blocks = ke_get_current_thread()->wait_block,
        .mode = mode,
        .alertable = alertable,
        .due_time = UINT64_MAX,
    };

    if (timeout)
        set_timeout(&wait, timeout);
    return do_wait(&wait, reason);
}

ntstatus ke_wait_for_multiple_objects(uint32_t count, void *const objects[], enum wait_type type,
                                      enum kwait_reason reason, enum kprocessor_mode mode,
                                      bool alertable, const int64_t *timeout,
                                      struct kwait_block *blocks)
{
    struct kthread *thread = ke_get_current_thread();
    struct wait wait = {
        .count = count,
        .objects = objects,
        .type = type,
        .blocks = count <= THREAD_WAIT_OBJECTS ? thread->wait_block : blocks,
        .mode = mode,
        .alertable = alertable,
    };

    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS || !wait.blocks)
        ke_bug_check_ex(MAXIMUM_WAIT_OBJECTS_EXCEEDED, (uintptr_t)thread, count, 0, 0);
    set_timeout(&wait, timeout);
    return do_wait(&wait, reason);
}

ntstatus ke_delay_execution_thread(enum kprocessor_mode mode, bool alertable, int64_t due)
{
    struct wait wait = {
        .type = WAIT_ANY,
        .mode = mode,
        .alertable = alertable,
        .no_wait = due == 0,
        .due_time = ki_due_time(due),
    };
    ntstatus status = do_wait(&wait, WR_DELAY_EXECUTION);

    if (due == 0 && status == STATUS_TIMEOUT)
        ke_yield_execution();
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}
