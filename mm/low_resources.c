/* Counting requests, and refusing those that the plan names. */
#include "mm/low_resources.h"
#include "lib/atomic.h"
#include "mm/pool.h"

bool mm_low_resources_on;
volatile struct mm_low_resource_counts mm_low_resource_counts[MM_RESOURCES];
static struct mm_low_resource plan[MM_RESOURCES];

static bool is_refused(const struct mm_low_resource *what, uint32_t number)
{
    switch (what->at ? what->which : MM_REFUSE_ONE) {
    case MM_REFUSE_FROM:
        return number >= what->at;
    case MM_REFUSE_EACH:
        return number % what->at == 0;
    default:
        return number == what->at;
    }
}

bool mi_inject_resource_failure(enum mm_resource which)
{
    uint32_t number = interlocked_increment(&mm_low_resource_counts[which].requests);

    if (!is_refused(&plan[which], number) || (plan[which].ask && !plan[which].ask()))
        return false;
    interlocked_increment(&mm_low_resource_counts[which].refused);
    return true;
}

void mm_set_low_resources(const struct mm_low_resource wanted[MM_RESOURCES])
{
    mm_low_resources_on = false;
    mm_keep_pool_blocks(!wanted); /* a kept block is given out without being asked for here */
    for (uint32_t i = 0; i < MM_RESOURCES && wanted; i++) {
        plan[i] = wanted[i];
        mm_low_resource_counts[i].requests = mm_low_resource_counts[i].refused = 0;
    }
    mm_low_resources_on = wanted != NULL;
}
