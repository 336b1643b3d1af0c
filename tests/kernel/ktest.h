/*
 * In-kernel self-tests. A test is one function, registered where it stands:
 *
 *      KTEST(pool, frees_whole_pages)
 *      {
 *          void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 100, 'tseT');
 *          ktest_assert(test, p != NULL);
 *          ...
 *      }
 *
 * Its name is pool.frees_whole_pages. A failed assertion is reported with file, line and values,
 * and returns from the function it stands in. After each test mm_verify must agree and nothing may
 * have leaked: frames, pool blocks, system PTEs, hyperspace, commit charge, objects, handles.
 *
 * KTEST_ASKED registers a test that runs only when the pattern begins with its suite: one that
 * takes long, or needs what the caller has to bring.
 *
 * KTEST_FATAL registers a test that must end in a bugcheck; its name is fatal.SUITE.CASE, it runs
 * only when the pattern begins with "fatal." and it passes by the bugcheck that the system test
 * expects of it. Coming back from it is a failure.
 *
 * KTEST_LONG registers a test that takes too long to be run with all others: long.SUITE.CASE, which
 * runs only when the pattern begins with "long.".
 */
#pragma once

#include "arch/i386/guarded.h"
#include "lib/types.h"

struct ktest {
    const char *name;
    void (*run)(struct ktest *test);
    bool fatal;
    const char *asked; /* what the pattern must begin with; NULL: anything */
    struct ktest_state *state;
} __attribute__((aligned(16))); /* as the linker lays them out */

/* Run all tests whose name matches PATTERN and print KTAP. => true when there were some and none
 * failed. PASSIVE_LEVEL, interrupts on. */
bool ktest_run(const char *pattern);

void ktest_fail(struct ktest *test, const char *file, int line, const char *what);
void ktest_fail_eq(struct ktest *test, const char *file, int line, const char *what,
                   unsigned long long got, unsigned long long expected);
/* The rest of the test does not apply here; say why, and return from the test after it. */
void ktest_skip(struct ktest *test, const char *why);
/* What there is now is what there must be at the test's end: what was made up to here stays. */
void ktest_begin_leak_check(struct ktest *test);
/* For a test that counts faults or frames where IRQL is raised: without what the boot option
 * irqlcheck does, up to the test's end. */
void ktest_suspend_irql_check(void);
/* For a test that looks inside the ordinary pool: special pool serves nothing up to its end. */
void ktest_suspend_special_pool(void);
/* Has the test failed or been skipped? For helpers that assert. */
bool ktest_over(const struct ktest *test);
/* A line of explanation in the report. */
void ktest_note(const char *format, ...) PRINTF_LIKE(1, 2);
/* The next number of a sequence that starts from the boot option seed=N. */
uint32_t ktest_random(void);

/* Fill the next COUNT frames that the free list will give out with AAh (frames.c). */
void ktest_dirty_free_frames(uint32_t count);
/* Empty the free and the zeroed list for a moment / give back what was on them: a chain of frames,
 * linked by u1.flink. The PFN lock is held. */
uint32_t ktest_take_free_frames(void);
void ktest_give_frames_back(uint32_t first);
/* ... and those on standby too. */
uint32_t ktest_take_available_frames(void);
/* Take those that can be had by trimming as well, so that there is no memory any more but LEFT
 * frames / give them back. At most APC_LEVEL. */
uint32_t ktest_exhaust_frames(uint32_t left);
void ktest_end_exhaustion(uint32_t first);
/* Take FRAME off its list and put it into *CHAIN (first: PFN_NONE), if it is zeroed or free: it is
 * in use then, by nobody. => whether it was. The PFN lock is held. (frames.c) */
bool ktest_take_frame(pfn_t frame, pfn_t *chain);
/* Free all of CHAIN. */
void ktest_free_chain(pfn_t chain);
/* Take every zeroed frame out of the way, onto the free list's end. => how many: mm_zero_free_pages
 * makes as many again. */
uint32_t ktest_hide_zeroed_frames(void);
/* Has the TLB no translation of VA, whose entry is not valid? Its page table is there; what VA
 * mapped does not begin with 5Ch. */
bool ktest_tlb_forgot(uintptr_t va);
/* Refer to FRAME as an I/O would, and no more (frames.c). The PFN lock is not held. */
void ktest_reference_frame(uint32_t frame);
void ktest_dereference_frame(uint32_t frame);

/* Touch memory whose fault changes what the compiler cannot see: counters, lists, PTEs. */
static inline uint8_t ktest_read(const volatile void *p)
{
    ki_allow_user_access();
    __asm__ volatile("" : : : "memory");
    uint8_t value = *(const volatile uint8_t *)p;
    __asm__ volatile("" : : : "memory");
    ki_forbid_user_access();
    return value;
}

static inline void ktest_write(volatile void *p, uint8_t value)
{
    ki_allow_user_access();
    __asm__ volatile("" : : : "memory");
    *(volatile uint8_t *)p = value;
    __asm__ volatile("" : : : "memory");
    ki_forbid_user_access();
}

#define KTEST_ENTRY(symbol, full_name, is_fatal, prefix)                                          \
    static void symbol##_run(struct ktest *test);                                                 \
    const struct ktest symbol __attribute__((section(".ktests." #symbol), used, aligned(16))) = { \
        .name = full_name, .run = symbol##_run, .fatal = is_fatal, .asked = prefix};              \
    static void symbol##_run(struct ktest *test __attribute__((unused)))

#define KTEST(suite, case) KTEST_ENTRY(ktest_case__##suite##__##case, #suite "." #case, false, NULL)
#define KTEST_ASKED(suite, case) \
    KTEST_ENTRY(ktest_asked__##suite##__##case, #suite "." #case, false, #suite ".")
#define KTEST_LONG(suite, case) \
    KTEST_ENTRY(ktest_long__##suite##__##case, "long." #suite "." #case, false, "long.")
#define KTEST_FATAL(suite, case) \
    KTEST_ENTRY(ktest_fatal__##suite##__##case, "fatal." #suite "." #case, true, "fatal.")

#define ktest_assert(test, condition)                         \
    do {                                                      \
        if (!(condition)) {                                   \
            ktest_fail(test, __FILE__, __LINE__, #condition); \
            return;                                           \
        }                                                     \
    } while (0)

#define ktest_assert_eq(test, got, expected)                                                 \
    do {                                                                                     \
        unsigned long long got_ = (got), expected_ = (expected);                             \
        if (got_ != expected_) {                                                             \
            ktest_fail_eq(test, __FILE__, __LINE__, #got " == " #expected, got_, expected_); \
            return;                                                                          \
        }                                                                                    \
    } while (0)
