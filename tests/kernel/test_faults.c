/* Fault records, and how traps, names and stacks are reported. */
#include "kernel/ke/stack_trace.h"
#include "kernel/ke/symbols.h"
#include "lib/glob.h"
#include "lib/string.h"
#include "kernel/ke/thread.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

#define TAG 'tluF'

KTEST(fault_record, says_what_happened)
{
    uint32_t trace = mm_fault_trace, sequence = mm_next_fault_sequence();
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    mm_fault_trace |= MM_TRACE_RECORD;
    ktest_write(p + 0x123, 1);
    mm_fault_trace = trace;

    const struct mm_fault_record *record = mm_get_fault_record(sequence);
    struct mmpte pte = mi_read_pte(mi_get_pte_address((uintptr_t)p));
    uint32_t offset;
    ktest_assert(test, record);
    ktest_assert_eq(test, mm_next_fault_sequence(), sequence + 1);
    ktest_assert_eq(test, record->sequence, sequence);
    ktest_assert_eq(test, record->va, (uintptr_t)p + 0x123);
    ktest_assert_eq(test, record->kind, MM_FAULT_DEMAND_ZERO);
    ktest_assert_eq(test, record->error_code, PF_WRITE);
    ktest_assert_eq(test, record->before.value, 0x80);
    ktest_assert_eq(test, record->after.value & ~HW_ACCESSED, pte.value & ~HW_ACCESSED);
    ktest_assert_eq(test, record->frame, pte.hard.page_frame_number);
    ktest_assert_eq(test, record->io_bytes, 0);
    ktest_assert_eq(test, record->thread, ke_get_current_thread()->id);
    ktest_assert_eq(test, record->process, 4);
    const char *name = ke_symbol_name(record->eip, &offset);
    ktest_assert(test, name && glob_match("*says_what_happened*", name));
    ktest_assert(test, !ke_has(KF_RDTSC) || record->cost > 0);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(fault_record, ring_keeps_the_latest)
{
    uint32_t trace = mm_fault_trace, first = mm_next_fault_sequence();
    uint32_t pages = MM_FAULT_RECORDS + 3;
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, pages * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    mm_fault_trace = MM_TRACE_RECORD;
    for (uint32_t i = 0; i < pages; i++)
        ktest_read(p + i * PAGE_SIZE);
    mm_fault_trace = trace;

    ktest_assert_eq(test, mm_next_fault_sequence(), first + pages);
    ktest_assert(test, !mm_get_fault_record(first));
    ktest_assert(test, !mm_get_fault_record(first + 2));
    for (uint32_t i = 3; i < pages; i++)
        ktest_assert_eq(test, mm_get_fault_record(first + i)->va, (uintptr_t)p + i * PAGE_SIZE);
    ktest_assert(test, !mm_get_fault_record(first + pages));
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(fault_record, nothing_is_kept_when_off)
{
    uint32_t trace = mm_fault_trace, sequence = mm_next_fault_sequence();
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    mm_fault_trace = 0;
    ktest_read(p);
    mm_fault_trace = trace;
    ktest_assert_eq(test, mm_next_fault_sequence(), sequence);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(symbols, names_and_addresses_agree)
{
    uint32_t offset;
    uintptr_t va;
    const char *name = ke_symbol_name((uintptr_t)mm_access_fault + 3, &offset);

    ktest_assert(test, name && !strcmp(name, "mm_access_fault"));
    ktest_assert_eq(test, offset, 3);
    ktest_assert(test, ke_symbol_address("mm_page_lists", &va));
    ktest_assert_eq(test, va, (uintptr_t)mm_page_lists);
    ktest_assert(test, !ke_symbol_address("no_such_name", &va));
    ktest_assert(test, !ke_symbol_name(MM_PAGED_POOL_START, &offset));
    ktest_assert(test, !ke_symbol_name(0, &offset));
}

static __attribute__((noinline)) uint32_t inner(uint32_t *trace, uint32_t limit)
{
    return ke_capture_stack((uint32_t)inner, (uint32_t)__builtin_frame_address(0), trace, limit);
}

KTEST(stack_trace, walks_the_callers)
{
    uint32_t trace[16], count = inner(trace, 16), offset;
    uint32_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        const char *name = ke_symbol_name(trace[i], &offset);
        found |= name && !strcmp(name, "inner") ? 1 : 0;
        found |= name && !strcmp(name, "ktest_run") ? 2 : 0;
        found |= name && !strcmp(name, "ki_main") ? 4 : 0;
    }
    ktest_assert_eq(test, found, 7);
    ktest_assert_eq(test, inner(trace, 2), 2);
}

KTEST(stack_trace, survives_a_wild_frame_pointer)
{
    uint32_t trace[8], on_stack[2] = {0xFFFFFFF0, 0x1234};
    static const uint32_t wild[] = {1, 0x1000, 0xDEADBEE0, 0xFFFFFFFC, MM_PAGED_POOL_LIMIT - 3};

    for (uint32_t i = 0; i < ARRAY_SIZE(wild); i++)
        ktest_assert_eq(test, ke_capture_stack(7, wild[i], trace, 8), 1);
    ktest_assert_eq(test, ke_capture_stack(7, (uint32_t)on_stack, trace, 8), 2);
}
