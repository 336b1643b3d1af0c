/* Pages that every process has, and that its programs may write but not do away with. */
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/virtual_memory.h"

static ntstatus insert_block(struct mm_address_space *space, uint32_t vpn)
{
    struct mmvad *vad = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*vad), MI_VAD_TAG);

    if (!vad)
        return STATUS_INSUFFICIENT_RESOURCES;
    *vad = (struct mmvad){
        .starting_vpn = vpn,
        .ending_vpn = vpn,
        .protection = MM_READWRITE,
        .initial_protection = MM_READWRITE,
        .private_memory = 1,
        .mem_commit = 1,
        .no_change = 1,
        .commit_charge = 1,
    };
    ntstatus status = STATUS_COMMITMENT_LIMIT;
    if (mi_charge_pages(space, 1)) {
        status = mi_insert_vad(space, vad);
        if (NT_SUCCESS(status))
            return status;
        mi_return_pages(space, 1);
    }
    ex_free_pool_with_tag(vad, MI_VAD_TAG);
    return status;
}

ntstatus mm_create_block(struct mm_address_space *space, uintptr_t highest, uintptr_t *base)
{
    uint32_t vpn = (uint32_t)highest >> PAGE_SHIFT;
    ntstatus status = STATUS_NO_MEMORY;

    ex_acquire_fast_mutex(&space->address_creation_lock);
    while (vpn >= space->vads.lowest_vpn) {
        const struct mmvad *vad = mi_locate_address(&space->vads, vpn);
        if (!vad) {
            status = insert_block(space, vpn);
            break;
        }
        vpn = vad->starting_vpn - 1;
    }
    ex_release_fast_mutex(&space->address_creation_lock);
    *base = (uintptr_t)vpn << PAGE_SHIFT;
    return status;
}

void mm_delete_block(struct mm_address_space *space, uintptr_t base)
{
    ex_acquire_fast_mutex(&space->address_creation_lock);
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)base >> PAGE_SHIFT);
    if (vad && vad->no_change)
        mi_delete_vad(space, vad);
    ex_release_fast_mutex(&space->address_creation_lock);
}
