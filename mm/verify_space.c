/*
 * mm_verify, the address spaces. For each one, its directory being loaded: the VAD tree is one;
 * each entry that is not zero belongs to a VAD and is counted in its page table; what each VAD is
 * charged for is what is committed in it; and the sums are the address space's counts.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/verify.h"
#include "mm/virtual_memory.h"

#define USER_TABLES(space) (((uint32_t)(space)->highest_address >> LARGE_PAGE_SHIFT) + 1)

struct found {
    uint32_t tables, private_pages, charge, pages;
};

/* The entries of one page table. => how many are not zero. */
static uint32_t check_entries(struct mm_address_space *space, uint32_t index, struct found *found)
{
    uintptr_t va = (uintptr_t)index << LARGE_PAGE_SHIFT;
    const struct mmpte *pte = mi_get_pte_address(va);
    uint32_t used = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++, pte++, va += PAGE_SIZE) {
        if (pte->value == 0)
            continue;
        used++;
        enum mi_pte_kind kind = mi_pte_kind(*pte);
        bool mapping = kind == MI_PTE_VALID && pte->hard.prototype;
        found->private_pages += (kind == MI_PTE_VALID || kind == MI_PTE_TRANSITION) && !mapping;
        if (!mi_locate_address(&space->vads, (uint32_t)va >> PAGE_SHIFT))
            mi_verify_failed("PTE %p of %08x holds %08x, but no VAD has it", pte, va, pte->value);
        if (kind == MI_PTE_VALID && (!pte->hard.owner || pte->hard.global))
            mi_verify_failed("PTE %p of %08x holds %08x: not a user page's", pte, va, pte->value);
    }
    return used;
}

static uint32_t check_tables(struct mm_address_space *space, struct found *found)
{
    const struct mmpte *directory = (const struct mmpte *)PDE_BASE;
    uint32_t mapped = 0;

    for (uint32_t i = 0; i < USER_TABLES(space); i++) {
        if (!directory[i].hard.valid)
            continue;
        uint32_t used = check_entries(space, i, found);
        uint32_t counted = mi_pfn(directory[i].hard.page_frame_number)->u1.used_entries;
        if (used != counted || !used)
            mi_verify_failed("page table %x of user space: %u entries used, %u counted", i, used,
                             counted);
        mapped += mi_verify_user_table(i);
        found->tables++;
    }
    return mapped + mi_verify_own_tables(found->tables);
}

static uint32_t committed_in(const struct mmvad *vad)
{
    struct mi_run run = mi_run_over((uintptr_t)vad->starting_vpn << PAGE_SHIFT,
                                    ((uintptr_t)vad->ending_vpn << PAGE_SHIFT) + PAGE_SIZE - 1);
    uint32_t count = 0;

    while (mi_next_run(&run))
        count += mi_committed_in_run(vad, &run);
    return count;
}

static void check_vads(const struct mm_address_space *space, struct found *found)
{
    const char *fault = mi_vad_tree_fault(&space->vads);

    if (fault) {
        mi_verify_failed("the VAD tree of %p: %s", space, fault);
        return;
    }
    for (const struct mmvad *vad = mi_get_first_vad(&space->vads); vad;
         vad = mi_get_next_vad(vad)) {
        uint32_t committed = vad->private_memory ? committed_in(vad) : vad->commit_charge;
        if (committed != vad->commit_charge)
            mi_verify_failed("VAD %05x-%05x: %u pages committed, %u charged", vad->starting_vpn,
                             vad->ending_vpn, committed, vad->commit_charge);
        found->charge += vad->commit_charge;
        found->pages += vad->ending_vpn - vad->starting_vpn + 1;
    }
}

static uint32_t tables_needed(const struct mm_address_space *space)
{
    uint32_t count = 0, next = 0; /* the first table not counted yet */

    for (const struct mmvad *vad = mi_get_first_vad(&space->vads); vad;
         vad = mi_get_next_vad(vad)) {
        uint32_t first = vad->starting_vpn / PTES_PER_PAGE;
        uint32_t behind = vad->ending_vpn / PTES_PER_PAGE + 1;
        first = first < next ? next : first;
        count += behind - first;
        next = behind;
    }
    return count;
}

static void compare(const char *what, uint32_t found, uint32_t counted)
{
    if (found != counted)
        mi_verify_failed("address space: %s: %u found, %u counted", what, found, counted);
}

uint32_t mi_verify_address_spaces(void)
{
    uint32_t mapped = 0;

    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces;
         at = at->flink) {
        struct mm_address_space *space = CONTAINER_OF(at, struct mm_address_space, links);
        struct found found = {0};
        write_cr3(mm_directory_table_base(space));
        check_vads(space, &found);
        mapped += check_tables(space, &found);
        compare("page tables", found.tables, space->page_tables);
        compare("private pages", found.private_pages, space->private_pages);
        compare("pages committed", found.charge, space->commit_charge);
        compare("pages reserved", found.pages, space->virtual_pages);
        compare("page tables charged", tables_needed(space), space->page_table_charge);
    }
    return mapped;
}

uint32_t mi_verify_private_commitment(void)
{
    uint32_t sum = 0;

    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces; at = at->flink)
        sum += CONTAINER_OF(at, struct mm_address_space, links)->commit_charge;
    return sum;
}

uint32_t mi_verify_table_commitment(void)
{
    uint32_t sum = 0;

    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces; at = at->flink)
        sum += CONTAINER_OF(at, struct mm_address_space, links)->page_table_charge +
               MI_ADDRESS_SPACE_FRAMES;
    return sum;
}
