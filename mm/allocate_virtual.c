/*
 * Reserving and committing private memory.
 *
 *      reserve            a VAD, and nothing else
 *      reserve + commit   a VAD whose pages are committed as they are (mem_commit): their entries
 *                         stay zero until they are touched
 *      commit             in a VAD that has nothing committed, all of it: the same; else an entry
 *                         each, in the demand-zero form
 *
 * The charge is taken before anything is promised, so a page that is committed will be there.
 */
#include "lib/string.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "mm/section.h"
#include "mm/virtual_memory.h"

#define MAXIMUM_ZERO_BITS 21u
#define KNOWN_TYPES                                                                         \
    (MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_TOP_DOWN | MEM_WRITE_WATCH | MEM_PHYSICAL | \
     MEM_LARGE_PAGES)

static bool type_is_valid(uint32_t type)
{
    if ((type & ~KNOWN_TYPES) || !(type & (MEM_COMMIT | MEM_RESERVE | MEM_RESET)))
        return false;
    if ((type & MEM_RESET) && type != MEM_RESET)
        return false;
    if ((type & (MEM_WRITE_WATCH | MEM_PHYSICAL)) && !(type & MEM_RESERVE))
        return false;
    return !(type & MEM_PHYSICAL) || !(type & ~(MEM_PHYSICAL | MEM_RESERVE | MEM_TOP_DOWN));
}

static ntstatus check(const struct mm_address_space *space, uintptr_t base, uint32_t zero_bits,
                      uint32_t size, uint32_t type)
{
    if (zero_bits > MAXIMUM_ZERO_BITS)
        return STATUS_INVALID_PARAMETER_3;
    if (!type_is_valid(type))
        return STATUS_INVALID_PARAMETER_5;
    if (type & MEM_LARGE_PAGES) /* nobody holds SeLockMemoryPrivilege */
        return STATUS_PRIVILEGE_NOT_HELD;
    if (base > space->highest_address)
        return STATUS_INVALID_PARAMETER_2;
    if (!size || space->highest_address - base < size - 1)
        return STATUS_INVALID_PARAMETER_4;
    return STATUS_SUCCESS;
}

/* Protections that private memory can have: there is nothing that it could be a copy of. */
static ntstatus private_protection(uint32_t protect, uint32_t type, uint32_t *protection)
{
    *protection = mi_make_protection_mask(protect);
    if (*protection == MI_INVALID_PROTECTION || mi_is_copied_protection(*protection))
        return STATUS_INVALID_PAGE_PROTECTION;
    if ((type & MEM_PHYSICAL) && protect != PAGE_READWRITE)
        return STATUS_INVALID_PARAMETER_6;
    return STATUS_SUCCESS;
}

/* ---- reserving ---------------------------------------------------------------------------------
 */

static ntstatus choose_range(const struct mm_address_space *space, uintptr_t base,
                             uint32_t zero_bits, uint32_t size, uint32_t type, uint32_t *start,
                             uint32_t *end)
{
    uint32_t highest = UINT32_MAX >> zero_bits >> PAGE_SHIFT, pages = (size - 1) / PAGE_SIZE + 1;
    bool found;

    if (base) {
        *start = (uint32_t)ROUND_DOWN(base, MI_ALLOCATION_PAGES << PAGE_SHIFT) >> PAGE_SHIFT;
        *end = (uint32_t)(base + size - 1) >> PAGE_SHIFT;
        if (*start < space->vads.lowest_vpn)
            return STATUS_INVALID_PARAMETER_2;
        found = !mi_check_for_conflicting_vad(&space->vads, *start, *end);
        return found ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
    }
    found = type & MEM_TOP_DOWN
                ? mi_find_empty_address_range_down(&space->vads, pages, highest, start)
                : mi_find_empty_address_range(&space->vads, pages, highest, start);
    *end = *start + pages - 1;
    return found ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static struct mmvad *make_vad(uint32_t start, uint32_t end, uint32_t type, uint32_t protection)
{
    struct mmvad *vad = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*vad), MI_VAD_TAG);

    if (!vad)
        return NULL;
    *vad = (struct mmvad){
        .starting_vpn = start,
        .ending_vpn = end,
        .protection = (uint8_t)protection,
        .initial_protection = (uint8_t)protection,
        .private_memory = 1,
        .vad_type = type & MEM_WRITE_WATCH ? VAD_WRITE_WATCH
                    : type & MEM_PHYSICAL  ? VAD_DEVICE_MEMORY
                                           : VAD_NONE,
        .mem_commit = (type & MEM_COMMIT) != 0,
        .commit_charge = type & MEM_COMMIT ? end - start + 1 : 0,
    };
    if (type & MEM_WRITE_WATCH) {
        uint32_t bytes = ROUND_UP(end - start + 1, 32) / 8;
        vad->write_watch = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, MI_VAD_TAG);
        if (!vad->write_watch) {
            ex_free_pool_with_tag(vad, MI_VAD_TAG);
            return NULL;
        }
        memset(vad->write_watch, 0, bytes);
    }
    return vad;
}

