/*
 * Writing views back to their files. No file can be written, and other memory belongs to none:
 * there is nothing to write. What is left of the service is what it says of the range.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/virtual_memory.h"

/* What is to be said of START..*END, in VAD; *END becomes VAD's when all behind START is meant. */
static ntstatus check(const struct mmvad *vad, bool all, uintptr_t *end)
{
    uintptr_t vad_end;

    if (!vad)
        return STATUS_NOT_MAPPED_VIEW;
    if (vad->private_memory || vad->vad_type == VAD_IMAGE_MAP)
        return STATUS_NOT_MAPPED_DATA;
    vad_end = ((uintptr_t)vad->ending_vpn << PAGE_SHIFT) | (PAGE_SIZE - 1);
    if (all)
        *end = vad_end;
    return *end <= vad_end ? STATUS_SUCCESS : STATUS_NOT_MAPPED_VIEW;
}

ntstatus mm_flush_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size)
{
    uintptr_t start = ROUND_DOWN(*base, PAGE_SIZE), end = (*base + *size - 1) | (PAGE_SIZE - 1);

    if (*base > space->highest_address || *size > space->highest_address - *base + 1)
        return STATUS_INVALID_PARAMETER_2;
    ex_acquire_fast_mutex(&space->address_creation_lock);
    ntstatus status =
        check(mi_locate_address(&space->vads, (uint32_t)start >> PAGE_SHIFT), *size == 0, &end);
    ex_release_fast_mutex(&space->address_creation_lock);
    if (!NT_SUCCESS(status))
        return status;
    *base = start;
    *size = (uint32_t)(end - start + 1);
    return STATUS_SUCCESS;
}
