/*
 * mm_verify, sections. For each control area: who refers to it, where its prototype PTEs lead, and
 * what it is charged for. And for each page of a section, or shared by cloning: as many PTEs map it
 * as its share count says. They are counted while the page tables are gone through, in u1 of the
 * page's entry, which an active page of a section has no other use for.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/section.h"
#include "mm/verify.h"

/* Do the frame and the prototype PTE that it names agree that it is in use? */
static bool is_shared_page(pfn_t frame)
{
    const struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->rom || !pfn->prototype_pte || pfn->page_location != ACTIVE_AND_VALID ||
        !mm_is_address_valid((uintptr_t)pfn->pte_address))
        return false;
    struct mmpte prototype = mi_read_pte(pfn->pte_address);
    return prototype.hard.valid && prototype.hard.page_frame_number == frame;
}

void mi_verify_begin_shares(void)
{
    for (pfn_t frame = 0; frame <= mm_highest_physical_page; frame++)
        if (is_shared_page(frame))
            mi_pfn(frame)->u1.mappings = 0;
}

void mi_verify_mapping_of_shared(const struct mmpte *pte, pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (is_shared_page(frame))
        pfn->u1.mappings++;
    else
        mi_verify_failed("PTE %p maps frame %x, which is %s and names prototype PTE %p", pte, frame,
                         mi_page_location_names[pfn->page_location], pfn->pte_address);
}

void mi_verify_shares(void)
{
    uint32_t pages = 0;

    for (pfn_t frame = 0; frame <= mm_highest_physical_page; frame++) {
        const struct mmpfn *pfn = mi_pfn(frame);
        if (pfn->rom || !pfn->prototype_pte)
            continue;
        pages++;
        if (pfn->containing_page != MI_NO_TABLE)
            mi_verify_failed("frame %x is a section's, but lies in table %x", frame,
                             pfn->containing_page);
        if (pfn->page_location != ACTIVE_AND_VALID)
            continue;
        if (!is_shared_page(frame))
            mi_verify_failed("frame %x is active, its prototype PTE %p does not say so", frame,
                             pfn->pte_address);
        else if (pfn->u1.mappings != pfn->u2.share_count)
            mi_verify_failed("frame %x of prototype PTE %p: %u shares, %u PTEs map it", frame,
                             pfn->pte_address, pfn->u2.share_count, pfn->u1.mappings);
    }
    if (pages != mi_pfn(MI_NO_TABLE)->u2.share_count)
        mi_verify_failed("%u pages are sections', %u are counted", pages,
                         mi_pfn(MI_NO_TABLE)->u2.share_count);
}

/* ---- control areas ------------------------------------------------------------------------------
 */

/* PROTOTYPE says that its page is in the file: in which part of AREA? */
static bool lies_in_its_part(const struct control_area *area, const struct mmpte *prototype,
                             struct mmpte value)
{
    for (uint32_t i = 0; i < area->subsection_count; i++) {
        const struct subsection *part = &area->subsections[i];
        if (part == mi_subsection_of(value))
            return prototype >= part->base_pte && prototype < part->base_pte + part->page_count &&
                   (uint32_t)(prototype - part->base_pte) << PAGE_SHIFT < part->file_bytes;
    }
    return false;
}

static bool prototype_is_good(const struct control_area *area, const struct mmpte *prototype)
{
    struct mmpte value = mi_read_pte(prototype);
    pfn_t frame = value.hard.page_frame_number; /* in the same place in both forms */
    enum mi_pte_kind kind = mi_pte_kind(value);

    if (kind == MI_PTE_VALID || kind == MI_PTE_TRANSITION)
        return mi_is_pfn(frame) && mi_pfn(frame)->pte_address == prototype &&
               mi_pfn(frame)->prototype_pte && !mi_pfn(frame)->clone_page &&
               (mi_pfn(frame)->page_location == ACTIVE_AND_VALID) == (kind == MI_PTE_VALID);
    if (kind == MI_PTE_SUBSECTION)
        return lies_in_its_part(area, prototype, value);
    return kind == MI_PTE_ZERO || kind == MI_PTE_DEMAND_ZERO;
}

static void check_prototypes(const struct control_area *area)
{
    uint32_t committed = 0, copied = 0;

    for (uint32_t i = 0; i < area->page_count; i++) {
        const struct mmpte *prototype = area->prototypes + i;
        if (!prototype_is_good(area, prototype)) {
            mi_verify_failed("prototype PTE %p of control area %p holds %08x", prototype, area,
                             prototype->value);
            continue;
        }
        if (prototype->value == 0)
            continue;
        uint32_t protection = mi_prototype_protection(prototype);
        committed += mi_is_shared_for_writing(protection);
        copied += mi_is_copied_protection(protection);
    }
    if (area->committed_pages != committed)
        mi_verify_failed("control area %p: %u pages committed, %u charged", area, committed,
                         area->committed_pages);
    if ((area->attributes & SEC_IMAGE) && area->copied_pages != copied)
        mi_verify_failed("image %p: %u pages may be copied, %u counted", area, copied,
                         area->copied_pages);
}

/* The parts are the file's. They go with the control area, so nobody else refers to one. */
static void check_parts(const struct control_area *area)
{
    for (uint32_t i = 0; i < area->subsection_count; i++) {
        const struct subsection *part = &area->subsections[i];
        if (part->source != area->source || part->base_pte < area->prototypes ||
            part->base_pte + part->page_count > area->prototypes + area->page_count)
            mi_verify_failed("subsection %p is not a part of control area %p", part, area);
        if (part->references != 1)
            mi_verify_failed("subsection %p has %u references", part, part->references);
    }
}

static uint32_t views_in(struct mm_address_space *space, const struct control_area *area)
{
    uint32_t count = 0;

    if (mi_vad_tree_fault(&space->vads))
        return 0; /* which was reported */
    for (const struct mmvad *vad = mi_get_first_vad(&space->vads); vad; vad = mi_get_next_vad(vad))
        count += vad->section == area;
    return count;
}

static void check_references(const struct control_area *area)
{
    uint32_t views = 0;
    uint32_t sum = area->section_references + area->mapped_views + area->reads;

    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces; at = at->flink)
        views += views_in(CONTAINER_OF(at, struct mm_address_space, links), area);
    if (views != area->mapped_views)
        mi_verify_failed("control area %p: %u views, %u counted", area, views, area->mapped_views);
    if (!area->references || area->references != sum)
        mi_verify_failed("control area %p: %u sections, %u views and %u reads are %u references",
                         area, area->section_references, area->mapped_views, area->reads,
                         area->references);
    if (area->source &&
        area != (area->attributes & SEC_IMAGE ? area->source->image_area : area->source->data_area))
        mi_verify_failed("control area %p: its file does not know it", area);
}

void mi_verify_sections(void)
{
    if (ex_is_fast_mutex_owned(&mi_section_lock))
        return; /* its owner is in the middle of a change */
    for (struct list_entry *at = mi_control_areas.flink; at != &mi_control_areas; at = at->flink) {
        const struct control_area *area = CONTAINER_OF(at, struct control_area, links);
        check_references(area);
        check_parts(area);
        check_prototypes(area);
    }
}

uint32_t mi_verify_section_commitment(void)
{
    uint32_t sum = 0;

    for (struct list_entry *at = mi_control_areas.flink; at != &mi_control_areas; at = at->flink)
        sum += CONTAINER_OF(at, struct control_area, links)->committed_pages;
    return sum;
}
