/*
 * Bugs of the kernel, committed on purpose: each must stop the machine with its own bug check,
 * whose parameters tests/system/test_fatal.py knows.
 */
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/irql.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/spaces.h"

#define TAG 'latF'

/* ---- addresses
 * ------------------------------------------------------------------------------------- */

KTEST_FATAL(address, no_page_table)
{
    ktest_read((void *)(MM_SYSTEM_CACHE_END - 0xFFF));
}

KTEST_FATAL(address, freed_pte)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ktest_write(p, 1);
    ex_free_pool_with_tag((void *)p, TAG);
    ktest_write(p, 2);
}

KTEST_FATAL(address, null_pointer)
{
    volatile uintptr_t near_null = 8;

    ktest_read((void *)near_null);
}

KTEST_FATAL(address, read_only_text)
{
    ktest_write((void *)mm_access_fault, 0x90);
}

KTEST_FATAL(address, read_only_constant)
{
    static const char name[] = "constants are read-only too";

    ktest_write((void *)name, 0);
}

KTEST_FATAL(address, unmapped_start_up_code)
{
    extern char __init_start[];

    ktest_read(__init_start);
}

KTEST_FATAL(address, paged_at_dispatch_level)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ke_raise_irql(DISPATCH_LEVEL);
    ktest_write(p, 1);
}

/* A page that is there, and may not be written: no fault can change that up there. */
KTEST_FATAL(address, read_only_user_page_at_dispatch_level)
{
    struct ktest_space s;
    uint32_t old;

    ktest_enter_space(test, &s);
    ktest_allocate(&s, 0x400000, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_write((void *)0x400000, 1);
    ktest_protect(&s, 0x400000, PAGE_SIZE, PAGE_READONLY, &old);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_write((void *)0x400000, 2);
}

static ntstatus read_nothing(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                             pfn_t frame)
{
    (void)source, (void)offset, (void)bytes, (void)frame;
    return STATUS_UNSUCCESSFUL;
}

KTEST_FATAL(address, user_page_at_dispatch_level)
{
    struct ktest_space space;

    if (!ktest_enter_space(test, &space))
        return;
    ktest_allocate(&space, 0x00400000, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_read((void *)0x00400000);
}

KTEST_FATAL(address, file_that_cannot_be_read)
{
    static const struct mm_page_source source = {
        .name = "unreadable", .bytes = PAGE_SIZE, .read_page = read_nothing};
    void *view;

    mm_map_view_in_system_space(&source, &view);
    ktest_read(view);
}

/* ---- exceptions
 * ------------------------------------------------------------------------------------ */

KTEST_FATAL(trap, divide_error)
{
    volatile uint32_t zero = 0, one = 1;

    __asm__ volatile("xorl %%edx, %%edx; divl %1" : : "a"(one), "r"(zero) : "edx");
}

KTEST_FATAL(trap, invalid_opcode)
{
    __asm__ volatile("ud2");
}

KTEST_FATAL(trap, general_protection)
{
    __asm__ volatile("movl %0, %%fs" : : "r"(0xFFF8));
}

static __attribute__((noinline)) uint32_t recurse(volatile uint32_t depth)
{
    volatile uint32_t room[64];

    room[depth & 63] = depth;
    return depth > 1000000 ? room[0] : recurse(depth + 1) + room[depth & 63];
}

KTEST_FATAL(trap, kernel_stack_overflow)
{
    recurse(0);
}

/* ---- the pool
 * -------------------------------------------------------------------------------------- */

KTEST_FATAL(pool, overrun)
{
    uint8_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 21, TAG);

    p[21] = 0;
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(pool, overrun_of_a_run)
{
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, 2 * PAGE_SIZE - 10, TAG);

    p[2 * PAGE_SIZE - 10] = 0;
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(pool, header_overwritten)
{
    uint32_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 24, TAG);
    void *behind = ex_allocate_pool_with_tag(NONPAGED_POOL, 24, TAG);

    *(uint16_t *)((uint8_t *)behind - 8) ^= 1; /* previous_size */
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(pool, double_free)
{
    void *keep = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);

    (void)keep;
    ex_free_pool_with_tag(p, TAG);
    ex_free_pool_with_tag(p, TAG);
}

/* The block was joined to its neighbour meanwhile. */
KTEST_FATAL(pool, double_free_after_joining)
{
    void *keep = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    void *q = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);

    (void)keep;
    ex_free_pool_with_tag(p, TAG);
    ex_free_pool_with_tag(q, TAG);
    ex_free_pool_with_tag(q, TAG);
}

/* The block waits on a lookaside list, whose next user would get what was written. */
KTEST_FATAL(pool, freed_block_overwritten)
{
    void *keep = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    uint32_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);

    (void)keep;
    ex_free_pool_with_tag(p, TAG);
    p[-2] = 0;
    ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
}

KTEST_FATAL(pool, double_free_of_a_run)
{
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 3 * PAGE_SIZE, TAG);

    ex_free_pool_with_tag(p, TAG);
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(pool, wrong_tag)
{
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);

    ex_free_pool_with_tag(p, 'gnrW');
}

KTEST_FATAL(pool, wrong_tag_of_a_run)
{
    void *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ex_free_pool_with_tag(p, 'gnrW');
}

KTEST_FATAL(pool, zero_bytes)
{
    ex_allocate_pool_with_tag(PAGED_POOL, 0, TAG);
}

KTEST_FATAL(pool, paged_at_dispatch_level)
{
    ke_raise_irql(DISPATCH_LEVEL);
    ex_allocate_pool_with_tag(PAGED_POOL, 8, TAG);
}

KTEST_FATAL(pool, not_an_allocation)
{
    static uint32_t not_pool;

    ex_free_pool_with_tag(&not_pool, TAG);
}

/* ---- the bugcheck itself
 * ---------------------------------------------------------------------------- */

static void fail_again(struct ktrap_frame *frame)
{
    (void)frame;
    ktest_read((void *)(MM_SYSTEM_CACHE_END - 0xFFF));
}

KTEST_FATAL(bugcheck, twice)
{
    static struct kbugcheck_callback_record record = {.name = "fails", .routine = fail_again};

    ke_register_bug_check_callback(&record);
    ke_bug_check_ex(MANUALLY_INITIATED_CRASH, 1, 2, 3, 4);
}

/* mm_verify's verdict names what is wrong. */
KTEST_FATAL(bugcheck, with_corrupt_lists)
{
    mi_pfn(mm_page_lists[FREE_PAGE_LIST].flink)->u1.flink = 0x7FFFFFFF;
    ke_bug_check_ex(PFN_LIST_CORRUPT, 0x8F, 0, 0, 0);
}

KTEST_FATAL(large, freed_twice)
{
    enum mm_large_failure why;
    void *p = mm_allocate_large_pages(2, MM_LARGE_ON_DEMAND, &why);

    mm_free_large_pages(p, 2);
    mm_free_large_pages(p, 2);
}

KTEST_FATAL(pfn, share_count_below_zero)
{
    kirql irql = mi_lock_pfn();
    pfn_t frame = mi_remove_any_page();

    (void)irql;
    mi_decrement_share_count(frame);
}
