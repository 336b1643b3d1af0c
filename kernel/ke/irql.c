/*
 * What happens when the level falls below something that waits for it, who is told when it rises,
 * and the bugchecks of wrong levels.
 */
#include "kernel/ke/irql.h"
#include "arch/i386/registers.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/interrupt.h"

void (*ke_irql_raise_hook)(void);

void ki_bad_raise(kirql current, kirql wanted)
{
    ke_bug_check_ex(IRQL_NOT_GREATER_OR_EQUAL, current, wanted, 0,
                    (uintptr_t)__builtin_return_address(0));
}

void ki_bad_lower(kirql current, kirql wanted)
{
    ke_bug_check_ex(IRQL_NOT_LESS_OR_EQUAL, current, wanted, 0,
                    (uintptr_t)__builtin_return_address(0));
}

void ki_unexpected_irql(kirql expected)
{
    ke_bug_check_ex(IRQL_UNEXPECTED_VALUE, (uint32_t)ke_get_current_irql() << 16 | expected << 8,
                    (uintptr_t)__builtin_return_address(0), 0, 0);
}

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
