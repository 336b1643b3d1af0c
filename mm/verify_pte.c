/*
 * mm_verify, the page tables: every table that the system's directory leads to, through the
 * self-map, and then those of each address space (verify_space.c), each directory being loaded in
 * turn. Each valid entry must map a frame whose database entry names this very entry, and the
 * active frames that name an entry must be as many as were found.
 */
#include "mm/mi.h"
#include "mm/system_directory.h"
#include "mm/system_ptes.h"
#include "mm/verify.h"

static bool hyper_space_mapping(const struct mmpte *pte)
{
    uintptr_t va = mi_get_virtual_address_mapped_by_pte(pte);

    return va >= HYPER_SPACE && va <= HYPER_SPACE_END;
}

/* => 1 when the entry maps a frame of RAM that is nobody else's. */
static uint32_t check_mapping(const struct mmpte *pte, struct mmpte value, uint32_t expected_shares)
{
    pfn_t frame = value.hard.page_frame_number;

    if (!mi_is_pfn(frame))
        return 0;
    const struct mmpfn *pfn = mi_pfn(frame);
    if (value.hard.prototype) {
        mi_verify_mapping_of_shared(pte, frame);
        return 0;
    }
    if (pfn->page_location != ACTIVE_AND_VALID || pfn->pte_address != pte)
        mi_verify_failed("PTE %p maps frame %x, which is %s and names PTE %p", pte, frame,
                         mi_page_location_names[pfn->page_location], pfn->pte_address);
    else if (pfn->u2.share_count != expected_shares)
        mi_verify_failed("frame %x of PTE %p has share count %u, %u expected", frame, pte,
                         pfn->u2.share_count, expected_shares);
    return 1;
}

static uint32_t check_table(const struct mmpte *table, uint32_t *shares)
{
    uint32_t mapped = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        struct mmpte value = mi_read_pte(table + i);
        enum mi_pte_kind kind = mi_pte_kind(value);
        if (kind == MI_PTE_TRANSITION)
            ++*shares;
        if (kind != MI_PTE_VALID || hyper_space_mapping(table + i))
            continue;
        if (mi_is_pfn(value.hard.page_frame_number))
            ++*shares;
        mapped += check_mapping(table + i, value, 1);
    }
    return mapped;
}

static uint32_t check_large(const struct mmpte *pde, struct mmpte value)
{
    uint32_t mapped = 0;

    for (uint32_t i = 0; i < LARGE_PAGE_PAGES; i++) {
        struct mmpte page = value;
        page.hard.page_frame_number = (value.hard.page_frame_number + i) & 0xFFFFF;
        mapped += check_mapping(pde, page, 1);
    }
    return mapped;
}

static uint32_t active_frames_with_pte(void)
{
    uint32_t count = 0;

    for (pfn_t frame = 0; frame <= mm_highest_physical_page; frame++) {
        const struct mmpfn *pfn = mi_pfn(frame);
        count += !pfn->rom && pfn->page_location == ACTIVE_AND_VALID && pfn->pte_address &&
                 !pfn->prototype_pte;
    }
    return count;
}

/* The tables of system space, the system's directory being loaded. => frames mapped. */
static uint32_t check_system_space(void)
{
    const struct mmpte *directory = (const struct mmpte *)PDE_BASE;
    uint32_t mapped = 0, directory_shares = 1, tables = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        struct mmpte pde = mi_read_pte(directory + i);
        if (!pde.hard.valid)
            continue;
        directory_shares++;
        if (i == PDE_SELF_MAP_INDEX)
            continue;
        if (pde.hard.large_page) {
            mapped += check_large(directory + i, pde);
            continue;
        }
        uint32_t shares = 1;
        mapped += check_table(mi_get_pte_address((uintptr_t)i << LARGE_PAGE_SHIFT), &shares);
        mapped += check_mapping(directory + i, pde, shares);
        tables++;
    }
    mapped += check_mapping(directory + PDE_SELF_MAP_INDEX, directory[PDE_SELF_MAP_INDEX],
                            directory_shares);
    if (tables != mi_system_page_tables)
        mi_verify_failed("%u page tables, %u counted", tables, mi_system_page_tables);
    return mapped;
}

uint32_t mi_verify_user_table(uint32_t index)
{
    const struct mmpte *table = mi_get_pte_address((uintptr_t)index << LARGE_PAGE_SHIFT);
    uint32_t shares = 1;
    uint32_t mapped = check_table(table, &shares);

    return mapped + check_mapping((const struct mmpte *)PDE_BASE + index,
                                  mi_read_pte((const struct mmpte *)PDE_BASE + index), shares);
}

uint32_t mi_verify_own_tables(uint32_t user_tables)
{
    const struct mmpte *directory = (const struct mmpte *)PDE_BASE;
    uint32_t hyper = mi_get_pde_offset(HYPER_SPACE);

    return check_mapping(directory + hyper, directory[hyper], 1) +
           check_mapping(directory + PDE_SELF_MAP_INDEX, directory[PDE_SELF_MAP_INDEX],
                         user_tables + 3);
}

void mi_verify_page_tables(void)
{
    uint32_t loaded = read_cr3();

    mi_verify_begin_shares();
    write_cr3((uint32_t)mi_system_directory_frame << PAGE_SHIFT);
    mi_verify_hyper_space(mi_get_pte_address(HYPER_SPACE));
    uint32_t mapped = check_system_space();
    mapped += mi_verify_address_spaces();
    write_cr3(loaded);
    mi_verify_shares();
    if (mapped != active_frames_with_pte())
        mi_verify_failed("%u frames are mapped, %u active frames name a PTE", mapped,
                         active_frames_with_pte());
    if (!mi_clusters_verify(&mi_system_ptes))
        mi_verify_failed("the system PTE clusters do not hold together");
}
