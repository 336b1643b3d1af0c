/*
 * The translation buffer. A PTE that was changed without invlpg still works as it did; the helper
 * that the memory manager uses flushes, and nothing else may write a valid PTE.
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

#define OLD 0x11u
#define NEW 0x22u

struct two_frames {
    struct mmpte *pte;
    volatile uint8_t *va;
    pfn_t frame[2];
};

static bool set_up(struct ktest *test, struct two_frames *t)
{
    enum mm_large_failure why;

    t->frame[0] = mm_allocate_contiguous_frames(2, 1, &why);
    t->frame[1] = t->frame[0] + 1;
    t->pte = mi_reserve_system_ptes(1);
    if (t->frame[0] == PFN_NONE || !t->pte) {
        ktest_fail(test, __FILE__, __LINE__, "two frames and a system PTE");
        return false;
    }
    t->va = (volatile uint8_t *)mi_get_virtual_address_mapped_by_pte(t->pte);
    for (uint32_t i = 0; i < 2; i++) {
        volatile uint8_t *page = mi_map_page_in_hyper_space(t->frame[i]);
        *page = i ? NEW : OLD;
        mi_unmap_page_in_hyper_space((void *)page);
    }
    mi_write_valid_pte(t->pte, mi_make_kernel_pte(t->frame[0], MM_READWRITE));
    return true;
}

static void tear_down(struct two_frames *t)
{
    mi_change_valid_pte(t->pte, (struct mmpte){.value = 0}, (uintptr_t)t->va);
    mi_release_system_ptes(t->pte, 1);
    mm_free_contiguous_frames(t->frame[0], 2);
}

/* Does the processor use what the PTE says? The two frames differ in their first byte. */
static bool translation_agrees(const struct two_frames *t)
{
    pfn_t mapped = mi_read_pte(t->pte).hard.page_frame_number;

    return ktest_read(t->va) == (mapped == t->frame[0] ? OLD : NEW);
}

KTEST(tlb, a_change_without_invlpg_is_caught)
{
    struct two_frames t;
    bool before, stale, flushed;

    if (!set_up(test, &t))
        return;
    before = translation_agrees(&t);
    mi_write_pte(t.pte, mi_make_kernel_pte(t.frame[1], MM_READWRITE)); /* and no flush */
    stale = !translation_agrees(&t);
    invlpg((uintptr_t)t.va);
    flushed = translation_agrees(&t);
    tear_down(&t);
    ktest_assert(test, before);
    ktest_assert(test, stale);
    ktest_assert(test, flushed);
}

KTEST(tlb, the_helper_flushes)
{
    struct two_frames t;
    bool agrees;

    if (!set_up(test, &t))
        return;
    agrees = translation_agrees(&t);
    mi_change_valid_pte(t.pte, mi_make_kernel_pte(t.frame[1], MM_READWRITE), (uintptr_t)t.va);
    agrees &= translation_agrees(&t);
    tear_down(&t);
    ktest_assert(test, agrees);
}

KTEST(tlb, flushing_everything_drops_global_entries_too)
{
    struct two_frames t;
    bool agrees;

    if (!set_up(test, &t))
        return;
    agrees = translation_agrees(&t);
    mi_write_pte(t.pte, mi_make_kernel_pte(t.frame[1], MM_READWRITE));
    ki_flush_entire_tb();
    agrees &= translation_agrees(&t);
    tear_down(&t);
    ktest_assert(test, agrees);
}

/* A dismissed fault: the PTE already allows the access. The processor takes one when its TLB
 * remembers otherwise; QEMU looks the PTE up again instead, so the fault is also reported by hand.
 */
KTEST(tlb, what_the_pte_allows_is_dismissed)
{
    struct two_frames t;

    if (!set_up(test, &t))
        return;
    mi_change_valid_pte(t.pte, mi_make_kernel_pte(t.frame[0], MM_READONLY), (uintptr_t)t.va);
    ktest_read(t.va);
    mi_write_pte(t.pte, mi_make_kernel_pte(t.frame[0], MM_READWRITE)); /* and no flush */
    ktest_write(t.va, NEW);
    uint8_t written = ktest_read(t.va);
    uint32_t dismissed = mm_fault_counts[MM_FAULT_DISMISSED];
    struct ktrap_frame frame = {.error_code = PF_PRESENT | PF_WRITE};
    ntstatus status = mm_access_fault(PF_PRESENT | PF_WRITE, (uintptr_t)t.va, KERNEL_MODE, &frame);
    tear_down(&t);
    ktest_assert_eq(test, written, NEW);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DISMISSED], dismissed + 1);
}

KTEST(hyperspace, nests_and_leaves_nothing_mapped)
{
    void *va[MI_HYPER_SPACE_SLOTS];
    enum mm_large_failure why;
    pfn_t first = mm_allocate_contiguous_frames(MI_HYPER_SPACE_SLOTS, 1, &why);
    ktest_assert(test, first != PFN_NONE);

    for (uint32_t i = 0; i < MI_HYPER_SPACE_SLOTS; i++) {
        va[i] = mi_map_page_in_hyper_space(first + i);
        *(volatile uint32_t *)va[i] = i;
        ktest_assert_eq(test, mi_get_pte_address((uintptr_t)va[i])->hard.page_frame_number,
                        first + i);
    }
    for (uint32_t i = MI_HYPER_SPACE_SLOTS; i-- > 0;) {
        ktest_assert_eq(test, *(volatile uint32_t *)va[i], i);
        mi_unmap_page_in_hyper_space(va[i]);
        ktest_assert(test, !mm_is_address_valid((uintptr_t)va[i]));
    }
    for (uint32_t i = 0; i < MI_HYPER_SPACE_SLOTS; i++) { /* each in the first slot */
        void *slot = mi_map_page_in_hyper_space(first + i);
        uint32_t found = *(volatile uint32_t *)slot;
        mi_unmap_page_in_hyper_space(slot);
        ktest_assert_eq(test, found, i);
    }
    mm_free_contiguous_frames(first, MI_HYPER_SPACE_SLOTS);
}
