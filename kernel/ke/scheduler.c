/*
 * Who runs. Each processor has a list of ready threads for each of 32 priorities, and a word whose
 * bits say which lists hold anything, so the best thread is found in a few instructions.
 *
 *      next_thread     better than what runs; it takes over when the dispatcher lock is given back
 *      ready_list[p]   the others. A thread that was preempted goes to the head, for it has some of
 *                      its quantum left; all others go to the end
 *
 * Priorities below LOW_REALTIME_PRIORITY rise when a wait ends (ki_unwait_thread) and fall back by
 * one at each quantum's end.
 */
#include "kernel/ke/scheduler.h"
#include "arch/i386/clock.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/registers.h"
#include "kernel/ke/attach.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/switch_trace.h"
#include "kernel/ke/user_mode.h"

struct kspin_lock ki_dispatcher_lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_DISPATCHER);

/* Turns must be taken: have the clock tick. */
static __attribute__((noinline)) void start_ticks(struct kpcr *pcr)
{
    uint32_t flags = save_and_disable_interrupts();

    pcr->next_tick = ki_query_interrupt_time() + ki_tick_length();
    ki_set_deadline();
    restore_interrupts(flags);
}

/* Ticks only matter to a thread whose equals, or betters of its base priority, are ready. */
static inline void check_ticks(struct kpcr *pcr, const struct kthread *running)
{
    if (unlikely(pcr->ready_summary >> (running->base_priority & 31)) &&
        pcr->next_tick == UINT64_MAX)
        start_ticks(pcr);
}

static void insert_ready(struct kpcr *pcr, struct kthread *thread)
{
    struct list_entry *list = &pcr->ready_list[(uint8_t)thread->priority];

    thread->state = THREAD_READY;
    if (thread->preempted)
        insert_head_list(list, &thread->ready_list_entry);
    else
        insert_tail_list(list, &thread->ready_list_entry);
    thread->preempted = false;
    pcr->ready_summary |= 1u << thread->priority;
}

static void remove_ready(struct kpcr *pcr, struct kthread *thread)
{
    if (remove_entry_list(&thread->ready_list_entry))
        pcr->ready_summary &= ~(1u << thread->priority);
}

/* => the best thread of at least PRIORITY, off its list; NULL when there is none. */
static struct kthread *take_ready(struct kpcr *pcr, uint32_t priority)
{
    uint32_t summary = pcr->ready_summary >> priority << priority;

    if (!summary)
        return NULL;
    struct list_entry *list = &pcr->ready_list[31 - __builtin_clz(summary)];
    struct kthread *thread = CONTAINER_OF(list->flink, struct kthread, ready_list_entry);
    remove_ready(pcr, thread);
    return thread;
}

static void stand_by(struct kpcr *pcr, struct kthread *thread)
{
    thread->state = THREAD_STANDBY;
    pcr->next_thread = thread;
}

void ki_ready_thread(struct kthread *thread)
{
    struct kpcr *pcr = ke_get_pcr();
    struct kthread *next = pcr->next_thread;

    if (thread->priority > (next ? next : pcr->current_thread)->priority) {
        if (next) {
            next->preempted = true;
            insert_ready(pcr, next);
        }
        stand_by(pcr, thread);
        return;
    }
    insert_ready(pcr, thread);
    check_ticks(pcr, pcr->current_thread);
}

/* NEXT uses an address space; it may even go to user mode. */
static __attribute__((noinline)) void switch_user_space(struct kpcr *pcr, struct kthread *next)
{
    ki_swap_process(pcr, next->apc_state.process);
    if (next->npx_state)
        ki_switch_user_state(pcr, next);
}

static void switch_to(struct kpcr *pcr, struct kthread *next)
{
    struct kthread *old = pcr->current_thread;

    KPCR_WRITE(current_thread, next);
    next->state = THREAD_RUNNING;
    next->context_switches++;
    pcr->context_switches++;
    ki_tss.esp0 = (uint32_t)next->initial_stack;
    if (unlikely(ki_switch_trace_on))
        ki_trace_switch(old, next);
    check_ticks(pcr, next);
    if (unlikely(next->uses_user_space))
        switch_user_space(pcr, next);
    if (unlikely(old->apc_state.kernel_apc_pending))
        ki_hold_apc_interrupt();
    ki_swap_context(&old->kernel_stack, next->kernel_stack);
    /* Later, in the thread that called: */
    if (unlikely(old->apc_state.kernel_apc_pending))
        ki_request_apc_interrupt();
}

