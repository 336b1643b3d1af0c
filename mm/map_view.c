/*
 * Mapping and unmapping views. A view is a VAD that leads to prototype PTEs; no PTE is written, and
 * the pages come by faults.
 */
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/section.h"

#define MAXIMUM_ZERO_BITS 21u
#define ALLOCATION_BYTES  (MI_ALLOCATION_PAGES << PAGE_SHIFT)

/* What a view may have of a section with protection SECTION: the lower three bits of the codes. To
 * write to copies one only needs to read. */
static bool is_compatible(uint32_t section, uint32_t view)
{
    static const uint8_t allowed[8] = {
        [MM_READONLY] = 1u << MM_READONLY | 1u << MM_WRITECOPY,
        [MM_EXECUTE] = 1u << MM_EXECUTE,
        [MM_EXECUTE_READ] = 1u << MM_READONLY | 1u << MM_EXECUTE | 1u << MM_EXECUTE_READ |
                            1u << MM_WRITECOPY | 1u << MM_EXECUTE_WRITECOPY,
        [MM_READWRITE] = 1u << MM_READONLY | 1u << MM_READWRITE | 1u << MM_WRITECOPY,
        [MM_WRITECOPY] = 1u << MM_READONLY | 1u << MM_WRITECOPY,
        [MM_EXECUTE_READWRITE] = 0xFE,
        [MM_EXECUTE_WRITECOPY] = 1u << MM_READONLY | 1u << MM_EXECUTE | 1u << MM_EXECUTE_READ |
                                 1u << MM_WRITECOPY | 1u << MM_EXECUTE_WRITECOPY,
    };

    view &= MM_EXECUTE_WRITECOPY;
    return view == MM_ZERO_ACCESS || (allowed[section & MM_EXECUTE_WRITECOPY] >> view & 1);
}

bool mi_view_may_have(const struct mmvad *vad, uint32_t protection)
{
    uint32_t access = protection & MM_EXECUTE_WRITECOPY;

    if (vad->copy_on_write)
        access = mi_copied_protection(access);
    return access == MM_ZERO_ACCESS || is_compatible(vad->protection, access);
}

uint32_t mi_copied_protection(uint32_t protection)
{
    uint32_t access = protection & MM_EXECUTE_WRITECOPY;

    if (access == MM_READWRITE || access == MM_EXECUTE_READWRITE)
        protection++; /* MM_WRITECOPY, MM_EXECUTE_WRITECOPY */
    return protection;
}

static ntstatus check_request(const struct mm_address_space *space,
                              const struct mm_section *section,
                              const struct mm_view_request *request, uint32_t protection)
{
    if (request->zero_bits > MAXIMUM_ZERO_BITS)
        return STATUS_INVALID_PARAMETER_4;
    if (request->base > space->highest_address)
        return STATUS_INVALID_PARAMETER_3;
    if (request->bytes && space->highest_address - request->base < request->bytes - 1)
        return STATUS_INVALID_PARAMETER_3;
    if (request->inherit != VIEW_SHARE && request->inherit != VIEW_UNMAP)
        return STATUS_INVALID_PARAMETER_8;
    if (request->type & ~(MEM_TOP_DOWN | MEM_RESERVE))
        return STATUS_INVALID_PARAMETER_9;
    if (protection == MI_INVALID_PROTECTION)
        return STATUS_INVALID_PAGE_PROTECTION;
    if ((request->base | (uint32_t)request->offset) & (ALLOCATION_BYTES - 1))
        return STATUS_MAPPED_ALIGNMENT;
    if (!(section->attributes & SEC_IMAGE) && !is_compatible(section->protection, protection))
        return STATUS_SECTION_PROTECTION;
    if (request->offset >= section->bytes ||
        request->bytes > ROUND_UP(section->bytes, PAGE_SIZE) - request->offset)
        return STATUS_INVALID_VIEW_SIZE;
    return STATUS_SUCCESS;
}

static bool fits(const struct mm_address_space *space, uintptr_t base, uint32_t pages)
{
    uint32_t start = (uint32_t)base >> PAGE_SHIFT, end = start + pages - 1;

    return start >= space->vads.lowest_vpn && end >= start && end <= space->vads.highest_vpn &&
           !mi_check_for_conflicting_vad(&space->vads, start, end);
}

