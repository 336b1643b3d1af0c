/*
 * mm_verify itself: each kind of damage is done, must be seen, and is undone. A verifier that sees
 * nothing would let every other test pass.
 */
#include "lib/string.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool_internal.h"
#include "mm/system_ptes.h"
#include "tests/kernel/ktest.h"

#define TAG 'rfrV'

static char first_line[96];

static void keep_first(const char *line)
{
    if (!first_line[0])
        strlcpy(first_line, line, sizeof(first_line));
}

/* Flip bits at a place, verify, flip them back. */
#define sees_damage(place, bits)            \
    ({                                      \
        (place) ^= (bits);                  \
        uint32_t seen_ = mm_verify(NULL);   \
        (place) ^= (bits);                  \
        seen_ != 0 && mm_verify(NULL) == 0; \
    })

KTEST(verify, sees_a_wrong_list_count)
{
    for (uint32_t list = 0; list < MMLISTS_COUNT; list++)
        ktest_assert(test, sees_damage(mm_page_lists[list].total, 1));
}

KTEST(verify, sees_a_broken_link)
{
    struct mmpfn *pfn = mi_pfn(mm_page_lists[FREE_PAGE_LIST].flink);

    ktest_assert(test, sees_damage(pfn->u1.flink, 4));
    ktest_assert(test, sees_damage(mi_pfn(pfn->u1.flink)->u2.blink, 4));
    ktest_assert(test, sees_damage(mm_page_lists[FREE_PAGE_LIST].blink, 1));
}

KTEST(verify, sees_a_frame_in_the_wrong_state)
{
    struct mmpfn *pfn = mi_pfn(mm_page_lists[FREE_PAGE_LIST].flink);
    uint16_t *flags = &pfn->reference_count + 1;

    ktest_assert(test, sees_damage(*flags, 1u << 8)); /* page_location's lowest bit: zeroed */
    ktest_assert(test, sees_damage(pfn->reference_count, 1));
}

KTEST(verify, sees_a_wrong_pte_or_share_count)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 1);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);
    struct mmpfn *pfn = mi_pfn(pte->hard.page_frame_number);
    uint32_t back_pointer = (uint32_t)pfn->pte_address;
    bool seen = sees_damage(pfn->u2.share_count, 2);

    seen = seen && sees_damage(pte->value, 1u << PAGE_SHIFT); /* the neighbouring frame */
    seen = seen && sees_damage(pte->value, HW_VALID);
    pfn->pte_address = (struct mmpte *)(back_pointer ^ 4);
    seen = seen && mm_verify(NULL);
    pfn->pte_address = (struct mmpte *)back_pointer;
    seen = seen && sees_damage(mi_pfn(pfn->containing_page)->u2.share_count, 1);
    ex_free_pool_with_tag((void *)p, TAG);
    ktest_assert(test, seen);
}

KTEST(verify, sees_pool_damage)
{
    ktest_suspend_special_pool();
    uint8_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    uint8_t *run = ex_allocate_pool_with_tag(NONPAGED_POOL, PAGE_SIZE + 1, TAG);
    ktest_assert(test, p && run);
    bool seen = sees_damage(p[40], 1) && sees_damage(*(uint32_t *)(p - 8), 1) &&
                sees_damage(*(uint32_t *)(p - 8), 1u << 16) && sees_damage(run[PAGE_SIZE + 1], 1) &&
                sees_damage(mi_pools[NONPAGED_POOL].usage.bytes, 1) &&
                sees_damage(mi_pools[NONPAGED_POOL].usage.blocks, 1) &&
                sees_damage(mi_pool_processor.lookaside[4].depth, 1) &&
                sees_damage(mi_pools[PAGED_POOL].usage.pages, 1);
    ex_free_pool_with_tag(run, TAG);
    ex_free_pool_with_tag(p, TAG);
    ktest_assert(test, seen);
}

KTEST(verify, sees_commit_and_system_pte_damage)
{
    ktest_assert(test, sees_damage(mm_total_committed_pages, 1));
    ktest_assert(test, sees_damage(mi_committed[MM_COMMIT_NONPAGED_POOL], 1));
    ktest_assert(test, sees_damage(mi_system_ptes.free, 1));
    ktest_assert(test, sees_damage(mi_system_page_tables, 1));
}

KTEST(verify, says_what_it_found)
{
    first_line[0] = '\0';
    mi_system_page_tables ^= 1;
    uint32_t found = mm_verify(keep_first);
    mi_system_page_tables ^= 1;
    ktest_assert_eq(test, found, 1);
    ktest_assert(test, first_line[0]);
}
