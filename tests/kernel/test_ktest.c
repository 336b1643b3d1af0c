/* The checks that stand behind every test: do they see what they are there for? */
#include "kernel/ke/irql.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/leaks.h"

#define TAG 'kaeL'

KTEST(leak_check, sees_each_kind_of_leak)
{
    struct ktest_resources before, after;
    enum mm_large_failure why;

    ktest_note("the leaks reported next are made on purpose");
    ktest_take_down(&before);
    void *block = ex_allocate_pool_with_tag(PAGED_POOL, 24, TAG);
    struct mmpte *pte = mi_reserve_system_ptes(1);
    pfn_t frame = mm_allocate_contiguous_frames(1, 1, &why);
    kirql old = ke_raise_irql(APC_LEVEL);
    void *slot = mi_map_page_in_hyper_space(frame);
    ktest_take_down(&after);
    mi_unmap_page_in_hyper_space(slot);
    ke_lower_irql(old);
    mm_free_contiguous_frames(frame, 1);
    mi_release_system_ptes(pte, 1);
    ex_free_pool_with_tag(block, TAG);
    /* Frames, commit charge, system PTEs, IRQL, hyperspace, and the block's count and bytes. */
    ktest_assert_eq(test, ktest_report_leaks(&before, &after), 7);
    ktest_take_down(&after);
    ktest_assert_eq(test, ktest_report_leaks(&before, &after), 0);
}
