/* Leak check: what the memory manager has given out is counted before and after a test. */
#include "tests/kernel/leaks.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "mm/mi.h"
#include "mm/mm.h"

void ktest_take_down(struct ktest_resources *now)
{
    struct mm_counters counters;
    struct pool_usage usage;

    if (ke_get_current_irql() == PASSIVE_LEVEL)
        ob_reap_deferred_deletions();
    ob_query_counters(&now->objects);
    mm_trim_nonpaged_pool();
    mm_query_counters(&counters);
    now->frames = counters.available_pages + counters.system_page_tables;
    now->commitment = counters.committed_pages - counters.system_page_tables;
    now->system_ptes = counters.free_system_ptes;
    now->irql = ke_get_current_irql();
    now->hyper_space = mi_hyper_space_depth;
    for (uint32_t i = 0; i < POOL_TYPES; i++) {
        mm_query_pool(i, &usage);
        now->blocks[i] = usage.blocks;
        now->bytes[i] = usage.bytes;
        /* A pool may keep a page that it cut into blocks. */
        now->frames += i == NONPAGED_POOL ? usage.pages : 0;
        now->commitment -= usage.pages;
    }
}

static uint32_t differs(const char *what, uint32_t before, uint32_t after)
{
    if (before == after)
        return 0;
    dbg_print("# leak: %s: %u before, %u after\n", what, before, after);
    return 1;
}

uint32_t ktest_report_leaks(const struct ktest_resources *before,
                            const struct ktest_resources *after)
{
    uint32_t found = differs("frames", before->frames, after->frames) +
                     differs("commit charge", before->commitment, after->commitment) +
                     differs("free system PTEs", before->system_ptes, after->system_ptes) +
                     differs("objects", before->objects.objects, after->objects.objects) +
                     differs("handles", before->objects.handles, after->objects.handles) +
                     differs("IRQL", before->irql, after->irql) +
                     differs("hyperspace slots", before->hyper_space, after->hyper_space);

    for (uint32_t i = 0; i < POOL_TYPES; i++) {
        found += differs("pool blocks", before->blocks[i], after->blocks[i]);
        found += differs("pool bytes", before->bytes[i], after->bytes[i]);
    }
    return found;
}