/* Where the view goes: where it was asked for, or where an image prefers to be, or anywhere. */
static ntstatus choose_base(const struct mm_address_space *space, const struct mm_section *section,
                            const struct mm_view_request *request, uint32_t pages, uint32_t *start)
{
    uint32_t highest = UINT32_MAX >> request->zero_bits >> PAGE_SHIFT;
    const struct mi_image_layout *image = &section->control_area->image;
    uintptr_t base = request->base;
    bool found;

    if (!base && section->base)
        base = section->base + (uint32_t)request->offset;
    if (base) {
        *start = (uint32_t)base >> PAGE_SHIFT;
        return fits(space, base, pages) ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
    }
    if ((section->attributes & SEC_IMAGE) && fits(space, image->preferred_base, pages)) {
        *start = image->preferred_base >> PAGE_SHIFT;
        return STATUS_SUCCESS;
    }
    if ((section->attributes & SEC_IMAGE) && image->relocations_stripped)
        return STATUS_CONFLICTING_ADDRESSES;
    found = request->type & MEM_TOP_DOWN
                ? mi_find_empty_address_range_down(&space->vads, pages, highest, start)
                : mi_find_empty_address_range(&space->vads, pages, highest, start);
    return found ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static struct mmvad *make_vad(const struct mm_section *section,
                              const struct mm_view_request *request, uint32_t start, uint32_t pages,
                              uint32_t protection)
{
    struct mmvad *vad = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*vad), MI_VAD_TAG);
    struct control_area *area = section->control_area;
    bool image = (section->attributes & SEC_IMAGE) != 0;
    uint8_t whole = (uint8_t)(image ? MM_EXECUTE_WRITECOPY : protection);

    if (!vad)
        return NULL;
    *vad = (struct mmvad){
        .starting_vpn = start,
        .ending_vpn = start + pages - 1,
        .inherit = (uint8_t)request->inherit,
        .protection = whole,
        .initial_protection = whole,
        .vad_type = image ? VAD_IMAGE_MAP : VAD_NONE,
        .copy_on_write = image || mi_is_copied_protection(protection),
        .section = area,
        .first_prototype = area->prototypes + (uint32_t)(request->offset >> PAGE_SHIFT),
        .last_prototype = area->prototypes + area->page_count - 1,
    };
    /* Pages that it writes to become its own, and those were promised with the view. */
    if (image)
        vad->commit_charge = area->copied_pages;
    else if (mi_is_copied_protection(protection))
        vad->commit_charge = pages;
    return vad;
}

static ntstatus insert(struct mm_address_space *space, struct mmvad *vad)
{
    if (!mi_charge_pages(space, vad->commit_charge))
        return STATUS_COMMITMENT_LIMIT;
    ntstatus status = mi_insert_vad(space, vad);
    if (!NT_SUCCESS(status)) {
        mi_return_pages(space, vad->commit_charge);
        return status;
    }
    mi_reference_view(vad);
    return status;
}

/* The first BYTES of VAD, a view, are committed, if they are not yet. */
static ntstatus commit_first(struct mmvad *vad, uint32_t bytes)
{
    uintptr_t start = (uintptr_t)vad->starting_vpn << PAGE_SHIFT;

    if (!bytes || !mi_is_reserved_area(vad->section))
        return STATUS_SUCCESS;
    if ((bytes - 1) >> PAGE_SHIFT > vad->ending_vpn - vad->starting_vpn)
        return STATUS_INVALID_PARAMETER_5;
    return mi_commit_view(vad, start, (start + bytes - 1) | (PAGE_SIZE - 1));
}

static ntstatus map(struct mm_address_space *space, struct mm_section *section,
                    struct mm_view_request *request, uint32_t protection)
{
    uint32_t pages = BYTES_TO_PAGES(request->bytes), start;
    ntstatus status = choose_base(space, section, request, pages, &start);