void ki_swap_thread(void)
{
    struct kpcr *pcr = ke_get_pcr();
    struct kthread *next = pcr->next_thread;

    if (next)
        pcr->next_thread = NULL;
    else
        next = take_ready(pcr, 0);
    switch_to(pcr, next ? next : pcr->idle_thread);
}

void ki_preempt_current_thread(void)
{
    struct kpcr *pcr = ke_get_pcr();
    struct kthread *old = pcr->current_thread;

    if (old != pcr->idle_thread)
        insert_ready(pcr, old);
    ki_swap_thread();
}

void ki_unlock_dispatcher_database(kirql irql)
{
    struct kpcr *pcr = ke_get_pcr();

    if (unlikely(pcr->next_thread)) {
        if (irql < DISPATCH_LEVEL) {
            pcr->current_thread->preempted = true;
            ki_preempt_current_thread();
        } else {
            uint32_t flags = save_and_disable_interrupts();
            ki_request_level(DISPATCH_LEVEL);
            restore_interrupts(flags);
        }
    }
    ke_release_spin_lock(&ki_dispatcher_lock, irql);
}

void ki_quantum_end(void)
{
    struct kpcr *pcr = ke_get_pcr();
    struct kthread *thread = pcr->current_thread;

    if (thread->quantum > 0 || thread == pcr->idle_thread)
        return; /* another thread has come since */
    thread->quantum = thread->quantum_reset;
    if (thread->priority < LOW_REALTIME_PRIORITY && thread->priority > thread->base_priority)
        thread->priority--;
    if (pcr->next_thread)
        return;
    struct kthread *next = take_ready(pcr, (uint8_t)thread->priority);
    if (next)
        stand_by(pcr, next);
}

/* The current thread or the one that stands by has become worse: is another one better now? */
static void reconsider(struct kpcr *pcr, struct kthread *worse)
{
    struct kthread *better = take_ready(pcr, (uint8_t)worse->priority + 1u);

    if (!better)
        return;
    if (worse == pcr->next_thread)
        insert_ready(pcr, worse);
    stand_by(pcr, better);
}

void ki_set_priority_thread(struct kthread *thread, int8_t priority)
{
    struct kpcr *pcr = ke_get_pcr();
    bool lower = priority < thread->priority;

    switch (thread->state) {
    case THREAD_READY:
        remove_ready(pcr, thread);
        thread->priority = priority;
        ki_ready_thread(thread);
        break;
    case THREAD_RUNNING:
        thread->priority = priority;
        if (lower && !pcr->next_thread && priority < HIGH_PRIORITY)
            reconsider(pcr, thread);
        break;
    case THREAD_STANDBY:
        thread->priority = priority;
        if (lower && priority < HIGH_PRIORITY)
            reconsider(pcr, thread);
        break;
    default:
        thread->priority = priority;
    }
}

int8_t ke_set_base_priority_thread(struct kthread *thread, int8_t priority)
{
    kirql irql = ki_lock_dispatcher_database();
    int8_t old = thread->base_priority;

    thread->base_priority = priority;
    thread->quantum = thread->quantum_reset;
    ki_set_priority_thread(thread, priority);
    ki_unlock_dispatcher_database(irql);
    return old;
}

bool ke_yield_execution(void)
{
    ke_assert_irql_at_most(APC_LEVEL);

    kirql irql = ki_lock_dispatcher_database();
    struct kpcr *pcr = ke_get_pcr();
    struct kthread *next = pcr->next_thread;

    if (!next)
        next = take_ready(pcr, (uint8_t)pcr->current_thread->priority);
    if (next) {
        stand_by(pcr, next);
        ki_preempt_current_thread();
    }
    ki_unlock_dispatcher_database(irql);
    return next != NULL;
}

void ki_idle_loop(void *context)
{
    (void)context;
    for (;;)
        enable_interrupts_and_halt();
}

void ki_init_scheduler(struct kthread *current, struct kthread *idle)
{
    struct kpcr *pcr = ke_get_pcr();

    idle->priority = idle->base_priority = IDLE_PRIORITY;
    idle->state = THREAD_READY; /* on no list: it is what is left when there is none */
    current->state = THREAD_RUNNING;
    pcr->idle_thread = idle;
    pcr->directory_table_base = ki_system_directory = read_cr3();
    KPCR_WRITE(current_thread, current);
    ki_tss.esp0 = (uint32_t)current->initial_stack;
}
