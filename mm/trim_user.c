/*
 * Trimming address spaces: when memory is short, pages of files that processes map are taken out of
 * their PTEs, unless they are locked. They are clean, so they can be given to others, and read
 * again, or made again where an image has zeros. This is what lets more be mapped than there is
 * memory; private pages stay, because there is no page file to keep them in.
 *
 *      before   valid | prototype      after   "prototype, look in the VAD", with the same
 * protection
 *
 * The page tables of processes that are not loaded are seen through hyperspace.
 */
#include "mm/address_space.h"
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/section.h"

/* Where the last trimming stopped: the next one goes on there. PFN lock. */
static uint32_t next_table;

/* Shared memory of no file is modified from its beginning. */
static bool can_be_had_again(struct mmpte pte)
{
    const struct mmpfn *pfn = mi_pfn(pte.hard.page_frame_number);

    return pte.hard.valid && pte.hard.prototype && !mi_is_dirty(pte) && !pfn->modified &&
           !pfn->clone_page && pfn->reference_count == 1;
}

/* The entry at PTE, of the page table in frame TABLE, stands for VA in SPACE. */
static void take_out(struct mm_address_space *space, struct mmpte *pte, pfn_t table, uintptr_t va)
{
    struct mmpte value = mi_read_pte(pte);

    mi_write_pte(pte, mi_make_vad_prototype_pte(mi_protection_of_mapping(value)));
    if (read_cr3() == mm_directory_table_base(space))
        invlpg(va);
    mi_pfn(table)->u2.share_count--;
    mi_decrement_share_count(value.hard.page_frame_number);
}

static uint32_t trim_table(struct mm_address_space *space, uint32_t index, pfn_t table,
                           uint32_t count)
{
    struct mmpte *entries = mi_map_page_in_hyper_space(table);
    uintptr_t va = (uintptr_t)index << LARGE_PAGE_SHIFT;
    uint32_t trimmed = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE && trimmed < count; i++) {
        if (!can_be_had_again(mi_read_pte(entries + i)))
            continue;
        take_out(space, entries + i, table, va + (i << PAGE_SHIFT));
        trimmed++;
    }
    mi_unmap_page_in_hyper_space(entries);
    return trimmed;
}

/* All tables of SPACE, from next_table round to it again. */
static uint32_t trim_space(struct mm_address_space *space, uint32_t count)
{
    uint32_t tables = ((uint32_t)space->highest_address >> LARGE_PAGE_SHIFT) + 1, trimmed = 0;
    struct mmpte *directory = mi_map_page_in_hyper_space(space->directory);

    for (uint32_t i = 0; i < tables && trimmed < count; i++) {
        uint32_t index = (next_table + i) % tables;
        struct mmpte pde = mi_read_pte(directory + index);
        if (!pde.hard.valid)
            continue;
        trimmed += trim_table(space, index, pde.hard.page_frame_number, count - trimmed);
        if (trimmed == count)
            next_table = index;
    }
    mi_unmap_page_in_hyper_space(directory);
    return trimmed;
}

uint32_t mi_trim_address_spaces(uint32_t count)
{
    uint32_t trimmed = 0;

    for (struct list_entry *at = mm_address_spaces.flink;
         at != &mm_address_spaces && trimmed < count; at = at->flink)
        trimmed += trim_space(CONTAINER_OF(at, struct mm_address_space, links), count - trimmed);
    return trimmed;
}
