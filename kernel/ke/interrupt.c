/*
 * From an interrupt to its service routine, by way of the level:
 *
 *      level of the line > current    acknowledge, raise, interrupts on, run it, lower: what became
 *                                     pending meanwhile (a DPC, another thread) runs before the
 *                                     interrupted code goes on
 *      else                           acknowledge, mask the line, note it in irr; when the level
 *                                     falls, ki_deliver_pending unmasks the line and runs it, with
 *                                     a frame of that place
 *
 * The line is acknowledged before its routine runs, because another thread may run before the
 * routine's interrupt is left, and the PIC would hold back everything of lower priority meanwhile.
 */
#include "kernel/ke/interrupt.h"
#include "arch/i386/pic.h"
#include "arch/i386/registers.h"

struct source {
    ki_trap_handler routine;
    uint32_t line; /* IRQ_LINES: not one of the PIC's */
};

static struct source sources[HIGH_LEVEL + 1]; /* by level */
static void (*software[DISPATCH_LEVEL + 1])(void);

void ki_set_software_interrupt(kirql level, void (*routine)(void))
{
    software[level] = routine;
}

/* Interrupts are off on both ends, on while ROUTINE runs. */
static void serve(struct ktrap_frame *frame, ki_trap_handler routine)
{
    ke_get_pcr()->interrupts++;
    enable_interrupts();
    routine(frame);
    disable_interrupts();
}

static void leave_to(kirql old)
{
    KPCR_WRITE(irql, old);
    ki_run_pending(old);
}

void ki_take_interrupt(struct ktrap_frame *frame, kirql level, ki_trap_handler routine)
{
    kirql old = ke_get_current_irql();

    if (level <= old) {
        sources[level] = (struct source){routine, IRQ_LINES};
        ki_request_level(level);
        ke_get_pcr()->deferred_interrupts++;
        return;
    }
    KPCR_WRITE(irql, level);
    serve(frame, routine);
    leave_to(old);
}

static void pic_interrupt(struct ktrap_frame *frame)
{
    uint32_t line = frame->vector - VECTOR_IRQ;
    kirql level = DEVICE_LEVEL(line), old = ke_get_current_irql();

    if (ki_pic_is_spurious(line))
        return;
    ki_pic_end_of_interrupt(line);
    if (level <= old) {
        ki_pic_mask(line);
        ki_request_level(level);
        ke_get_pcr()->deferred_interrupts++;
        return;
    }
    KPCR_WRITE(irql, level);
    serve(frame, sources[level].routine);
    leave_to(old);
}

void ki_run_level(kirql level)
{
    const struct source *source = &sources[level];

    if (level <= DISPATCH_LEVEL) {
        software[level]();
        return;
    }
    if (source->line < IRQ_LINES)
        ki_pic_unmask(source->line);
    ki_call_with_frame(source->routine, serve);
}

/* ---- what waits for the level to fall -----------------------------------------------------------
 */

void ki_request_level(kirql irql)
{
    struct kpcr *pcr = ke_get_pcr();

    pcr->irr |= 1u << irql;
    if (KPCR_READ(pending_irql) < irql)
        KPCR_WRITE(pending_irql, irql);
}

void ki_withdraw_level(kirql irql)
{
    struct kpcr *pcr = ke_get_pcr();

    pcr->irr &= ~(1u << irql);
    KPCR_WRITE(pending_irql, pcr->irr ? 31 - __builtin_clz(pcr->irr) : 0);
}

void ki_run_pending(kirql irql)
{
    for (;;) {
        kirql level = KPCR_READ(pending_irql);
        if (level <= irql)
            return;
        ki_withdraw_level(level);
        KPCR_WRITE(irql, level);
        ki_run_level(level);
        KPCR_WRITE(irql, irql);
    }
}

void ki_deliver_pending(kirql irql)
{
    uint32_t flags = save_and_disable_interrupts();

    if (flags & EFLAGS_IF)
        ki_run_pending(irql);
    restore_interrupts(flags);
}

void ki_hold_apc_interrupt(void)
{
    uint32_t flags = save_and_disable_interrupts();

    ki_withdraw_level(APC_LEVEL);
    restore_interrupts(flags);
}

void ki_request_apc_interrupt(void)
{
    uint32_t flags = save_and_disable_interrupts();

    ki_request_level(APC_LEVEL);
    restore_interrupts(flags);
}

void ki_init_interrupts(void)
{
    ki_init_pic();
    for (uint32_t line = 0; line < IRQ_LINES; line++)
        ki_set_trap_handler(VECTOR_IRQ + line, pic_interrupt);
}

void ke_connect_interrupt(uint32_t line, ki_trap_handler routine)
{
    sources[DEVICE_LEVEL(line)] = (struct source){routine, line};
    ki_pic_unmask(line);
}
