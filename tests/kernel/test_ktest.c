/* The checks that stand behind every test: do they see what they are there for? */
#include "kernel/ex/objects.h"
#include "kernel/ke/irql.h"
#include "kernel/nt/nt.h"
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

KTEST(leak_check, sees_objects_and_handles_by_type)
{
    struct ktest_resources before, after;
    handle_t handle;
    uint32_t changed = 0;

    ktest_note("the leaks reported next are made on purpose");
    ktest_take_down(&before);
    ktest_assert_eq(test, nt_create_event(&handle, GENERIC_ALL, NULL, 0, 0), STATUS_SUCCESS);
    ktest_take_down(&after);
    nt_close(handle);
    ktest_assert(test, ktest_report_leaks(&before, &after) >= 4); /* and what the object takes */
    for (uint32_t i = 0; i < KTEST_TYPES && before.types[i].type; i++) {
        bool is_event = before.types[i].type == ex_event_type;
        ktest_assert_eq(test, after.types[i].objects - before.types[i].objects, is_event);
        ktest_assert_eq(test, after.types[i].handles - before.types[i].handles, is_event);
        changed += is_event;
    }
    ktest_assert_eq(test, changed, 1);
}
