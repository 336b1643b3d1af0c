/* Locked pages of views and of clones: the entry of a locked page leads to its frame. */
#include "kernel/ps/user_process.h"
#include "mm/clone.h"
#include "mm/low_resources.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define BASE 0x00400000u

static uintptr_t map(struct ktest_space *s, struct mm_section *section, uint32_t protect)
{
    struct mm_view_request request = {.inherit = VIEW_SHARE, .protect = protect};

    return NT_SUCCESS(mm_map_view_of_section(s->vm, section, &request)) ? request.base : 0;
}

static ntstatus lock(struct ktest_space *s, uintptr_t va)
{
    uint32_t size = PAGE_SIZE;

    return mm_lock_virtual_memory(s->vm, &va, &size);
}

static ntstatus unlock(struct ktest_space *s, uintptr_t va)
{
    uint32_t size = PAGE_SIZE;

    return mm_unlock_virtual_memory(s->vm, &va, &size);
}

static struct mmpfn *pfn_at(uintptr_t va)
{
    return mi_pfn(ktest_pte(va).hard.page_frame_number);
}

KTEST(lock, a_views_page_of_no_access_is_unlocked)
{
    struct mm_section section;
    struct ktest_space s;
    uint32_t old;

    mm_create_section(&section, NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READWRITE);
    ktest_assert_eq(test, lock(&s, p), STATUS_SUCCESS);
    struct mmpfn *pfn = pfn_at(p);
    ktest_assert_eq(test, pfn->reference_count, 2);
    ktest_assert_eq(test, ktest_protect(&s, p, PAGE_SIZE, PAGE_NOACCESS, &old),
                    STATUS_WAS_UNLOCKED);
    ktest_assert_eq(test, pfn->reference_count, 0);
    ktest_assert_eq(test, unlock(&s, p), STATUS_NOT_LOCKED);
    ktest_assert_eq(test, ktest_protect(&s, p, PAGE_SIZE, PAGE_READWRITE, &old), STATUS_SUCCESS);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* A page that is copied when it is written to is copied when it is locked. */
KTEST(lock, a_copy_on_write_page_is_the_processs_own)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_WRITECOPY);
    ktest_read((void *)p);
    ktest_assert_eq(test, lock(&s, p), STATUS_SUCCESS);
    pfn_t frame = ktest_pte(p).hard.page_frame_number;
    ktest_write((void *)(p + 1), 5);
    ktest_assert_eq(test, ktest_pte(p).hard.page_frame_number, frame);
    ktest_assert_eq(test, ktest_read((void *)p), 1);
    ktest_assert_eq(test, pfn_at(p)->reference_count, 2);
    ktest_assert_eq(test, unlock(&s, p), STATUS_SUCCESS);
    ktest_assert_eq(test, pfn_at(p)->reference_count, 1);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* And so it is when it is locked first, and another protection lets it be written to. */
KTEST(lock, a_locked_page_that_may_be_copied_is_copied_at_once)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    uint32_t old;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_WRITECOPY);
    ktest_protect(&s, p, PAGE_SIZE, PAGE_READONLY, &old);
    ktest_assert_eq(test, lock(&s, p), STATUS_SUCCESS);
    struct mmpfn *shared = pfn_at(p);
    ktest_assert(test, shared->prototype_pte);
    ktest_protect(&s, p, PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_write((void *)(p + 1), 5);
    ktest_assert_eq(test, ktest_read((void *)p), 1);
    ktest_assert_eq(test, shared->reference_count, 0);
    ktest_assert_eq(test, pfn_at(p)->reference_count, 2);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, unlock(&s, p), STATUS_SUCCESS);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* Shared by cloning and locked afterwards: it is not shared any more. */
KTEST(lock, a_clones_page_is_its_own)
{
    struct ktest_space s, child;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_assert_eq(test, ps_clone_process(&child.process, "child", s.process), STATUS_SUCCESS);
    ktest_assert_eq(test, pfn_at(BASE)->u2.share_count, 2);
    ktest_assert_eq(test, lock(&s, BASE), STATUS_SUCCESS);
    ktest_write((void *)BASE, 2);
    ktest_assert_eq(test, pfn_at(BASE)->reference_count, 2);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, unlock(&s, BASE), STATUS_SUCCESS);
    ktest_assert_eq(test, pfn_at(BASE)->reference_count, 1);
    ob_dereference_object(child.process);
    ktest_leave_space(&s);
}

