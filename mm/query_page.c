/*
 * The window through which programs see the memory manager's own view of a page (struct tokos_page,
 * user/tokos/tokos.h), and its counters.
 */
#include "mm/query_page.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "mm/section.h"

/* The kernel's kinds are the program's, in an order of their own. */
static const uint8_t kinds[MI_PTE_KIND_COUNT] = {
    [MI_PTE_ZERO] = TOKOS_PTE_ZERO,
    [MI_PTE_VALID] = TOKOS_PTE_VALID,
    [MI_PTE_DEMAND_ZERO] = TOKOS_PTE_DEMAND_ZERO,
    [MI_PTE_TRANSITION] = TOKOS_PTE_TRANSITION,
    [MI_PTE_SUBSECTION] = TOKOS_PTE_PROTOTYPE,
    [MI_PTE_PAGE_FILE] = TOKOS_PTE_PAGE_FILE,
    [MI_PTE_DECOMMITTED] = TOKOS_PTE_DECOMMITTED,
    [MI_PTE_FREE] = TOKOS_PTE_FREE,
};

_Static_assert((int)TOKOS_LIST_TRANSITION == (int)TRANSITION_PAGE, "the lists are the kernel's");
_Static_assert(MM_FAULT_KINDS <= TOKOS_FAULT_KINDS, "there is room for all kinds");

static void describe_frame(struct mmpte pte, struct tokos_page *out)
{
    enum mi_pte_kind kind = mi_pte_kind(pte);

    if (kind != MI_PTE_VALID && kind != MI_PTE_TRANSITION)
        return;
    out->frame = pte.hard.page_frame_number; /* in the same place in both */
    const struct mmpfn *pfn = mi_pfn(out->frame);
    out->share_count = pfn->page_location == ACTIVE_AND_VALID ? pfn->u2.share_count : 0;
    out->reference_count = pfn->reference_count;
    out->list = pfn->page_location;
    out->modified = pfn->modified || (kind == MI_PTE_VALID && mi_is_dirty(pte));
}

static uint32_t vad_type(const struct mmvad *vad)
{
    if (vad->section)
        return vad->vad_type == VAD_IMAGE_MAP ? TOKOS_VAD_IMAGE : TOKOS_VAD_MAPPED;
    if (vad->vad_type == VAD_WRITE_WATCH)
        return TOKOS_VAD_WRITE_WATCH;
    return vad->vad_type == VAD_DEVICE_MEMORY ? TOKOS_VAD_PHYSICAL : TOKOS_VAD_PRIVATE;
}

static void describe_vad(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va,
                         struct tokos_page *out)
{
    out->vad_type = vad_type(vad);
    out->vad_start = vad->starting_vpn << PAGE_SHIFT;
    out->vad_end = (vad->ending_vpn << PAGE_SHIFT) + PAGE_SIZE - 1;
    out->vad_protection = mi_convert_from_protection(vad->initial_protection);
    out->vad_commit = vad->commit_charge;
    if (mi_is_committed(vad, pte, va))
        out->protection = mi_convert_from_protection(mi_page_protection(vad, pte, va));
    const struct mmpte *prototype =
        vad->section ? mi_get_prototype(vad, (uint32_t)va >> PAGE_SHIFT) : NULL;
    if (!prototype)
        return;
    out->prototype = mi_read_pte(prototype).value;
    out->prototype_kind = kinds[mi_pte_kind(mi_read_pte(prototype))];
    if (out->frame == TOKOS_NO_FRAME) /* a copy has a frame of its own */
        describe_frame(mi_read_pte(prototype), out);
}

static void describe(struct mm_address_space *space, uintptr_t va, struct tokos_page *out)
{
    const struct mmpte *pte = mi_has_page_table(va) ? mi_get_pte_address(va) : NULL;
    const struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)va >> PAGE_SHIFT);

    *out = (struct tokos_page){.frame = TOKOS_NO_FRAME};
    out->pde = mi_read_pte(mi_get_pde_address(va)).value;
    if (pte) {
        out->pte = mi_read_pte(pte).value;
        out->pte_kind = kinds[mi_pte_kind(mi_read_pte(pte))];
        describe_frame(mi_read_pte(pte), out);
    }
    if (vad)
        describe_vad(vad, pte, va, out);
}

ntstatus mm_query_page(struct mm_address_space *space, uintptr_t va, struct tokos_page *out)
{
    if (va > space->highest_address)
        return STATUS_INVALID_PARAMETER;
    ex_acquire_fast_mutex(&space->address_creation_lock);
    kirql irql = mi_lock_pfn();
    describe(space, va, out);
    mi_unlock_pfn(irql);
    ex_release_fast_mutex(&space->address_creation_lock);
    return STATUS_SUCCESS;
}

static uint32_t pool_pages(enum pool_type type)
{
    struct pool_usage usage;

    mm_query_pool(type, &usage);
    return usage.pages;
}

void mm_query_tokos_counters(const struct mm_address_space *space, struct tokos_counters *out)
{
    struct mm_counters counters;

    mm_query_counters(&counters);
    *out = (struct tokos_counters){
        .physical_pages = counters.physical_pages,
        .available_pages = counters.available_pages,
        .zeroed_pages = mm_page_lists[ZEROED_PAGE_LIST].total,
        .free_pages = mm_page_lists[FREE_PAGE_LIST].total,
        .standby_pages = mm_page_lists[STANDBY_PAGE_LIST].total,
        .modified_pages = mm_page_lists[MODIFIED_PAGE_LIST].total,
        .committed_pages = counters.committed_pages,
        .commit_limit = counters.commit_limit,
        .nonpaged_pool_pages = pool_pages(NONPAGED_POOL),
        .paged_pool_pages = pool_pages(PAGED_POOL),
        .free_system_ptes = counters.free_system_ptes,
        .total_system_ptes = counters.total_system_ptes,
        .process_faults = space ? space->faults : 0,
        .fault_kinds = MM_FAULT_KINDS,
    };
    for (uint32_t i = 0; i < MM_FAULT_KINDS; i++) {
        out->faults[i] = mm_fault_counts[i];
        strlcpy(out->fault_names[i], mm_fault_kind_names[i], TOKOS_KIND_NAME);
    }
}
