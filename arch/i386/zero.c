/* Which page-zeroing routine this processor gets. */
#include "arch/i386/cpu.h"
#include "arch/i386/zero.h"

void (*ki_zero_page)(void *page) = ki_zero_page_rep;

void ki_choose_zero_page(void)
{
    ki_zero_page = ke_has(KF_XMMI) ? ki_zero_page_sse : ki_zero_page_rep;
}
