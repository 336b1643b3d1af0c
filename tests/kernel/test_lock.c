/* Locked pages of views and of clones: the entry of a locked page leads to its frame. */
#include "kernel/ps/user_process.h"
#include "mm/clone.h"
#include "mm/low_resources.h"
#include "mm/page_read.h"
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
    ktest_assert_eq(test, mi_committed[MM_COMMIT_LOCKED_PAGES], 1);
    ktest_protect(&s, p, PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_assert_eq(test, mi_committed[MM_COMMIT_LOCKED_PAGES],
                    0); /* it is the view's charge now */
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

/* What cannot be freed stays locked: watched memory is not cut up, and when there is no memory to
 * note what lies behind the cut nothing is. */
KTEST(lock, memory_that_cannot_be_freed_stays_locked)
{
    static const struct mm_low_resource NONE_LEFT[MM_RESOURCES] = {
        [MM_RESOURCE_NONPAGED_POOL] = {.at = 1, .which = MM_REFUSE_FROM}};
    static const struct {
        uint32_t type;
        const struct mm_low_resource *refused;
        ntstatus status;
    } cases[] = {{MEM_WRITE_WATCH, NULL, STATUS_UNABLE_TO_FREE_VM},
                 {0, NONE_LEFT, STATUS_INSUFFICIENT_RESOURCES}};
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uintptr_t base = BASE;
        uint32_t size = 3 * PAGE_SIZE;
        ktest_allocate(&s, BASE, size, MEM_RESERVE | MEM_COMMIT | cases[i].type, PAGE_READWRITE);
        ktest_assert_eq(test, mm_lock_virtual_memory(s.vm, &base, &size), STATUS_SUCCESS);
        if (cases[i].refused)
            mm_set_low_resources(cases[i].refused);
        ntstatus status = ktest_free(&s, BASE + PAGE_SIZE, PAGE_SIZE, MEM_RELEASE);
        mm_set_low_resources(NULL);
        ktest_assert_eq(test, status, cases[i].status);
        ktest_assert_eq(test, mi_locked_pages(s.vm), 3);
        for (uint32_t page = 0; page < 3; page++)
            ktest_assert_eq(test, references(BASE + page * PAGE_SIZE), 2);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        ktest_assert_eq(test, ktest_free(&s, BASE, 0, MEM_RELEASE), STATUS_SUCCESS);
        ktest_assert_eq(test, mi_locked_pages(s.vm), 0);
    }
    ktest_leave_space(&s);
}

/* No page table can be had to note in that pages are not committed any more; those behind, which
 * have one, stay as they are. */
KTEST(lock, what_is_not_decommitted_stays_locked)
{
    static const struct mm_low_resource NO_PAGES[MM_RESOURCES] = {
        [MM_RESOURCE_PAGES] = {.at = 1, .which = MM_REFUSE_FROM}};
    struct ktest_space s;
    uintptr_t last = BASE + LARGE_PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, LARGE_PAGE_SIZE + 2 * PAGE_SIZE, MEM_RESERVE | MEM_COMMIT,
                   PAGE_READWRITE);
    ktest_assert_eq(test, lock(&s, last), STATUS_SUCCESS);
    mm_set_low_resources(NO_PAGES);
    ntstatus status = ktest_free(&s, BASE, LARGE_PAGE_SIZE + PAGE_SIZE, MEM_DECOMMIT);
    mm_set_low_resources(NULL);
    ktest_assert_eq(test, status, STATUS_NO_MEMORY);
    ktest_assert_eq(test, references(last), 2);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, unlock(&s, last), STATUS_SUCCESS);
    ktest_leave_space(&s);
}

/* The part of a region that goes is not locked any more. */
KTEST(lock, what_is_cut_out_is_unlocked)
{
    struct ktest_space s;
    uintptr_t base = BASE;
    uint32_t size = 3 * PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, mm_lock_virtual_memory(s.vm, &base, &size), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_free(&s, BASE + PAGE_SIZE, PAGE_SIZE, MEM_RELEASE), STATUS_SUCCESS);
    ktest_assert_eq(test, mi_locked_pages(s.vm), 2);
    ktest_assert_eq(test, mm_verify(NULL), 0);
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

/* ---- what it costs -----------------------------------------------------------------------------
 */

#define FILE_PAGES 64u

static uint32_t charged(void)
{
    return mi_committed[MM_COMMIT_LOCKED_PAGES];
}

static ntstatus lock_pages(struct ktest_space *s, uintptr_t va, uint32_t pages, bool on)
{
    uint32_t size = pages << PAGE_SHIFT;

    return on ? mm_lock_virtual_memory(s->vm, &va, &size)
              : mm_unlock_virtual_memory(s->vm, &va, &size);
}

static bool enter_with_file(struct ktest *test, struct ktest_space *s, struct ktest_file *file,
                            struct mm_section *section)
{
    ktest_make_file(file, NULL, FILE_PAGES << PAGE_SHIFT);
    mm_create_section(section, &file->source, 0, PAGE_READONLY, SEC_COMMIT);
    return ktest_enter_space(test, s);
}

