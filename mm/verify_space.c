/*
 * mm_verify, the address spaces. For each one, its directory being good and loaded: the VAD tree is
 * one; each entry that is not zero belongs to a VAD and is counted in its page table, and what each
 * VAD is charged for is what is promised in it (verify_vad.c); the sums are the address space's
 * counts.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/verify.h"
#include "mm/virtual_memory.h"

#define USER_TABLES(space) (((uint32_t)(space)->highest_address >> LARGE_PAGE_SHIFT) + 1)

struct found {
    uint32_t tables, private_pages, charge, pages, locked, lock_charge;
    bool tree_is_whole;
};

/* A private page has a reference for being in use, and one if it is locked; what is locked is
 * valid. */
static void check_lock(const struct mm_address_space *space, const struct mmpte *pte, uintptr_t va,
                       struct found *found)
{
    bool locked = mi_any_locked(space, va, va), valid = pte->hard.valid;
    uint32_t references = valid && mi_is_pfn(pte->hard.page_frame_number)
                              ? mi_pfn(pte->hard.page_frame_number)->reference_count
                              : 1;

    found->locked += locked && valid;
    found->lock_charge += locked && valid && mi_is_lock_charged(pte);
    if (references < 1u + locked || (!pte->hard.prototype && references != 1u + locked))
        mi_verify_failed("PTE %p of %08x, %slocked: its frame has %u references", pte, (uint32_t)va,
                         locked ? "" : "not ", references);
}

/* The entries of one page table. => how many are not zero. */
static uint32_t check_entries(const struct mm_address_space *space, uint32_t index,
                              struct found *found)
{
    uintptr_t va = (uintptr_t)index << LARGE_PAGE_SHIFT;
    const struct mmpte *pte = mi_get_pte_address(va);
    uint32_t used = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++, pte++, va += PAGE_SIZE) {
        uint32_t vpn = (uint32_t)va >> PAGE_SHIFT;
        if (pte->value == 0)
            continue;
        used++;
        enum mi_pte_kind kind = mi_pte_kind(*pte);
        bool mapping = kind == MI_PTE_VALID && pte->hard.prototype;
        found->private_pages += (kind == MI_PTE_VALID || kind == MI_PTE_TRANSITION) && !mapping;
        if (!ex_is_fast_mutex_owned(&space->address_creation_lock))
            check_lock(space, pte, va, found);
        if (found->tree_is_whole) /* looked up without leaving a hint: nothing is changed here */
            mi_verify_user_entry(mi_check_for_conflicting_vad(&space->vads, vpn, vpn), pte, va);
    }
    return used;
}

static uint32_t check_tables(const struct mm_address_space *space, struct found *found)
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

static void check_vads(const struct mm_address_space *space, struct found *found)
{
    const char *fault = mi_vad_tree_fault(&space->vads);

    if (fault) {
        mi_verify_failed("the VAD tree of %p: %s", space, fault);
        return;
    }
    found->tree_is_whole = true;
    for (const struct mmvad *vad = mi_get_first_vad(&space->vads); vad;
         vad = mi_get_next_vad(vad)) {
        if (!ex_is_fast_mutex_owned(&space->address_creation_lock))
            mi_verify_vad(vad);
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

/* What is changed in steps under the address creation lock, whose owner may be in between. */
static void compare_charges(const struct mm_address_space *space, const struct found *found)
{
    if (!found->tree_is_whole || ex_is_fast_mutex_owned(&space->address_creation_lock))
        return;
    compare("pages locked", found->locked, mi_locked_pages(space));
    compare("locked pages charged", found->lock_charge, space->lock_charge);
    compare("pages committed", found->charge, space->commit_charge);
    compare("pages reserved", found->pages, space->virtual_pages);
    compare("page tables charged", tables_needed(space), space->page_table_charge);
    if (space->peak_commit_charge < space->commit_charge)
        mi_verify_failed("address space: %u pages committed, %u at most", space->commit_charge,
                         space->peak_commit_charge);
}

uint32_t mi_verify_address_spaces(void)
{
    uint32_t mapped = 0;

    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces;
         at = at->flink) {
        struct mm_address_space *space = CONTAINER_OF(at, struct mm_address_space, links);
        struct found found = {0};
        if (!mi_verify_directory(space))
            continue;
        write_cr3(mm_directory_table_base(space));
        check_vads(space, &found);
        mapped += check_tables(space, &found);
        compare("page tables", found.tables, space->page_tables);
        compare("private pages", found.private_pages, space->private_pages);
        compare_charges(space, &found);
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

uint32_t mi_verify_lock_commitment(void)
{
    uint32_t sum = 0;

    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces; at = at->flink)
        sum += CONTAINER_OF(at, struct mm_address_space, links)->lock_charge;
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
