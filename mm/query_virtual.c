/*
 * What is at an address: the range of pages from there on that have the same state, the same
 * protection and the same allocation (VirtualQuery's documentation). Where there is no page table
 * the VAD speaks for 4 MB at once.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/virtual_memory.h"

struct state {
    uint32_t state, protect;
};

static struct state state_of(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va)
{
    if (!mi_is_committed(vad, pte, va))
        return (struct state){MEM_RESERVE, 0};
    return (struct state){MEM_COMMIT, mi_convert_from_protection(mi_page_protection(vad, pte, va))};
}

static bool same(struct state a, struct state b)
{
    return a.state == b.state && a.protect == b.protect;
}

/* => how many pages of RUN, from its first on, have STATE. */
static uint32_t count_same(const struct mmvad *vad, const struct mi_run *run, struct state state)
{
    uint32_t n = 0;

    if (!run->pte && !vad->section)
        return same(state_of(vad, NULL, run->va), state) ? run->pages : 0;
    while (n < run->pages &&
           same(state_of(vad, run->pte ? run->pte + n : NULL, run->va + (n << PAGE_SHIFT)), state))
        n++;
    return n;
}

static uint32_t type_of(const struct mmvad *vad)
{
    if (vad->private_memory)
        return MEM_PRIVATE;
    return vad->vad_type == VAD_IMAGE_MAP ? MEM_IMAGE : MEM_MAPPED;
}

static void query_vad(const struct mmvad *vad, uintptr_t page, struct memory_basic_information *out)
{
    uintptr_t end = ((uintptr_t)vad->ending_vpn << PAGE_SHIFT) + PAGE_SIZE - 1;
    struct mi_run run = mi_run_over(page, end);
    uint32_t pages = 0, same_pages;
    const struct mmpte *first = mi_has_page_table(page) ? mi_get_pte_address(page) : NULL;
    struct state state = state_of(vad, first, page);

    do {
        mi_next_run(&run);
        same_pages = count_same(vad, &run, state);
        pages += same_pages;
    } while (same_pages == run.pages && run.next <= end);
    *out = (struct memory_basic_information){
        .base_address = (uint32_t)page,
        .allocation_base = vad->starting_vpn << PAGE_SHIFT,
        .allocation_protect = mi_convert_from_protection(vad->initial_protection),
        .region_size = pages << PAGE_SHIFT,
        .state = state.state,
        .protect = state.protect,
        .type = type_of(vad),
    };
}

static void query_free(const struct mm_address_space *space, uintptr_t page,
                       struct memory_basic_information *out)
{
    const struct mmvad *next = mi_first_vad_from(&space->vads, (uint32_t)page >> PAGE_SHIFT);
    uintptr_t end = next ? (uintptr_t)next->starting_vpn << PAGE_SHIFT : space->highest_address + 1;

    *out = (struct memory_basic_information){
        .base_address = (uint32_t)page,
        .region_size = (uint32_t)(end - page),
        .state = MEM_FREE,
        .protect = PAGE_NOACCESS,
    };
}

ntstatus mm_query_virtual_memory(struct mm_address_space *space, uintptr_t address,
                                 struct memory_basic_information *out)
{
    uintptr_t page = ROUND_DOWN(address, PAGE_SIZE);

    if (address > space->highest_address)
        return STATUS_INVALID_PARAMETER;
    ex_acquire_fast_mutex(&space->address_creation_lock);
    kirql irql = mi_lock_pfn(); /* faults change entries meanwhile, though not what they say */
    const struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)page >> PAGE_SHIFT);
    if (vad)
        query_vad(vad, page, out);
    else
        query_free(space, page, out);
    mi_unlock_pfn(irql);
    ex_release_fast_mutex(&space->address_creation_lock);
    return STATUS_SUCCESS;
}
