/* The boot processor's control region. */
#include "kernel/ke/pcr.h"
#include "arch/i386/descriptors.h"

struct kpcr ki_initial_pcr;

void ki_init_pcr(void)
{
    struct kpcr *pcr = &ki_initial_pcr;

    pcr->self = pcr;
    for (uint32_t priority = 0; priority < MAXIMUM_PRIORITY; priority++)
        initialize_list_head(&pcr->ready_list[priority]);
    initialize_list_head(&pcr->dpc_list);
    pcr->next_timer = pcr->next_tick = pcr->clock_deadline = UINT64_MAX;
    ki_set_processor_segment(pcr, sizeof(*pcr));
}