KTEST(lock, a_files_page_is_not_trimmed)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    ktest_make_file(&file, NULL, 2 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READONLY);
    ktest_assert_eq(test, lock(&s, p), STATUS_SUCCESS);
    ktest_read((void *)(p + PAGE_SIZE));
    kirql irql = mi_lock_pfn();
    mi_trim_address_spaces(UINT32_MAX);
    mi_unlock_pfn(irql);
    ktest_assert(test, ktest_pte(p).hard.valid);
    ktest_assert(test, !ktest_pte(p + PAGE_SIZE).hard.valid);
    ktest_assert(test, ktest_tlb_forgot(p + PAGE_SIZE));
    ktest_assert_eq(test, unlock(&s, p), STATUS_SUCCESS);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

static uint16_t references(uintptr_t va)
{
    return pfn_at(va)->reference_count;
}

/* Locked pages of which one in the middle is freed are two ranges. When there is no memory to note
 * the second, its pages are unlocked; the freeing does not fail. */
KTEST(lock, the_rest_is_unlocked_when_it_cannot_be_noted)
{
    static const struct mm_low_resource NONE_LEFT[MM_RESOURCES] = {
        [MM_RESOURCE_NONPAGED_POOL] = {.at = 1, .which = MM_REFUSE_FROM}};
    struct ktest_space s;
    uintptr_t base = BASE;
    uint32_t size = 5 * PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, mm_lock_virtual_memory(s.vm, &base, &size), STATUS_SUCCESS);
    mm_set_low_resources(NONE_LEFT);
    ktest_assert_eq(test, ktest_free(&s, BASE + 2 * PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT),
                    STATUS_SUCCESS);
    mm_set_low_resources(NULL);
    ktest_assert_eq(test, mm_low_resource_counts[MM_RESOURCE_NONPAGED_POOL].refused, 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    for (uint32_t page = 0; page < 2; page++)
        ktest_assert_eq(test, references(BASE + page * PAGE_SIZE), 2);
    for (uint32_t page = 3; page < 5; page++)
        ktest_assert_eq(test, references(BASE + page * PAGE_SIZE), 1);
    ktest_assert_eq(test, unlock(&s, BASE + 3 * PAGE_SIZE), STATUS_NOT_LOCKED);
    ktest_assert_eq(test, unlock(&s, BASE + PAGE_SIZE), STATUS_SUCCESS);
    ktest_assert_eq(test, references(BASE + PAGE_SIZE), 1);
    ktest_leave_space(&s);
}

/* As by another protection, a locked page is unlocked by a commit that nobody may touch it after.
 */
KTEST(lock, a_page_committed_anew_without_access_is_unlocked)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, lock(&s, BASE), STATUS_SUCCESS);
    ktest_allocate(&s, BASE, PAGE_SIZE, MEM_COMMIT, PAGE_NOACCESS);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, unlock(&s, BASE), STATUS_NOT_LOCKED);
    ktest_leave_space(&s);
}

KTEST(lock, a_clones_page_committed_anew_without_access_is_unlocked)
{
    struct ktest_space s;
    struct eprocess *child;
    uint32_t old;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_assert_eq(test, ps_clone_process(&child, "child", s.process), STATUS_SUCCESS);
    ktest_protect(&s, BASE, PAGE_SIZE, PAGE_READONLY, &old);
    ktest_assert_eq(test, lock(&s, BASE), STATUS_SUCCESS);
    struct mmpfn *shared = pfn_at(BASE);
    ktest_assert_eq(test, shared->reference_count, 2);
    ktest_allocate(&s, BASE, PAGE_SIZE, MEM_COMMIT, PAGE_NOACCESS);
    ktest_assert_eq(test, shared->reference_count, 1); /* the child's */
    ktest_assert_eq(test, unlock(&s, BASE), STATUS_NOT_LOCKED);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ob_dereference_object(child);
    ktest_leave_space(&s);
}
