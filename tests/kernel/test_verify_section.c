/*
 * mm_verify on sections: prototype PTEs, subsections, references, shares and clones are damaged one
 * at a time; each damage must be seen and named.
 */
#include "kernel/ps/user_process.h"
#include "mm/clone.h"
#include "mm/user_shared_data.h"
#include "tests/kernel/damage.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define BASE 0x00400000u

/* A file of four pages, mapped read-only: page 0 is mapped, 1 on standby, 2 and 3 in the file. */
struct mapped {
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space space;
    uintptr_t view;
};

static uintptr_t map(struct ktest_space *s, struct mm_section *section, uint32_t protect)
{
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = protect};

    return NT_SUCCESS(mm_map_view_of_section(s->vm, section, &request)) ? request.base : 0;
}

static bool make(struct ktest *test, struct mapped *m)
{
    ktest_make_file(&m->file, NULL, 3 * PAGE_SIZE + 100);
    mm_create_section(&m->section, &m->file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &m->space))
        return false;
    uintptr_t other = map(&m->space, &m->section, PAGE_READONLY);
    m->view = map(&m->space, &m->section, PAGE_READONLY);
    ktest_read((void *)(other + PAGE_SIZE));
    mm_unmap_view_of_section(m->space.vm, other);
    ktest_read((void *)m->view);
    return true;
}

static void unmake(struct mapped *m)
{
    mm_delete_section(&m->section);
    ktest_leave_space(&m->space);
}

KTEST(verify_section, sees_wrong_references)
{
    static struct mapped m;

    if (!make(test, &m))
        return;
    struct control_area *area = m.section.control_area;
    ktest_assert(test, ktest_sees("references", area->references, 1));
    ktest_assert(test, ktest_sees("references", area->section_references, 2));
    ktest_assert(test, ktest_sees("references", area->reads, 1));
    ktest_assert(test, ktest_sees("views, 3 counted", area->mapped_views, 2));
    /* A view that is not counted, with references that add up. */
    area->mapped_views--;
    area->section_references++;
    bool seen = ktest_verify_says("1 views, 0 counted");
    area->mapped_views++;
    area->section_references--;
    ktest_assert(test, seen);
    ktest_assert(test, ktest_sees_value("does not know it", m.file.source.data_area, NULL));
    ktest_assert(test, ktest_sees("pages committed", area->committed_pages, 1));
    unmake(&m);
}

KTEST(verify_section, sees_wrong_subsections)
{
    static struct mapped m;

    if (!make(test, &m))
        return;
    struct subsection *part = m.section.control_area->subsections;
    ktest_assert(test, ktest_sees("has 3 references", part->references, 2));
    ktest_assert(test, ktest_sees("is not a part", part->page_count, 8));
    ktest_assert(test, ktest_sees("prototype PTE", part->page_count, 4));
    ktest_assert(test, ktest_sees_value("is not a part", part->source, NULL));
    ktest_assert(test, ktest_sees_value("is not a part", part->base_pte, part->base_pte + 1));
    ktest_assert(test, ktest_sees_value("prototype PTE", part->file_bytes, PAGE_SIZE));
    unmake(&m);
}

KTEST(verify_section, sees_wrong_prototype_ptes)
{
    static struct mapped m;

    if (!make(test, &m))
        return;
    struct mmpte *prototype = m.section.control_area->prototypes;
    struct mmpfn *pfn = mi_pfn(prototype->hard.page_frame_number);
    ktest_assert(test, ktest_sees("names prototype PTE", prototype->hard.page_frame_number, 1));
    ktest_assert(test, ktest_sees("names prototype PTE", prototype->hard.valid, 1));
    ktest_assert(test, ktest_sees("waits for PTE", prototype[1].trans.page_frame_number, 1));
    ktest_assert(test, ktest_sees("waits for PTE", prototype[1].trans.transition, 1));
    ktest_assert(test, ktest_sees("holds", prototype[2].subsect.subsection_high, 1));
    ktest_assert(test, ktest_sees("names prototype PTE", pfn->prototype_pte, 1));
    ktest_assert(test, ktest_sees("lies in table", pfn->containing_page, 1));
    ktest_assert(test, ktest_sees_value("names prototype PTE", pfn->pte_address, prototype + 1));
    ktest_assert(test, ktest_sees("prototype PTE", pfn->clone_page, 1));
    ktest_assert(test, ktest_sees("are counted", mi_pfn(MI_NO_TABLE)->u2.share_count, 1));
    unmake(&m);
}

