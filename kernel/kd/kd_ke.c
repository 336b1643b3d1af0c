/* Levels, locks and timers. */
#include "kernel/kd/kd_internal.h"
#include "arch/i386/clock.h"
#include "arch/i386/local_apic.h"
#include "arch/i386/pic.h"
#include "kernel/ex/push_lock.h"
#include "kernel/ke/symbols.h"
#include "kernel/ps/ps.h"

static const char *level_name(kirql irql)
{
    static const char *const names[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};

    if (irql < ARRAY_SIZE(names))
        return names[irql];
    return irql == HIGH_LEVEL ? "HIGH_LEVEL" : irql == CLOCK_LEVEL ? "CLOCK_LEVEL" : "device";
}

static void show_pending(uint32_t irr)
{
    if (!irr)
        return;
    dbg_print("    pending:");
    for (uint32_t level = 0; level < 32; level++)
        if (irr & 1u << level)
            dbg_print(" %u (%s)", level, level_name((kirql)level));
    dbg_print("\n");
}

static void irql_command(struct kd_context *context)
{
    const struct kpcr *pcr = ke_get_pcr();

    (void)context;
    dbg_print("Processor %u: IRQL %u (%s)\n", pcr->number, pcr->irql, level_name(pcr->irql));
    show_pending(pcr->irr);
    dbg_print("    %u interrupts, %u of them deferred, %u spurious; %u DPCs, %u ticks\n",
              pcr->interrupts, pcr->deferred_interrupts,
              ki_spurious_interrupts + ki_apic_spurious_interrupts, pcr->dpcs, pcr->ticks);
    dbg_print("    clock: %s; time: %s\n", ki_clock->name, ki_time_source);
}

static void show_spin_locks(uint32_t held)
{
    for (uint32_t rank = 0; rank < LOCK_RANKS; rank++)
        if (held & 1u << rank)
            dbg_print("    spin lock '%s' (rank %u) is held\n", ke_lock_rank_names[rank], rank);
}

static uint32_t shown;

static void show_push_lock(const struct ex_push_lock *lock)
{
    if (!lock->value)
        return;
    shown++;
    dbg_print("    push lock '%s' at %08x: ", lock->name, (uint32_t)lock);
    if (lock->owner)
        dbg_print("exclusive to THREAD %08x", (uint32_t)lock->owner);
    else
        dbg_print("%u share it", lock->value >> 2);
    dbg_print(", %u wait\n", ex_push_lock_waiters(lock));
}

static void show_mutants(const struct kthread *thread)
{
    const struct list_entry *head = &thread->mutant_list_head;

    for (const struct list_entry *at = head->flink; at != head; at = at->flink) {
        const struct kmutant *mutant = CONTAINER_OF(at, struct kmutant, mutant_list_entry);
        dbg_print("    mutant at %08x: owned by THREAD %08x, state %d\n", (uint32_t)mutant,
                  (uint32_t)thread, mutant->header.signal_state);
        shown++;
    }
}

static void locks_command(struct kd_context *context)
{
    uint32_t held = KPCR_READ(held_locks);

    (void)context;
    shown = held != 0;
    show_spin_locks(held);
    ex_visit_push_locks(show_push_lock);
    for (struct list_entry *p = ps_active_processes.flink; p != &ps_active_processes;
         p = p->flink) {
        struct list_entry *head = &CONTAINER_OF(p, struct eprocess, links)->pcb.thread_list_head;
        for (struct list_entry *t = head->flink; t != head; t = t->flink)
            show_mutants(CONTAINER_OF(t, struct kthread, thread_list_entry));
    }
    if (!shown)
        dbg_print("    no lock is held\n");
}

static void show_timer(struct ktimer *timer, void *context)
{
    (void)context;
    dbg_print("    timer %08x  due at %llu", (uint32_t)timer, timer->due_time);
    if (timer->period)
        dbg_print("  every %u ms", timer->period);
    if (timer->dpc) {
        dbg_print("  DPC ");
        ke_print_symbol((uintptr_t)timer->dpc->routine);
    }
    dbg_print("\n");
    shown++;
}

static void timer_command(struct kd_context *context)
{
    (void)context;
    shown = 0;
    dbg_print("Interrupt time %llu, in units of 100 ns\n", ke_query_interrupt_time());
    ki_visit_timers(show_timer, NULL);
    dbg_print("    %u timers\n", shown);
}

const struct kd_command kd_ke_commands[] = {
    {"!irql", "", "show the level, what is pending, and the clock", irql_command},
    {"!locks", "", "list the locks that are held, and by whom", locks_command},
    {"!timer", "", "list the timers that are on their way", timer_command},
    {0},
};
