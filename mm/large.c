/*
 * Large pages: 4 MB mapped by one directory entry. They cost no page table and one TLB entry, and
 * they need 1024 free frames that lie together, aligned: after a machine has run for a while there
 * may be none, however much memory is free.
 */
#include "mm/large.h"
#include "mm/mm.h"
#include "mm/system_directory.h"
#include "mm/init.h"
#include "arch/i386/zero.h"
#include "kernel/ke/bugcheck.h"
#include "lib/bitmap.h"

#define UNITS ((MM_LARGE_PAGE_END - MM_LARGE_PAGE_START + 1u) >> LARGE_PAGE_SHIFT)

static uint32_t unit_bits[(UNITS + 31) / 32]; /* guarded by the PFN lock */
static struct rtl_bitmap units = {UNITS, unit_bits};

static uintptr_t reserve_addresses(uint32_t count)
{
    kirql irql = mi_lock_pfn();
    uint32_t unit = rtl_find_clear_bits_and_set(&units, count, 0);

    mi_unlock_pfn(irql);
    return unit == RTL_BITMAP_NONE ? 0 : MM_LARGE_PAGE_START + (unit << LARGE_PAGE_SHIFT);
}

static void release_addresses(uintptr_t va, uint32_t count)
{
    kirql irql = mi_lock_pfn();

    rtl_clear_bits(&units, (uint32_t)(va - MM_LARGE_PAGE_START) >> LARGE_PAGE_SHIFT, count);
    mi_unlock_pfn(irql);
}

/* Zeros are written through the mapping itself: nobody else can know the address yet. */
static void zero(const struct mmpte *pde)
{
    ki_zero_bytes((void *)mi_get_virtual_address_mapped_by_pde(pde), LARGE_PAGE_SIZE);
}

static void own_frames(pfn_t first, struct mmpte *pde)
{
    struct mmpfn *pfn = mi_pfn(first);
    pfn_t directory = mi_system_directory_frame;

    for (const struct mmpfn *end = pfn + LARGE_PAGE_PAGES; pfn < end; pfn++) {
        pfn->pte_address = pde;
        pfn->u2.share_count = 1;
        pfn->containing_page = directory;
    }
    mi_pfn(directory)->u2.share_count++;
}

void mi_map_large_page(struct mmpte *pde, pfn_t first)
{
    own_frames(first, pde);
    mi_write_system_pde(mi_get_virtual_address_mapped_by_pde(pde), mi_make_large_pde(first));
}

/* A page that is made at once; PDE is zero. */
static enum mm_large_failure make_large_page(struct mmpte *pde)
{
    int why;
    kirql irql = mi_lock_pfn();
    pfn_t first = mi_find_contiguous_frames(LARGE_PAGE_PAGES, LARGE_PAGE_PAGES, &why);

    if (first != PFN_NONE)
        mi_map_large_page(pde, first);
    mi_unlock_pfn(irql);
    if (first != PFN_NONE)
        zero(pde);
    return (enum mm_large_failure)why;
}

static void delete_large_page(uintptr_t va, struct mmpte value)
{
    mi_remove_system_pde(va);
    invlpg(va); /* one drops the whole large translation (SDM volume 3, 4.10.4.1) */
    mi_free_frames(value.hard.page_frame_number, LARGE_PAGE_PAGES);
    mi_pfn(mi_system_directory_frame)->u2.share_count--;
}

/* A fault found no large page: the entry leads to a page table, and goes with it. */
static void delete_split_page(uintptr_t va, struct mmpte value)
{
    struct mmpte *table = mi_get_pte_address(va);
    pfn_t frame = value.hard.page_frame_number;

    mi_delete_ptes(table, PTES_PER_PAGE);
    mi_remove_system_pde(va);
    invlpg((uintptr_t)table);
    mi_set_pfn_deleted(frame);
    mi_decrement_share_count(frame);
    mi_system_page_tables--;
}

/* => whether a page table is charged for it. */
static bool delete_entry(uintptr_t va)
{
    struct mmpte value = mi_read_system_pde(va);

    if (value.hard.valid && value.hard.large_page) {
        delete_large_page(va, value);
        return false;
    }
    if (value.hard.valid)
        delete_split_page(va, value);
    else
        mi_remove_system_pde(va);
    return value.value != 0; /* zero: a page that could not be made at once */
}

/* Were these addresses given out, all of them? */
static bool allocated(uintptr_t va, uint32_t count)
{
    uint32_t unit = (uint32_t)(va - MM_LARGE_PAGE_START) >> LARGE_PAGE_SHIFT;

    return !(va & (LARGE_PAGE_SIZE - 1)) && unit < UNITS && count && count <= UNITS - unit &&
           rtl_are_bits_set(&units, unit, count);
}

static void return_charge(uint32_t count, uint32_t tables)
{
    mm_return_commitment(MM_COMMIT_LARGE_PAGES, count * LARGE_PAGE_PAGES);
    mm_return_commitment(MM_COMMIT_PAGE_TABLES, tables);
}

/* COUNT large pages, and TABLES page tables for those that may come as small ones. */
static bool charge(uint32_t count, uint32_t tables)
{
    if (!mm_charge_commitment(MM_COMMIT_LARGE_PAGES, count * LARGE_PAGE_PAGES))
        return false;
    if (!tables || mm_charge_commitment(MM_COMMIT_PAGE_TABLES, tables))
        return true;
    return_charge(count, 0);
    return false;
}

void mm_free_large_pages(void *va, uint32_t count)
{
    if (!allocated((uintptr_t)va, count))
        ke_bug_check_ex(MEMORY_MANAGEMENT, 0x1236, (uintptr_t)va, count, 0);

    kirql irql = mi_lock_pfn();
    uint32_t tables = 0;

    for (uint32_t i = 0; i < count; i++)
        tables += delete_entry((uintptr_t)va + (i << LARGE_PAGE_SHIFT));
    mi_unlock_pfn(irql);
    release_addresses((uintptr_t)va, count);
    return_charge(count, tables);
}

static void promise(struct mmpte *pde)
{
    kirql irql = mi_lock_pfn();

    mi_write_system_pde(mi_get_virtual_address_mapped_by_pde(pde),
                        mi_make_demand_zero_pte(MM_READWRITE));
    mi_unlock_pfn(irql);
}

static enum mm_large_failure fill(struct mmpte *pde, uint32_t count, enum mm_large_when when)
{
    enum mm_large_failure why = MM_LARGE_OK;

    for (uint32_t i = 0; i < count && why == MM_LARGE_OK; i++) {
        if (when == MM_LARGE_NOW)
            why = make_large_page(pde + i);
        else
            promise(pde + i);
    }
    return why;
}

void *mm_allocate_large_pages(uint32_t count, enum mm_large_when when, enum mm_large_failure *why)
{
    if (when == MM_LARGE_NOW && !ke_has(KF_LARGE_PAGE)) {
        *why = MM_LARGE_UNSUPPORTED;
        return NULL;
    }
    *why = MM_LARGE_ADDRESSES;
    uintptr_t va = count && count <= UNITS ? reserve_addresses(count) : 0;
    if (!va)
        return NULL;
    *why = MM_LARGE_COMMIT;
    if (!charge(count, when == MM_LARGE_ON_DEMAND ? count : 0)) {
        release_addresses(va, count);
        return NULL;
    }
    *why = fill(mi_get_pde_address(va), count, when);
    if (*why == MM_LARGE_OK)
        return (void *)va;
    mm_free_large_pages((void *)va, count);
    return NULL;
}