KTEST(verify_section, sees_wrong_views)
{
    static struct mapped m;

    if (!make(test, &m))
        return;
    struct mmvad *vad = mi_get_first_vad(&m.space.vm->vads);
    struct mmpte *prototype = vad->first_prototype, *pte = mi_get_pte_address(m.view);
    ktest_assert(test, ktest_sees_value("its kind", vad->first_prototype, prototype - 1));
    ktest_assert(test, ktest_sees_value("cannot have", vad->first_prototype, prototype + 1));
    ktest_assert(test, ktest_sees_value("its kind", vad->last_prototype, prototype));
    ktest_assert(test, ktest_sees("its kind", vad->inherit, 3 ^ VIEW_UNMAP));
    ktest_assert(test, ktest_sees("its kind", vad->private_memory, 1));
    ktest_assert(test, ktest_sees("promised", vad->commit_charge, 1));
    ktest_assert(test, ktest_sees("its kind", vad->protection, MM_READONLY ^ MM_WRITECOPY));
    ktest_assert(test, ktest_sees("its kind", vad->copy_on_write, 1));
    ktest_assert(test, ktest_sees("cannot have", pte[1].value, /* a private page's */
                                  mi_make_demand_zero_pte(MM_READWRITE).value));
    ktest_assert(test, ktest_sees("names PTE", pte->hard.prototype, 1));
    unmake(&m);
}

/* Each page's share count by itself: two wrong ones do not make up for each other. */
KTEST(verify_section, sees_wrong_share_counts)
{
    static struct mapped m;
    struct ktest_space other;

    if (!make(test, &m))
        return;
    ktest_read((void *)(m.view + PAGE_SIZE));
    struct mmpfn *first = mi_pfn(ktest_pte(m.view).hard.page_frame_number);
    struct mmpfn *second = mi_pfn(ktest_pte(m.view + PAGE_SIZE).hard.page_frame_number);
    if (!ktest_enter_space(test, &other))
        return;
    ktest_read((void *)map(&other, &m.section, PAGE_READONLY));
    ktest_assert_eq(test, first->u2.share_count, 2);
    ktest_assert(test, ktest_sees("3 shares, 2 PTEs", first->u2.share_count, 1));
    first->u2.share_count--;
    second->u2.share_count++;
    bool seen = ktest_verify_says("1 shares, 2 PTEs") && ktest_verify_says("2 shares, 1 PTEs");
    first->u2.share_count++;
    second->u2.share_count--;
    ktest_assert(test, seen);
    ktest_leave_space(&other);
    unmake(&m);
}

/* The page that all have, and sections of memory. */
KTEST(verify_section, sees_damage_to_memory_that_is_shared)
{
    struct mm_section section;
    struct ktest_space s;

    mm_create_section(&section, NULL, 32 * PAGE_SIZE, PAGE_READWRITE, SEC_RESERVE);
    if (!ktest_enter_space(test, &s))
        return;
    mm_map_user_shared_data(s.vm);
    ktest_read((void *)MM_SHARED_USER_DATA);
    uintptr_t p = map(&s, &section, PAGE_READWRITE);
    ktest_allocate(&s, p, 2 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE);
    struct mmpfn *pfn = mi_pfn(ktest_pte(MM_SHARED_USER_DATA).hard.page_frame_number);
    ktest_assert(test, ktest_sees("shares", pfn->u2.share_count, 2));
    struct control_area *area = section.control_area;
    ktest_assert(test, ktest_sees("2 pages committed", area->committed_pages, 1));
    ktest_assert(test, ktest_sees("1 pages committed", area->prototypes[1].value,
                                  area->prototypes[1].value));
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(verify_section, sees_damage_to_images)
{
    static uint8_t bytes[KTEST_IMAGE_BYTES];
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    uint32_t old;

    ktest_build_image(bytes, BASE);
    ktest_make_file(&file, bytes, sizeof(bytes));
    mm_create_section(&section, &file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, map(&s, &section, PAGE_EXECUTE_READ), BASE);
    struct mmvad *vad = mi_get_first_vad(&s.vm->vads);
    ktest_assert(test, ktest_sees("1 pages committed", section.control_area->committed_pages, 2));
    ktest_assert(test, ktest_sees("may be copied", section.control_area->copied_pages, 1));
    ktest_assert(test, ktest_sees("its kind", vad->vad_type, VAD_IMAGE_MAP));
    ktest_assert(test, ktest_sees("3 pages promised", vad->commit_charge, 4));
    ktest_protect(&s, BASE + 0x1000, PAGE_SIZE, PAGE_READWRITE, &old); /* a copy is promised */
    ktest_assert(test, ktest_sees("4 pages promised", vad->commit_charge, 1));
    ktest_write((void *)(BASE + 0x1000), 1);
    ktest_assert(test, ktest_sees("4 pages promised", vad->commit_charge, 1));
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(verify_section, sees_damage_to_clones)
{
    struct ktest_space s, child;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_assert_eq(test, ps_clone_process(&child.process, "child", s.process), STATUS_SUCCESS);
    struct mmpte *pte = mi_get_pte_address(BASE);
    struct mmpfn *pfn = mi_pfn(pte->hard.page_frame_number);
    ktest_assert(test, ktest_sees("3 shares, 2 PTEs", pfn->u2.share_count, 1));
    ktest_assert(test, ktest_sees("names prototype PTE", pfn->pte_address->value, HW_VALID));
    ktest_assert(test, ktest_sees("cannot have", pfn->clone_page, 1));
    ktest_assert(test, ktest_sees("1 PTEs map it", pte->hard.valid, 1));
    ktest_assert(test, ktest_sees("are counted", mi_pfn(MI_NO_TABLE)->u2.share_count, 1));
    ob_dereference_object(child.process);
    ktest_leave_space(&s);
}