    if (!NT_SUCCESS(status))
        return status;
    struct mmvad *vad = make_vad(section, request, start, pages, protection);
    if (!vad)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = insert(space, vad);
    if (!NT_SUCCESS(status)) {
        ex_free_pool_with_tag(vad, MI_VAD_TAG);
        return status;
    }
    status = commit_first(vad, request->commit_bytes);
    if (!NT_SUCCESS(status)) {
        mi_delete_vad(space, vad);
        return status;
    }
    request->base = (uintptr_t)start << PAGE_SHIFT;
    request->bytes = pages << PAGE_SHIFT;
    if ((section->attributes & SEC_IMAGE) &&
        request->base != section->control_area->image.preferred_base)
        return STATUS_IMAGE_NOT_AT_BASE;
    return STATUS_SUCCESS;
}

ntstatus mm_map_view_of_section(struct mm_address_space *space, struct mm_section *section,
                                struct mm_view_request *request)
{
    uint32_t protection = mi_make_protection_mask(request->protect);
    ntstatus status = check_request(space, section, request, protection);

    if (!NT_SUCCESS(status))
        return status;
    if (section->attributes & SEC_IMAGE) {
        request->offset = 0;
        request->bytes = (uint32_t)section->bytes;
    } else if (!request->bytes) {
        request->bytes = (uint32_t)(section->bytes - request->offset);
    }
    ex_acquire_fast_mutex(&space->address_creation_lock);
    status = map(space, section, request, protection);
    ex_release_fast_mutex(&space->address_creation_lock);
    return status;
}

static struct mmvad *find_vad(struct mm_address_space *space, uintptr_t address)
{
    return address <= space->highest_address
               ? mi_locate_address(&space->vads, (uint32_t)address >> PAGE_SHIFT)
               : NULL;
}

ntstatus mm_unmap_view_of_section(struct mm_address_space *space, uintptr_t address)
{
    ntstatus status = STATUS_NOT_MAPPED_VIEW;

    ex_acquire_fast_mutex(&space->address_creation_lock);
    struct mmvad *vad = find_vad(space, address);
    if (vad && !vad->private_memory)
        status = vad->no_change ? STATUS_INVALID_PAGE_PROTECTION : STATUS_SUCCESS;
    if (status == STATUS_SUCCESS)
        mi_delete_vad(space, vad);
    ex_release_fast_mutex(&space->address_creation_lock);
    return status;
}

bool mm_find_image(struct mm_address_space *space, uintptr_t address, uintptr_t *base,
                   struct mm_page_source **file)
{
    ex_acquire_fast_mutex(&space->address_creation_lock);
    const struct mmvad *vad = find_vad(space, address);
    bool found = vad && vad->vad_type == VAD_IMAGE_MAP;

    if (found) {
        *base = (uintptr_t)vad->starting_vpn << PAGE_SHIFT;
        *file = vad->section->source;
        (*file)->reference(*file);
    }
    ex_release_fast_mutex(&space->address_creation_lock);
    return found;
}

ntstatus mi_commit_view(struct mmvad *vad, uintptr_t start, uintptr_t end)
{
    struct control_area *area = vad->section;
    struct mmpte *first = mi_get_prototype(vad, (uint32_t)start >> PAGE_SHIFT);
    uint32_t pages = (uint32_t)(end - start + 1) >> PAGE_SHIFT, fresh = 0;

    ex_acquire_fast_mutex(&mi_section_lock); /* two processes may commit the same */
    for (uint32_t i = 0; i < pages; i++)
        fresh += mi_read_pte(first + i).value == 0;
    bool charged = mm_charge_commitment(MM_COMMIT_SECTIONS, fresh);
    kirql irql = mi_lock_pfn();
    for (uint32_t i = 0; charged && i < pages; i++)
        if (mi_read_pte(first + i).value == 0)
            mi_write_pte(first + i, mi_make_demand_zero_pte(MM_EXECUTE_READWRITE));
    mi_unlock_pfn(irql);
    if (charged)
        area->committed_pages += fresh;
    ex_release_fast_mutex(&mi_section_lock);
    return charged ? STATUS_SUCCESS : STATUS_COMMITMENT_LIMIT;
}