static ntstatus insert_charged(struct mm_address_space *space, struct mmvad *vad)
{
    uint32_t charge = vad->commit_charge;
    ntstatus status = STATUS_COMMITMENT_LIMIT;

    if (mi_charge_pages(space, charge)) {
        status = mi_insert_vad(space, vad);
        if (!NT_SUCCESS(status))
            mi_return_pages(space, charge);
    }
    if (!NT_SUCCESS(status)) {
        if (vad->write_watch)
            ex_free_pool_with_tag(vad->write_watch, MI_VAD_TAG);
        ex_free_pool_with_tag(vad, MI_VAD_TAG);
    }
    return status;
}

static ntstatus reserve(struct mm_address_space *space, uintptr_t *base, uint32_t zero_bits,
                        uint32_t *size, uint32_t type, uint32_t protection)
{
    uint32_t start, end;
    ntstatus status = choose_range(space, *base, zero_bits, *size, type, &start, &end);

    if (!NT_SUCCESS(status))
        return status;
    struct mmvad *vad = make_vad(start, end, type, protection);
    if (!vad)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = insert_charged(space, vad);
    if (NT_SUCCESS(status)) {
        *base = (uintptr_t)start << PAGE_SHIFT;
        *size = (end - start + 1) << PAGE_SHIFT;
    }
    return status;
}

/* ---- committing what is reserved ----------------------------------------------------------------
 */

static uint32_t uncommitted_pages(const struct mmvad *vad, uintptr_t start, uintptr_t end)
{
    struct mi_run run = mi_run_over(start, end);
    uint32_t count = 0;

    while (mi_next_run(&run))
        count += run.pages - mi_committed_in_run(vad, &run);
    return count;
}

/* The entry at PTE, not committed, becomes a promise of zeros. PFN lock held. */
static void promise(const struct mmvad *vad, struct mmpte *pte, uint32_t protection)
{
    struct mmpfn *table = mi_user_table_pfn(pte);
    struct mmpte value = mi_make_demand_zero_pte(protection);

    if (vad->mem_commit && protection == vad->protection)
        value.value = 0; /* the VAD says it */
    table->u1.used_entries += (value.value != 0) - (pte->value != 0);
    mi_write_pte(pte, value);
}

static bool commit_run(struct mm_address_space *space, const struct mmvad *vad,
                       const struct mi_run *run, uint32_t protection)
{
    struct mmpte *pte = mi_get_pte_address(run->va);
    kirql irql = mi_lock_pfn();
    bool made = mi_make_pde_exist(space, run->va);

    for (uint32_t i = 0; made && i < run->pages; i++)
        if (!mi_is_committed(vad, pte + i, run->va + (i << PAGE_SHIFT)))
            promise(vad, pte + i, protection);
    if (made)
        mi_delete_empty_page_table(space, run->va);
    mi_unlock_pfn(irql);
    return made;
}

static ntstatus commit_pages(struct mm_address_space *space, struct mmvad *vad, uintptr_t start,
                             uintptr_t end, uint32_t protection)
{
    uint32_t fresh = uncommitted_pages(vad, start, end);
    uint32_t all = (uint32_t)(end - start + 1) >> PAGE_SHIFT;

    if (!mi_charge_pages(space, fresh))
        return STATUS_COMMITMENT_LIMIT;
    vad->commit_charge += fresh;
    if (fresh == vad->ending_vpn - vad->starting_vpn + 1 && !vad->mem_commit) {
        kirql irql = mi_lock_pfn();
        vad->mem_commit = 1;
        vad->protection = (uint8_t)protection;
        mi_unlock_pfn(irql);
        return STATUS_SUCCESS;
    }
    struct mi_run run = mi_run_over(start, end);
    while (fresh && mi_next_run(&run))
        if ((run.pte || !vad->mem_commit) && !commit_run(space, vad, &run, protection)) {
            fresh = uncommitted_pages(vad, start, end); /* those stay so */
            vad->commit_charge -= fresh;
            mi_return_pages(space, fresh);
            return STATUS_NO_MEMORY;
        }
    /* Pages that were committed before get the new protection, as NT has it. */
    return fresh == all ? STATUS_SUCCESS
                        : mi_set_protection_on_pages(space, vad, start, end, protection);
}

