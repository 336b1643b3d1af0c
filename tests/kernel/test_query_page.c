/* What programs are told of pages: each kind of entry is what the memory manager made it. */
#include "lib/string.h"
#include "mm/query_page.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define BASE 0x00400000u

static struct tokos_page look(struct ktest_space *s, uintptr_t va)
{
    struct tokos_page page = {.pte_kind = 99};

    mm_query_page(s->vm, va, &page);
    return page;
}

KTEST(query_page, tells_each_kind_of_private_page)
{
    struct ktest_space s;
    uint32_t old = 0;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, look(&s, BASE).vad_type, TOKOS_VAD_NONE);
    ktest_allocate(&s, BASE, 16 * PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    struct tokos_page page = look(&s, BASE);
    ktest_assert_eq(test, page.pte_kind, TOKOS_PTE_ZERO);
    ktest_assert_eq(test, page.vad_type, TOKOS_VAD_PRIVATE);
    ktest_assert_eq(test, page.vad_start, BASE);
    ktest_assert_eq(test, page.vad_end, BASE + 16 * PAGE_SIZE - 1);
    ktest_assert_eq(test, page.vad_commit, 16);
    ktest_assert_eq(test, page.protection, PAGE_READWRITE);
    ktest_assert_eq(test, page.frame, TOKOS_NO_FRAME);
    ktest_write((void *)BASE, 1);
    page = look(&s, BASE);
    ktest_assert_eq(test, page.pte_kind, TOKOS_PTE_VALID);
    ktest_assert_eq(test, page.pte, ktest_pte(BASE).value);
    ktest_assert_eq(test, page.frame, ktest_pte(BASE).hard.page_frame_number);
    ktest_assert_eq(test, page.share_count, 1);
    ktest_assert_eq(test, page.reference_count, 1);
    ktest_assert_eq(test, page.list, TOKOS_LIST_ACTIVE);
    ktest_assert_eq(test, page.modified, 1);
    ktest_protect(&s, BASE, 1, PAGE_NOACCESS, &old);
    page = look(&s, BASE);
    ktest_assert_eq(test, page.pte_kind, TOKOS_PTE_TRANSITION);
    ktest_assert_eq(test, page.list, TOKOS_LIST_MODIFIED);
    ktest_assert_eq(test, page.protection, PAGE_NOACCESS);
    ktest_protect(&s, BASE + PAGE_SIZE, 1, PAGE_READONLY, &old);
    ktest_assert_eq(test, look(&s, BASE + PAGE_SIZE).pte_kind, TOKOS_PTE_DEMAND_ZERO);
    ktest_free(&s, BASE + 2 * PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT);
    page = look(&s, BASE + 2 * PAGE_SIZE);
    ktest_assert_eq(test, page.pte_kind, TOKOS_PTE_DECOMMITTED);
    ktest_assert_eq(test, page.protection, 0);
    ktest_assert_eq(test, mm_query_page(s.vm, 0x80000000, &page), STATUS_INVALID_PARAMETER);
    ktest_leave_space(&s);
}

KTEST(query_page, tells_where_a_views_page_is)
{
    struct ktest_space s;
    struct ktest_file file;
    struct mm_section section;
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    mm_map_view_of_section(s.vm, &section, &request);
    struct tokos_page page = look(&s, request.base);
    ktest_assert_eq(test, page.vad_type, TOKOS_VAD_MAPPED);
    ktest_assert_eq(test, page.pte_kind, TOKOS_PTE_ZERO);
    ktest_assert_eq(test, page.prototype_kind, TOKOS_PTE_PROTOTYPE);
    ktest_read((void *)request.base);
    page = look(&s, request.base);
    ktest_assert_eq(test, page.pte_kind, TOKOS_PTE_VALID);
    ktest_assert_eq(test, page.prototype_kind, TOKOS_PTE_VALID);
    ktest_assert_eq(test, page.share_count, 1);
    mm_unmap_view_of_section(s.vm, request.base);
    request.base = 0;
    mm_map_view_of_section(s.vm, &section, &request);
    page = look(&s, request.base);
    ktest_assert_eq(test, page.prototype_kind, TOKOS_PTE_TRANSITION);
    ktest_assert_eq(test, page.list, TOKOS_LIST_STANDBY);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(query_page, counters_are_the_kernels)
{
    static struct tokos_counters counters;
    struct mm_counters own;

    mm_query_counters(&own);
    mm_query_tokos_counters(NULL, &counters);
    ktest_assert_eq(test, counters.committed_pages, own.committed_pages);
    ktest_assert_eq(test, counters.commit_limit, own.commit_limit);
    ktest_assert_eq(test, counters.available_pages, own.available_pages);
    ktest_assert_eq(test, counters.fault_kinds, MM_FAULT_KINDS);
    ktest_assert_eq(test, counters.faults[MM_FAULT_DEMAND_ZERO],
                    mm_fault_counts[MM_FAULT_DEMAND_ZERO]);
    ktest_assert(test, !strcmp(counters.fault_names[MM_FAULT_DEMAND_ZERO], "demand-zero"));
}
