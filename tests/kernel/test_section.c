/* Sections: shared memory, mapped files, copy-on-write; entries, shares and reads. */
#include "lib/string.h"
#include "mm/page_read.h"
#include "mm/query_page.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define KB64 0x10000u

static uint32_t faults(enum mm_fault_kind kind)
{
    return mm_fault_counts[kind];
}

/* Without the shared user data page. */
static uint32_t sections_committed(void)
{
    return mi_committed[MM_COMMIT_SECTIONS] - 1;
}

/* Map a view of SECTION. => its address, or 0. */
static uintptr_t map(struct ktest_space *s, struct mm_section *section, uint32_t protect)
{
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = protect};

    return NT_SUCCESS(mm_map_view_of_section(s->vm, section, &request)) ? request.base : 0;
}

static struct mmpfn *pfn_at(uintptr_t va)
{
    return mi_pfn(ktest_pte(va).hard.page_frame_number);
}

/* => the protection at VA as a query tells it, and in *BYTES how far it is the same. */
static uint32_t reported(struct ktest_space *s, uintptr_t va, uint32_t *bytes)
{
    struct memory_basic_information info = {.protect = 0};

    mm_query_virtual_memory(s->vm, va, &info);
    *bytes = info.region_size;
    return info.protect;
}

KTEST(section, memory_is_shared_between_processes)
{
    struct mm_section section;
    struct ktest_space a, b;

    ktest_assert_eq(test,
                    mm_create_section(&section, NULL, 5 * PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, sections_committed(), 5);
    if (!ktest_enter_space(test, &a))
        return;
    uintptr_t pa = map(&a, &section, PAGE_READWRITE);
    ktest_assert(test, pa);
    ktest_assert_eq(test, a.vm->commit_charge, 0);
    uint32_t zero = faults(MM_FAULT_DEMAND_ZERO), shared = faults(MM_FAULT_SHARED);
    ktest_write((void *)(pa + PAGE_SIZE), 0x5A);
    ktest_assert_eq(test, faults(MM_FAULT_DEMAND_ZERO) - zero, 1);
    ktest_assert_eq(test, pfn_at(pa + PAGE_SIZE)->u2.share_count, 1);
    ktest_assert(test, pfn_at(pa + PAGE_SIZE)->prototype_pte);
    ktest_assert(test, ktest_pte(pa + PAGE_SIZE).hard.prototype);
    if (!ktest_enter_space(test, &b))
        return;
    uintptr_t pb = map(&b, &section, PAGE_READONLY);
    ktest_assert_eq(test, ktest_read((void *)(pb + PAGE_SIZE)), 0x5A);
    ktest_assert_eq(test, faults(MM_FAULT_SHARED) - shared, 1);
    ktest_assert_eq(test, pfn_at(pb + PAGE_SIZE)->u2.share_count, 2);
    ktest_assert_eq(test, ktest_fault(pb + PAGE_SIZE, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, section.control_area->mapped_views, 2);
    ktest_assert_eq(test, section.control_area->references, 3);
    mm_delete_section(&section); /* the views keep it */
    ktest_assert_eq(test, ktest_read((void *)(pb + PAGE_SIZE)), 0x5A);
    ktest_assert_eq(test, mm_unmap_view_of_section(b.vm, pb + 3 * PAGE_SIZE), STATUS_SUCCESS);
    ktest_leave_space(&b);
    ktest_assert_eq(test, pfn_at(pa + PAGE_SIZE)->u2.share_count, 1);
    ktest_leave_space(&a);
    ktest_assert_eq(test, sections_committed(), 0);
}

KTEST(section, a_page_of_memory_is_zeroed_in_the_fault_when_it_must)
{
    struct mm_section section;
    struct ktest_space s;

    mm_create_section(&section, NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READWRITE);
    uint32_t moved = ktest_hide_zeroed_frames();
    ktest_dirty_free_frames(2); /* for its page table too */
    uint8_t byte = ktest_read((void *)(p + 100));
    mm_zero_free_pages(moved);
    ktest_assert_eq(test, byte, 0);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, an_unmapped_page_waits_in_transition)
{
    struct mm_section section;
    struct ktest_space s;

    mm_create_section(&section, NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READWRITE);
    ktest_write((void *)p, 9);
    pfn_t frame = ktest_pte(p).hard.page_frame_number;
    mm_unmap_view_of_section(s.vm, p);
    struct mmpte prototype = section.control_area->prototypes[0];
    ktest_assert_eq(test, mi_pte_kind(prototype), MI_PTE_TRANSITION);
    ktest_assert_eq(test, prototype.trans.page_frame_number, frame);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    p = map(&s, &section, PAGE_READWRITE);
    uint32_t before = faults(MM_FAULT_TRANSITION);
    ktest_assert_eq(test, ktest_read((void *)p), 9);
    ktest_assert_eq(test, faults(MM_FAULT_TRANSITION) - before, 1);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, a_files_page_is_read_once_for_all)
{
    struct ktest_file file;
    struct mm_section one, two;
    struct ktest_space a, b;

    ktest_make_file(&file, NULL, 3 * PAGE_SIZE - 100);
    mm_create_section(&one, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    mm_create_section(&two, &file.source, 0, PAGE_EXECUTE_READ, SEC_COMMIT);
    ktest_assert(test, one.control_area == two.control_area);
    ktest_assert_eq(test, file.references, 1);
    if (!ktest_enter_space(test, &a))
        return;
    uintptr_t pa = map(&a, &one, PAGE_READONLY);
    uint32_t pages = faults(MM_FAULT_DEMAND_PAGE);
    ktest_assert_eq(test, ktest_read((void *)(pa + 2 * PAGE_SIZE)), 3);
    ktest_assert_eq(test, ktest_read((void *)(pa + 3 * PAGE_SIZE - 101)), 3);
    ktest_assert_eq(test, ktest_read((void *)(pa + 3 * PAGE_SIZE - 100)), 0);
    ktest_assert_eq(test, faults(MM_FAULT_DEMAND_PAGE) - pages, 1);
    ktest_assert_eq(test, file.reads, 1);
    if (!ktest_enter_space(test, &b))
        return;
    uintptr_t pb = map(&b, &two, PAGE_EXECUTE_READ);
    ktest_assert_eq(test, ktest_read((void *)(pb + 2 * PAGE_SIZE)), 3);
    ktest_assert_eq(test, file.reads, 1);
    ktest_assert_eq(test, pfn_at(pb + 2 * PAGE_SIZE)->u2.share_count, 2);
    ktest_leave_space(&b);
    mm_delete_section(&one);
    mm_delete_section(&two);
    ktest_assert_eq(test, file.references, 1); /* a view is left */
    ktest_leave_space(&a);
    ktest_assert_eq(test, file.references, 0);
    ktest_assert(test, !file.source.data_area);
}

KTEST(section, a_copy_on_write_view_keeps_what_it_writes_to_itself)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    struct memory_basic_information info;

    ktest_make_file(&file, NULL, 2 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t mine = map(&s, &section, PAGE_WRITECOPY), theirs = map(&s, &section, PAGE_READONLY);
    ktest_assert_eq(test, s.vm->commit_charge, 2);
    ktest_assert_eq(test, ktest_read((void *)mine), 1);
    ktest_assert_eq(test, ktest_read((void *)theirs), 1);
    ktest_assert(test, ktest_pte(mine).hard.copy_on_write && !ktest_pte(mine).hard.write);
    ktest_assert_eq(test, pfn_at(mine)->u2.share_count, 2);
    mm_query_virtual_memory(s.vm, mine, &info);
    ktest_assert_eq(test, info.protect, PAGE_WRITECOPY);
    ktest_assert_eq(test, info.region_size, 2 * PAGE_SIZE);
    uint32_t before = faults(MM_FAULT_COPY_ON_WRITE);
    ktest_write((void *)(mine + 1), 0x77);
    ktest_assert_eq(test, faults(MM_FAULT_COPY_ON_WRITE) - before, 1);
    ktest_write((void *)(mine + 2), 0x77);
    ktest_assert_eq(test, faults(MM_FAULT_COPY_ON_WRITE) - before, 1);
    ktest_assert_eq(test, ktest_read((void *)mine), 1);
    ktest_assert_eq(test, ktest_read((void *)(theirs + 1)), 1);
    ktest_assert_eq(test, pfn_at(theirs)->u2.share_count, 1);
    ktest_assert(test, !ktest_pte(mine).hard.prototype);
    ktest_assert_eq(test, s.vm->private_pages, 1);
    mm_query_virtual_memory(s.vm, mine, &info);
    ktest_assert_eq(test, info.protect, PAGE_READWRITE);
    ktest_assert_eq(test, info.type, MEM_MAPPED);
    ktest_assert_eq(test, info.region_size, PAGE_SIZE);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* To write where nothing was read yet: the page comes, and then its copy. */
KTEST(section, a_first_write_to_a_copy_on_write_page_is_two_faults)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_WRITECOPY);
    ktest_write((void *)p, 5);
    ktest_assert_eq(test, s.vm->faults, 2);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, reserved_pages_are_committed_for_all)
{
    struct mm_section section;
    struct ktest_space s;
    struct memory_basic_information info;

    mm_create_section(&section, NULL, 32 * PAGE_SIZE, PAGE_READWRITE, SEC_RESERVE);
    ktest_assert_eq(test, sections_committed(), 0);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t a = map(&s, &section, PAGE_READWRITE), b = map(&s, &section, PAGE_READWRITE);
    ktest_assert_eq(test, ktest_fault(a, false), STATUS_ACCESS_VIOLATION);
    ktest_assert(test,
                 ktest_allocate(&s, a + 4 * PAGE_SIZE, 3 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE));
    ktest_assert_eq(test, sections_committed(), 3);
    ktest_write((void *)(a + 4 * PAGE_SIZE), 1);
    ktest_assert_eq(test, ktest_read((void *)(b + 4 * PAGE_SIZE)), 1);
    mm_query_virtual_memory(s.vm, b, &info);
    ktest_assert_eq(test, info.state, MEM_RESERVE);
    ktest_assert_eq(test, info.region_size, 4 * PAGE_SIZE);
    mm_query_virtual_memory(s.vm, b + 4 * PAGE_SIZE, &info);
    ktest_assert_eq(test, info.state, MEM_COMMIT);
    ktest_assert_eq(test, info.region_size, 3 * PAGE_SIZE);
    ktest_allocate(&s, b + 5 * PAGE_SIZE, 3 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, sections_committed(), 4); /* two of them were */
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* The protection asked for with the commitment is that of the pages, in this view alone. */
KTEST(section, reserved_pages_are_committed_with_a_protection)
{
    struct mm_section section;
    struct ktest_space s;
    uint32_t page = PAGE_SIZE, bytes;

    mm_create_section(&section, NULL, 32 * page, PAGE_READWRITE, SEC_RESERVE);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t a = map(&s, &section, PAGE_READWRITE), b = map(&s, &section, PAGE_READONLY);
    uintptr_t c = map(&s, &section, PAGE_WRITECOPY);
    ktest_assert(test, ktest_allocate(&s, a, 2 * page, MEM_COMMIT, PAGE_READONLY));
    ktest_assert_eq(test, reported(&s, a, &bytes), PAGE_READONLY);
    ktest_assert_eq(test, bytes, 2 * page);
    ktest_read((void *)a);
    ktest_assert_eq(test, ktest_fault(a, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, reported(&s, c, &bytes), PAGE_WRITECOPY); /* committed there too */
    ktest_assert(test, ktest_allocate(&s, a, 3 * page, MEM_COMMIT, PAGE_READWRITE));
    ktest_write((void *)a, 1); /* it was committed, and gets the new one all the same */
    ktest_assert_eq(test, reported(&s, a, &bytes), PAGE_READWRITE);
    ktest_assert_eq(test, bytes, 3 * page);
    /* More than the view has is refused before anything is committed; to write copies is not more
     */
    ktest_assert_eq(test, ktest_allocate(&s, b + 8 * page, page, MEM_COMMIT, PAGE_READWRITE), 0);
    ktest_assert_eq(test, sections_committed(), 3);
    ktest_assert(test, ktest_allocate(&s, c, 2 * page, MEM_COMMIT, PAGE_READWRITE));
    ktest_assert_eq(test, reported(&s, c, &bytes), PAGE_WRITECOPY);
    ktest_write((void *)c, 7);
    ktest_assert_eq(test, ktest_read((void *)a), 1);
    ktest_assert_eq(test, sections_committed(), 3);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* Map a view of SECTION, and commit its first BYTES. => the status, and the view or 0 in *BASE. */
static ntstatus map_committed(struct ktest_space *s, struct mm_section *section, uint32_t bytes,
                              uint32_t protect, uintptr_t *base)
{
    struct mm_view_request request = {
        .inherit = VIEW_UNMAP, .protect = protect, .commit_bytes = bytes};
    ntstatus status = mm_map_view_of_section(s->vm, section, &request);

    *base = request.base;
    return status;
}

KTEST(section, the_first_pages_of_a_view_can_be_committed_with_it)
{
    struct ktest_file file;
    struct mm_section memory, of_file;
    struct ktest_space s;
    uintptr_t p;
    uint32_t bytes;

    ktest_make_file(&file, NULL, 4 * PAGE_SIZE);
    mm_create_section(&memory, NULL, 4 * PAGE_SIZE, PAGE_READWRITE, SEC_RESERVE);
    mm_create_section(&of_file, &file.source, 0, PAGE_READONLY, SEC_RESERVE);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, map_committed(&s, &memory, PAGE_SIZE + 1, PAGE_WRITECOPY, &p),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, sections_committed(), 2);
    ktest_assert_eq(test, reported(&s, p, &bytes), PAGE_WRITECOPY);
    ktest_assert_eq(test, bytes, 2 * PAGE_SIZE);
    ktest_write((void *)p, 1);
    ktest_assert_eq(test, map_committed(&s, &memory, 4 * PAGE_SIZE + 1, PAGE_READWRITE, &p),
                    STATUS_INVALID_PARAMETER_5);
    ktest_assert_eq(test, memory.control_area->mapped_views, 1);
    ktest_assert_eq(test, sections_committed(), 2);
    /* The pages of a file are there, whatever is asked for. */
    ktest_assert_eq(test, map_committed(&s, &of_file, 5 * PAGE_SIZE, PAGE_READONLY, &p),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read((void *)(p + 3 * PAGE_SIZE)), 4);
    ktest_assert_eq(test, ktest_allocate(&s, p, PAGE_SIZE, MEM_COMMIT, PAGE_READONLY), 0);
    mm_delete_section(&memory);
    mm_delete_section(&of_file);
    ktest_leave_space(&s);
}

/* Contents that others may want. */
KTEST(section, resetting_a_view_forgets_nothing)
{
    struct mm_section section;
    struct ktest_space s;

    mm_create_section(&section, NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READWRITE);
    ktest_write((void *)p, 1);
    ktest_assert_eq(test, ktest_allocate(&s, p, PAGE_SIZE, MEM_RESET, PAGE_READWRITE), p);
    ktest_assert(test, ktest_pte(p).hard.dirty && pfn_at(p)->modified);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, protections_of_a_view_are_its_own)
{
    struct mm_section section;
    struct ktest_space s;
    uint32_t old = 0;

    mm_create_section(&section, NULL, 8 * PAGE_SIZE, PAGE_EXECUTE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t a = map(&s, &section, PAGE_EXECUTE_READWRITE), b = map(&s, &section, PAGE_READONLY);
    ktest_write((void *)a, 1);
    ktest_assert_eq(test, ktest_protect(&s, a, 1, PAGE_READONLY, &old), STATUS_SUCCESS);
    ktest_assert_eq(test, old, PAGE_EXECUTE_READWRITE);
    ktest_assert_eq(test, ki_copy_guarded((void *)a, &old, 1), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_fault(a, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_protect(&s, a, 1, PAGE_NOACCESS, &old), STATUS_SUCCESS);
    ktest_assert_eq(test, old, PAGE_READONLY);
    ktest_assert_eq(test, ktest_pte(a).value, mi_make_vad_prototype_pte(MM_NOACCESS).value);
    ktest_assert_eq(test, ktest_fault(a, false), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_protect(&s, a + PAGE_SIZE, 1, PAGE_READWRITE | PAGE_GUARD, &old),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_fault(a + PAGE_SIZE, true), STATUS_GUARD_PAGE_VIOLATION);
    ktest_write((void *)(a + PAGE_SIZE), 2);
    ktest_assert_eq(test, ktest_read((void *)(b + PAGE_SIZE)), 2);
    ktest_assert_eq(test, ktest_protect(&s, b, 1, PAGE_READWRITE, &old), STATUS_SECTION_PROTECTION);
    ktest_assert_eq(test, ktest_protect(&s, a, 1, PAGE_EXECUTE_READWRITE, &old), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_pte(a).value, 0);
    ktest_assert_eq(test, ktest_free(&s, a, 0, MEM_RELEASE), STATUS_UNABLE_TO_DELETE_SECTION);
    ktest_assert_eq(test, ktest_free(&s, a, PAGE_SIZE, MEM_DECOMMIT),
                    STATUS_UNABLE_TO_DELETE_SECTION);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* A view of two pages with PROTECT: its protection is what was asked for, before the first page is
 * touched and after, and what it had can be given back to it. */
static void expect_protection_kept(struct ktest *test, struct ktest_space *s,
                                   struct mm_section *section, uint32_t protect)
{
    uint32_t old = 0, bytes;
    uintptr_t p = map(s, section, protect);

    for (uint32_t round = 0; round < 2; round++) {
        ktest_assert_eq(test, reported(s, p, &bytes), protect);
        ktest_assert_eq(test, bytes, 2 * PAGE_SIZE);
        ktest_read((void *)p);
        ktest_assert(test, ktest_pte(p).hard.valid);
        ktest_assert_eq(test, reported(s, p, &bytes), protect);
        ktest_assert_eq(test, bytes, 2 * PAGE_SIZE);
        ktest_assert_eq(test, ktest_protect(s, p, 1, PAGE_NOACCESS, &old), STATUS_SUCCESS);
        ktest_assert_eq(test, old, protect);
        ktest_assert_eq(test, ktest_protect(s, p, 1, old, &old), STATUS_SUCCESS);
    }
    mm_unmap_view_of_section(s->vm, p);
}

KTEST(section, a_touch_changes_no_protection)
{
    static const uint32_t modifiers[] = {0, PAGE_NOCACHE, PAGE_WRITECOMBINE};
    struct mm_section section;
    struct ktest_space s;

    mm_create_section(&section, NULL, 2 * PAGE_SIZE, PAGE_EXECUTE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t base = PAGE_READONLY; base <= PAGE_EXECUTE_WRITECOPY; base <<= 1)
        for (uint32_t i = 0; i < ARRAY_SIZE(modifiers); i++)
            expect_protection_kept(test, &s, &section, base | modifiers[i]);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* Execute alone is told by a bit that says something else where a page can be written. */
KTEST(section, a_page_to_be_executed_alone_is_not_a_dirty_one)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    struct tokos_page page;
    uint32_t old = 0, bytes;

    ktest_make_file(&file, NULL, 2 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_EXECUTE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_EXECUTE_READWRITE), q = p + PAGE_SIZE;
    ktest_read((void *)p);
    ktest_write((void *)q, 7);
    ktest_protect(&s, p, 2 * PAGE_SIZE, PAGE_EXECUTE, &old);
    ktest_assert_eq(test, reported(&s, p, &bytes), PAGE_EXECUTE);
    ktest_assert_eq(test, bytes, 2 * PAGE_SIZE);
    mm_query_page(s.vm, p, &page);
    ktest_assert(test, !page.modified);
    ktest_assert_eq(test, ktest_fault(p, true), STATUS_ACCESS_VIOLATION);
    ktest_protect(&s, p, 2 * PAGE_SIZE, PAGE_EXECUTE_READWRITE, &old);
    ktest_assert_eq(test, old, PAGE_EXECUTE);
    ktest_assert(test, !ktest_pte(p).hard.dirty && !pfn_at(p)->modified);
    ktest_assert(test, pfn_at(q)->modified); /* it was written to before */
    ktest_protect(&s, p, 2 * PAGE_SIZE, PAGE_EXECUTE, &old);
    struct mmpfn *pfn = pfn_at(p);
    mm_unmap_view_of_section(s.vm, p);
    ktest_assert_eq(test, pfn->page_location, STANDBY_PAGE_LIST);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* Memory is short, and the page is taken out of its entry: it has the protection still. */
KTEST(section, a_trimmed_page_keeps_its_protection)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    uint32_t bytes;

    ktest_make_file(&file, NULL, 2 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_EXECUTE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_EXECUTE);
    ktest_read((void *)p);
    kirql irql = mi_lock_pfn();
    mi_trim_address_spaces(UINT32_MAX);
    mi_unlock_pfn(irql);
    ktest_assert_eq(test, ktest_pte(p).value, mi_make_vad_prototype_pte(MM_EXECUTE).value);
    ktest_assert_eq(test, reported(&s, p, &bytes), PAGE_EXECUTE);
    ktest_assert_eq(test, bytes, 2 * PAGE_SIZE);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, views_can_begin_inside)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    ktest_make_file(&file, NULL, 40 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    struct mm_view_request request = {
        .offset = KB64, .bytes = 3 * PAGE_SIZE, .inherit = VIEW_SHARE, .protect = PAGE_READONLY};
    ktest_assert_eq(test, mm_map_view_of_section(s.vm, &section, &request), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read((void *)request.base), 17);
    ktest_assert_eq(test, request.bytes, 3 * PAGE_SIZE);
    ktest_assert_eq(test, ktest_fault(request.base + 3 * PAGE_SIZE, false),
                    STATUS_ACCESS_VIOLATION);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, a_page_that_cannot_be_read_is_an_in_page_error)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    file.status = STATUS_UNSUCCESSFUL;
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READONLY);
    ktest_assert_eq(test, ktest_fault(p, false), STATUS_IN_PAGE_ERROR);
    /* For the kernel, too, if it is on the way to a program's memory. */
    uint32_t word;
    ktest_assert_eq(test, ki_copy_guarded(&word, (void *)p, sizeof(word)), STATUS_IN_PAGE_ERROR);
    ktest_assert_eq(test, mm_verify(NULL), 0); /* its page table is not one without entries */
    ktest_assert_eq(test, mi_pte_kind(section.control_area->prototypes[0]), MI_PTE_SUBSECTION);
    ktest_assert_eq(test, section.control_area->references, 2);
    file.status = STATUS_SUCCESS;
    ktest_assert_eq(test, ktest_read((void *)p), 1);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(section, refuses_bad_sections)
{
    struct ktest_file file, empty, huge, vast;
    struct mm_section section;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    ktest_make_file(&empty, NULL, 0);
    ktest_make_file(&huge, NULL, 0x80000001);
    ktest_make_file(&vast, NULL, UINT32_MAX); /* its pages are 0 by a sum of 32 bits */
    const struct {
        struct ktest_file *file;
        uint64_t bytes;
        uint32_t protect, attributes;
        ntstatus status;
    } calls[] = {
        {NULL, PAGE_SIZE, PAGE_READWRITE, 0, STATUS_INVALID_PARAMETER_6},
        {NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT | SEC_RESERVE, STATUS_INVALID_PARAMETER_6},
        {NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT | 1, STATUS_INVALID_PARAMETER_6},
        {NULL, PAGE_SIZE, 0, SEC_COMMIT, STATUS_INVALID_PAGE_PROTECTION},
        {NULL, PAGE_SIZE, PAGE_NOACCESS, SEC_COMMIT, STATUS_INVALID_PAGE_PROTECTION},
        {NULL, PAGE_SIZE, PAGE_READWRITE | PAGE_GUARD, SEC_COMMIT, STATUS_INVALID_PAGE_PROTECTION},
        {NULL, 0, PAGE_READWRITE, SEC_COMMIT, STATUS_INVALID_PARAMETER_4},
        {NULL, 1ull << 32, PAGE_READWRITE, SEC_COMMIT, STATUS_SECTION_TOO_BIG},
        {NULL, 0x7FFFF000, PAGE_READWRITE, SEC_COMMIT, STATUS_COMMITMENT_LIMIT},
        {NULL, PAGE_SIZE, PAGE_READONLY, SEC_IMAGE, STATUS_INVALID_FILE_FOR_SECTION},
        {&empty, 0, PAGE_READONLY, SEC_COMMIT, STATUS_MAPPED_FILE_SIZE_ZERO},
        {&file, PAGE_SIZE + 1, PAGE_READONLY, SEC_COMMIT, STATUS_SECTION_TOO_BIG},
        {&huge, 0, PAGE_READONLY, SEC_COMMIT, STATUS_SECTION_TOO_BIG},
        {&vast, PAGE_SIZE, PAGE_READONLY, SEC_COMMIT, STATUS_SECTION_TOO_BIG},
        {&vast, 0, PAGE_READONLY, SEC_IMAGE, STATUS_SECTION_TOO_BIG},
        {&file, 0, PAGE_READONLY, SEC_IMAGE, STATUS_INVALID_IMAGE_NOT_MZ},
    };

    for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++) {
        if (calls[i].bytes == 0x7FFFF000 && mm_total_commit_limit > 0x7FFFF)
            continue; /* it would fit */
        ntstatus status = mm_create_section(&section, calls[i].file ? &calls[i].file->source : NULL,
                                            calls[i].bytes, calls[i].protect, calls[i].attributes);
        if (status != calls[i].status)
            ktest_note("call %u", i);
        ktest_assert_eq(test, status, calls[i].status);
    }
    ktest_assert_eq(test, file.references, 0);
}

KTEST(section, refuses_bad_views)
{
    static const struct {
        struct mm_view_request request;
        ntstatus status;
    } calls[] = {
        {{.zero_bits = 22, .inherit = 1, .protect = PAGE_READONLY}, STATUS_INVALID_PARAMETER_4},
        {{.base = 0x80000000, .inherit = 1, .protect = PAGE_READONLY}, STATUS_INVALID_PARAMETER_3},
        {{.inherit = 0, .protect = PAGE_READONLY}, STATUS_INVALID_PARAMETER_8},
        {{.inherit = 3, .protect = PAGE_READONLY}, STATUS_INVALID_PARAMETER_8},
        {{.inherit = 1, .type = MEM_COMMIT, .protect = PAGE_READONLY}, STATUS_INVALID_PARAMETER_9},
        {{.inherit = 1, .protect = 0x33}, STATUS_INVALID_PAGE_PROTECTION},
        {{.base = 0x1234000, .inherit = 1, .protect = PAGE_READONLY}, STATUS_MAPPED_ALIGNMENT},
        {{.offset = PAGE_SIZE, .inherit = 1, .protect = PAGE_READONLY}, STATUS_MAPPED_ALIGNMENT},
        {{.inherit = 1, .protect = PAGE_READWRITE}, STATUS_SECTION_PROTECTION},
        {{.inherit = 1, .protect = PAGE_EXECUTE_READ}, STATUS_SECTION_PROTECTION},
        {{.offset = 2 * KB64, .inherit = 1, .protect = PAGE_READONLY}, STATUS_INVALID_VIEW_SIZE},
        {{.bytes = 2 * KB64 + 1, .inherit = 1, .protect = PAGE_READONLY}, STATUS_INVALID_VIEW_SIZE},
        {{.base = 0x20000000, .inherit = 1, .protect = PAGE_READONLY},
         STATUS_CONFLICTING_ADDRESSES},
    };
    struct mm_section section;
    struct ktest_space s;

    mm_create_section(&section, NULL, 2 * KB64, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, 0x20010000, KB64, MEM_RESERVE, PAGE_READWRITE);
    for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++) {
        struct mm_view_request request = calls[i].request;
        ntstatus status = mm_map_view_of_section(s.vm, &section, &request);
        if (status != calls[i].status)
            ktest_note("call %u", i);
        ktest_assert_eq(test, status, calls[i].status);
    }
    ktest_assert_eq(test, mm_unmap_view_of_section(s.vm, 0x20010000), STATUS_NOT_MAPPED_VIEW);
    ktest_assert_eq(test, mm_unmap_view_of_section(s.vm, 0x80000000), STATUS_NOT_MAPPED_VIEW);
    ktest_assert_eq(test, section.control_area->references, 1);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* More pages of a file are touched than there is memory; and what was promised to others is there.
 */
KTEST(section, a_mapped_file_may_be_larger_than_memory)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    void (*delay)(void) = mi_pager_delay;
    uint32_t pages = mi_available_pages() + 300, wrong = 0;

    if (pages > 0xC000)
        return; /* for machines with less memory */
    mi_pager_delay = NULL;
    ktest_make_file(&file, NULL, pages << PAGE_SHIFT);
    ktest_assert_eq(test, mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT),
                    STATUS_SUCCESS);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = map(&s, &section, PAGE_READONLY);
    ktest_assert(test, p);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < pages; i++)
            wrong += ktest_read((void *)(p + (i << PAGE_SHIFT))) != (uint8_t)(i + 1);
    mi_pager_delay = delay;
    ktest_assert_eq(test, wrong, 0);
    ktest_assert(test, file.reads > pages); /* some came twice */
    ktest_assert_eq(test, mm_verify(NULL), 0);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}