/* It cannot be given up meanwhile: so it is a promise. */
KTEST(lock, a_files_page_is_charged_while_it_is_locked)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    struct eprocess *child;
    uint32_t old;

    if (!enter_with_file(test, &s, &file, &section))
        return;
    uintptr_t p = map(&s, &section, PAGE_READONLY);
    ktest_read((void *)p);
    ktest_assert_eq(test, charged(), 0);
    ktest_assert_eq(test, lock_pages(&s, p, 5, true), STATUS_SUCCESS);
    ktest_assert_eq(test, charged(), 5);
    ktest_assert_eq(test, lock_pages(&s, p + 4 * PAGE_SIZE, 2, true), STATUS_WAS_LOCKED);
    ktest_assert_eq(test, charged(), 6);
    ktest_assert_eq(test, ps_clone_process(&child, "child", s.process), STATUS_SUCCESS);
    ktest_assert_eq(test, charged(), 6); /* it has locked nothing */
    ob_dereference_object(child);
    ktest_assert_eq(test, lock_pages(&s, p + PAGE_SIZE, 2, false), STATUS_SUCCESS);
    ktest_assert_eq(test, charged(), 4);
    ktest_assert_eq(test, ktest_protect(&s, p, PAGE_SIZE, PAGE_NOACCESS, &old),
                    STATUS_WAS_UNLOCKED);
    ktest_assert_eq(test, charged(), 3);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    mm_unmap_view_of_section(s.vm, p);
    ktest_assert_eq(test, charged(), 0);
    p = map(&s, &section, PAGE_READONLY);
    ktest_assert_eq(test, lock_pages(&s, p, FILE_PAGES, true), STATUS_SUCCESS);
    ktest_assert_eq(test, charged(), FILE_PAGES);
    mm_delete_section(&section);
    ktest_leave_space(&s); /* the end of the process */
    ktest_assert_eq(test, charged(), 0);
}

#define IMAGE 0x00800000u

KTEST(lock, what_was_charged_is_not_charged_again)
{
    static uint8_t bytes[KTEST_IMAGE_BYTES];
    struct ktest_file file, image_file;
    struct mm_section copied, memory, image;
    struct ktest_space s;

    ktest_build_image(bytes, IMAGE);
    ktest_make_file(&image_file, bytes, sizeof(bytes));
    mm_create_section(&image, &image_file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    mm_create_section(&memory, NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!enter_with_file(test, &s, &file, &copied))
        return;
    ktest_allocate(&s, BASE, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, map(&s, &image, PAGE_EXECUTE_READ), IMAGE);
    uintptr_t own[] = {
        BASE,           map(&s, &copied, PAGE_WRITECOPY), map(&s, &memory, PAGE_READWRITE),
        IMAGE + 0x2000, /* .data */
        IMAGE + 0x3000, /* zeros of it */
        IMAGE + 0x5000 /* .shr */};
    for (uint32_t i = 0; i < ARRAY_SIZE(own); i++) {
        ktest_assert_eq(test, lock(&s, own[i]), STATUS_SUCCESS);
        ktest_assert_eq(test, charged(), 0);
    }
    ktest_assert_eq(test, lock(&s, IMAGE + 0x1000), STATUS_SUCCESS); /* code */
    ktest_assert_eq(test, charged(), 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    mm_delete_section(&copied);
    mm_delete_section(&memory);
    mm_delete_section(&image);
    ktest_leave_space(&s);
    ktest_assert_eq(test, charged(), 0);
}

KTEST(lock, more_than_can_be_promised_is_refused)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    if (!enter_with_file(test, &s, &file, &section))
        return;
    uintptr_t p = map(&s, &section, PAGE_READONLY);
    ktest_allocate(&s, BASE, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_suspend_special_pool();
    lock(&s, p);
    lock_pages(&s, p, 1, false); /* there is a block of pool to note the range */
    uint32_t rest = mm_total_commit_limit - mm_total_committed_pages - 3;
    ktest_assert(test, mm_charge_commitment(MM_COMMIT_CONTIGUOUS, rest));
    ntstatus too_many = lock_pages(&s, p, 4, true);
    uint32_t left = charged() + mi_locked_pages(s.vm);
    ntstatus enough = lock_pages(&s, p, 3, true), another = lock(&s, p + 3 * PAGE_SIZE);
    ntstatus own = lock(&s, BASE); /* it needs no promise */
    mm_return_commitment(MM_COMMIT_CONTIGUOUS, rest);
    ktest_assert_eq(test, too_many, STATUS_WORKING_SET_QUOTA);
    ktest_assert_eq(test, left, 0);
    ktest_assert_eq(test, enough, STATUS_SUCCESS);
    ktest_assert_eq(test, another, STATUS_WORKING_SET_QUOTA);
    ktest_assert_eq(test, own, STATUS_SUCCESS);
    ktest_assert_eq(test, charged(), 3);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* A file's pages are locked, and then all that can still be promised is committed: it is there. */
KTEST(lock, locked_pages_leave_what_was_promised_to_others)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    void (*delay)(void) = mi_pager_delay;
    uint32_t failed = 0, most = 0xC000;

    if (!enter_with_file(test, &s, &file, &section))
        return;
    uintptr_t p = map(&s, &section, PAGE_READONLY);
    ktest_assert_eq(test, lock_pages(&s, p, FILE_PAGES, true), STATUS_SUCCESS);
    uint32_t rest = mm_total_commit_limit - mm_total_committed_pages;
    if (rest > most)
        rest = most;
    rest -= rest / PTES_PER_PAGE + 3; /* page tables, and a page of pool */
    uintptr_t others =
        ktest_allocate(&s, 0, rest << PAGE_SHIFT, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert(test, others);
    mi_pager_delay = NULL; /* there are too many pages for that */
    for (uint32_t i = 0; i < rest; i++)
        failed += !NT_SUCCESS(ktest_fault(others + (i << PAGE_SHIFT), true));
    mi_pager_delay = delay;
    ktest_assert_eq(test, failed, 0);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}
