/*
 * Finding the entry of an address: where the self-map has it, and as one would have to without one:
 * by a walk from CR3, for which each table is mapped first.
 */
#include "mm/mi.h"
#include "mm/address_space.h"
#include "tests/bench/bench.h"

#define VA ((uintptr_t)MM_VGA_TEXT) /* is mapped, by small pages */

/* One is too quick to be timed; a loop would be counted. */
#define REPEAT          100u
#define TEN_TIMES(s)    s s s s s s s s s s
#define TIMES_REPEAT(s) TEN_TIMES(TEN_TIMES(s))

static volatile uint32_t found;

/* The compiler is not to reckon once for all of them. */
static inline uintptr_t anew(uintptr_t va)
{
    __asm__ volatile("" : "+r"(va) : : "memory");
    return va;
}

static inline uint32_t self_map(uintptr_t va)
{
    return mi_has_page_table(va) ? mi_read_pte(mi_get_pte_address(va)).value : 0;
}

static inline uint32_t formula(uintptr_t va)
{
    return mi_read_pte(mi_get_pte_address(va)).value;
}

/* As a fault does it: the directory's entry is asked first. */
static void by_self_map(void *context)
{
    uintptr_t va = (uintptr_t)context;

    TIMES_REPEAT(found = self_map(anew(va));)
}

static void by_formula(void *context)
{
    uintptr_t va = (uintptr_t)context;

    TIMES_REPEAT(found = formula(anew(va));)
}

static struct mmpte read_entry(pfn_t table, uint32_t index)
{
    struct mmpte *entries = mi_map_page_in_hyper_space(table);
    struct mmpte entry = mi_read_pte(entries + index);

    mi_unmap_page_in_hyper_space(entries);
    return entry;
}

static __attribute__((noinline)) uint32_t walk(uintptr_t va)
{
    struct mmpte pde = read_entry(read_cr3() >> PAGE_SHIFT, (uint32_t)va >> LARGE_PAGE_SHIFT);

    if (!pde.hard.valid)
        return 0;
    return read_entry(pde.hard.page_frame_number,
                      ((uint32_t)va >> PAGE_SHIFT) & (PTES_PER_PAGE - 1))
        .value;
}

static void by_walking(void *context)
{
    uintptr_t va = (uintptr_t)context;

    TIMES_REPEAT(found = walk(anew(va));)
}

static void measure(struct bench *bench, bench_operation find)
{
    by_formula((void *)VA);
    uint32_t expected = found;

    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        found = 0;
        bench_measure(BENCH_KERNEL, find, (void *)VA);
        bench_expect(bench, found == expected && expected);
        bench_measure(BENCH_FLOOR, by_formula, (void *)VA);
    }
    bench_end(bench, REPEAT);
}

BENCH(pte, self_map)
{
    measure(bench, by_self_map);
}

BENCH(pte, walk)
{
    measure(bench, by_walking);
}