/* The pages of VAD, a view, are committed for all who map them; the protection is for this view,
 * and not more than it has. */
static ntstatus commit_view(struct mm_address_space *space, struct mmvad *vad, uintptr_t start,
                            uintptr_t end, uint32_t protection)
{
    if (!mi_is_reserved_area(vad->section))
        return STATUS_ALREADY_COMMITTED;
    if (!mi_view_may_have(vad, protection))
        return STATUS_SECTION_PROTECTION;
    ntstatus status = mi_commit_view(vad, start, end);
    if (vad->copy_on_write) /* what is written to is a copy */
        protection = mi_copied_protection(protection);
    return NT_SUCCESS(status) ? mi_set_protection_on_pages(space, vad, start, end, protection)
                              : status;
}

static ntstatus commit(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                       uint32_t protection)
{
    uintptr_t start = ROUND_DOWN(*base, PAGE_SIZE), end = (*base + *size - 1) | (PAGE_SIZE - 1);
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)start >> PAGE_SHIFT);

    if (!vad || vad->ending_vpn < (uint32_t)end >> PAGE_SHIFT)
        return STATUS_CONFLICTING_ADDRESSES;
    if (vad->section) {
        *base = start;
        *size = (uint32_t)(end - start + 1);
        return commit_view(space, vad, start, end, protection);
    }
    if (vad->vad_type == VAD_DEVICE_MEMORY)
        return STATUS_CONFLICTING_ADDRESSES;
    if (vad->no_change)
        return STATUS_INVALID_PAGE_PROTECTION;
    ntstatus status = commit_pages(space, vad, start, end, protection);
    *base = start;
    *size = (uint32_t)(end - start + 1);
    return status;
}

/* ---- MEM_RESET: the contents need not be kept ---------------------------------------------------
 * Of private memory, which is zeros then. A view's pages keep theirs: others may want them, and a
 * copy that is the process's own cannot become zeros, since its entry stands for the section's
 * page. For a view of a file that is an error, as Win32's documentation has it.
 */

static void forget_contents(struct mmvad *vad, struct mmpte *pte, uintptr_t va)
{
    struct mmpte value = *pte;

    if (!vad->private_memory || !value.hard.valid || value.hard.prototype)
        return;
    mi_capture_writes(vad, pte, va);
    value.hard.dirty = 0;
    mi_change_valid_pte(pte, value, va);
    mi_pfn(value.hard.page_frame_number)->modified = 0;
}

static ntstatus reset(struct mm_address_space *space, uintptr_t *base, uint32_t *size)
{
    uintptr_t start = ROUND_UP(*base, PAGE_SIZE), end = ROUND_DOWN(*base + *size, PAGE_SIZE) - 1;
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)start >> PAGE_SHIFT);

    if (end < start || end == UINTPTR_MAX) /* no whole page */
        return STATUS_SUCCESS;
    if (!vad || vad->ending_vpn < (uint32_t)end >> PAGE_SHIFT)
        return STATUS_CONFLICTING_ADDRESSES;
    if (vad->section && vad->section->source)
        return STATUS_USER_MAPPED_FILE;
    struct mi_run run = mi_run_over(start, end);
    while (mi_next_run(&run)) {
        if (!run.pte)
            continue;
        kirql irql = mi_lock_pfn();
        for (uint32_t i = 0; i < run.pages; i++)
            forget_contents(vad, run.pte + i, run.va + (i << PAGE_SHIFT));
        mi_unlock_pfn(irql);
    }
    *base = start;
    *size = (uint32_t)(end + 1 - start);
    return STATUS_SUCCESS;
}

ntstatus mm_allocate_virtual_memory(struct mm_address_space *space, uintptr_t *base,
                                    uint32_t zero_bits, uint32_t *size, uint32_t type,
                                    uint32_t protect)
{
    uint32_t protection;
    ntstatus status = check(space, *base, zero_bits, *size, type);

    if (NT_SUCCESS(status))
        status = private_protection(protect, type, &protection);
    if (!NT_SUCCESS(status))
        return status;
    ex_acquire_fast_mutex(&space->address_creation_lock);
    if (type & MEM_RESET)
        status = reset(space, base, size);
    else if (!*base || (type & MEM_RESERVE))
        status = reserve(space, base, zero_bits, size, type, protection);
    else
        status = commit(space, base, size, protection);
    ex_release_fast_mutex(&space->address_creation_lock);
    return status;
}
