/* Into user mode, and what is done on the way out each time. */
#include "kernel/ke/user_mode.h"
#include "kernel/ke/debug_registers.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/fast_call.h"
#include "arch/i386/registers.h"
#include "arch/i386/user_return.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/interrupt.h"

_Static_assert(offsetof(struct kpcr, irql) == KPCR_IRQL &&
                   offsetof(struct kpcr, current_thread) == KPCR_CURRENT_THREAD &&
                   offsetof(struct kthread, apc_state.user_apc_pending) == KTHREAD_USER_APC_PENDING,
               "the stubs know these places");

uintptr_t ki_highest_user_address;

void ki_switch_user_state(struct kpcr *pcr, struct kthread *next)
{
    struct kthread *owner = pcr->npx_thread;

    ki_set_teb_segment(next->teb);
    ki_switch_debug_registers(pcr, next);
    if (owner == next)
        return;
    ki_npx_switch(owner ? owner->npx_state : NULL, next->npx_state);
    pcr->npx_thread = next;
}

/* Interrupts are off on both ends. */
static void deliver_user_apcs(struct kthread *thread, struct ktrap_frame *frame)
{
    while (thread->apc_state.user_apc_pending) {
        enable_interrupts();
        ke_raise_irql(APC_LEVEL);
        ki_deliver_apc(USER_MODE, frame);
        ke_lower_irql(PASSIVE_LEVEL);
        disable_interrupts();
    }
}

static void before_user_mode(struct ktrap_frame *frame)
{
    struct kthread *thread = ke_get_current_thread();

    if (unlikely(thread->apc_state.user_apc_pending))
        deliver_user_apcs(thread, frame);
    if (unlikely(ke_get_current_irql() != PASSIVE_LEVEL))
        ke_bug_check_ex(IRQL_GT_ZERO_AT_SYSTEM_SERVICE, frame->eip, ke_get_current_irql(), 0, 0);
}

void ke_enter_user_mode(void)
{
    struct kthread *thread = ke_get_current_thread();
    struct kuser_frame *frame = ki_first_user_frame(thread);
    uint32_t flags = save_and_disable_interrupts();

    (void)flags;
    ki_switch_user_state(ke_get_pcr(), thread);
    before_user_mode(&frame->trap);
    ki_exit_to_user_mode(frame);
}

void ki_init_user_mode(void)
{
    ki_before_user_mode = before_user_mode;
    ki_initialize_user_apc = ki_call_user_apc;
    ki_init_fast_call();
    ki_init_npx();
}
