/* See debug_registers.h. */
#include "kernel/ke/debug_registers.h"
#include "arch/i386/registers.h"
#include "kernel/ke/irql.h"
#include "kernel/ke/user_mode.h"

#define BREAKPOINTS      4u
#define STATUS_REGISTER  4u /* in dr: DR6 */
#define CONTROL_REGISTER 5u /* in dr: DR7 */

#define DR6_BREAKPOINTS 0x000Fu
#define DR6_STEP        0x4000u
#define DR6_CAUSES      0xE00Fu
#define DR7_ENABLED     0x00000055u /* the four local ones; there are no global ones here */
#define DR7_ALLOWED     0xFFFF0155u /* and what each watches, and "exact" */
#define DR7_KIND(i)     (16 + 4 * (i))
#define KIND_IO         2u

static uint32_t clean_control(const uint32_t dr[6])
{
    uint32_t control = dr[CONTROL_REGISTER] & DR7_ALLOWED;

    for (uint32_t i = 0; i < BREAKPOINTS; i++)
        if (dr[i] > ki_highest_user_address || (control >> DR7_KIND(i) & 3) == KIND_IO)
            control &= ~(1u << 2 * i);
    return control;
}

void ki_set_debug_registers(struct kthread *thread, const uint32_t dr[6])
{
    uint32_t control = clean_control(dr);
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL);

    for (uint32_t i = 0; i < BREAKPOINTS; i++)
        thread->dr[i] = dr[i] > ki_highest_user_address ? 0 : dr[i];
    thread->dr[STATUS_REGISTER] = dr[STATUS_REGISTER] & DR6_CAUSES;
    thread->dr[CONTROL_REGISTER] = control;
    thread->debug_active = (control & DR7_ENABLED) != 0;
    if (thread == ke_get_current_thread())
        ki_switch_debug_registers(ke_get_pcr(), thread);
    ke_lower_irql(irql);
}

void ki_load_debug_registers(struct kpcr *pcr, const struct kthread *next)
{
    write_dr7(0); /* none while they change */
    pcr->debug_active = next->debug_active;
    if (!next->debug_active)
        return;
    write_dr0(next->dr[0]);
    write_dr1(next->dr[1]);
    write_dr2(next->dr[2]);
    write_dr3(next->dr[3]);
    write_dr6(0);
    write_dr7(next->dr[CONTROL_REGISTER]);
}

void ki_note_debug_exception(void)
{
    struct kthread *thread = ke_get_current_thread();

    if (likely(!thread->debug_active)) {
        thread->dr[STATUS_REGISTER] = DR6_STEP; /* nothing else causes it */
        return;
    }
    thread->dr[STATUS_REGISTER] = read_dr6() & DR6_CAUSES;
    write_dr6(0); /* the processor only ever adds to it */
}

bool ki_dismiss_debug_exception(void)
{
    if (!ke_get_current_thread()->debug_active || !(read_dr6() & DR6_BREAKPOINTS))
        return false;
    write_dr6(0);
    return true;
}
