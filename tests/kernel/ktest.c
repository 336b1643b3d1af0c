/*
 * The runner of the in-kernel tests: KTAP (Linux's Documentation/dev-tools/ktap.rst) with a plan, a
 * line a test. What a test must leave as it found it is taken down before and compared after.
 */
#include "tests/kernel/ktest.h"
#include "tests/kernel/leaks.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/thread.h"
#include "kernel/main.h"
#include "lib/glob.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/special_pool.h"

#include "lib/format.h"
#include <stdarg.h>

struct ktest_state {
    bool failed;
    const char *skipped; /* why */
    struct ktest_resources before;
};

extern const struct ktest __ktests_start[], __ktests_end[];
static uint32_t random_state;

void ktest_note(const char *fmt, ...)
{
    char line[160];
    va_list args;

    va_start(args, fmt);
    vsnformat(line, sizeof(line), fmt, args);
    va_end(args);
    dbg_print("# %s\n", line);
}

void ktest_fail(struct ktest *test, const char *file, int line, const char *what)
{
    test->state->failed = true;
    dbg_print("# %s:%d: failed: %s\n", file, line, what);
}

void ktest_fail_eq(struct ktest *test, const char *file, int line, const char *what,
                   unsigned long long got, unsigned long long expected)
{
    test->state->failed = true;
    dbg_print("# %s:%d: failed: %s: got %llu (0x%llx), expected %llu (0x%llx)\n", file, line, what,
              got, got, expected, expected);
}

void ktest_skip(struct ktest *test, const char *why)
{
    test->state->skipped = why;
}

void ktest_suspend_irql_check(void)
{
    ke_irql_raise_hook = NULL;
}

void ktest_suspend_special_pool(void)
{
    mi_special_pool.on = false;
}

void ktest_begin_leak_check(struct ktest *test)
{
    ktest_take_down(&test->state->before);
}

bool ktest_over(const struct ktest *test)
{
    return test->state->failed || test->state->skipped;
}

uint32_t ktest_random(void)
{
    random_state ^= random_state << 13; /* xorshift32 (Marsaglia, 2003) */
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void report_line(const char *line)
{
    dbg_print("# mm_verify: %s\n", line);
}

static bool run_one(const struct ktest *registered, uint32_t number)
{
    struct ktest_state state = {0};
    struct ktest test = *registered;
    struct ktest_resources after;
    void (*raise_hook)(void) = ke_irql_raise_hook;
    bool special_pool = mi_special_pool.on;

    test.state = &state;
    random_state = ki_options.seed * 2654435761u | 1;
    ktest_begin_leak_check(&test);
    ke_set_base_priority_thread(ke_get_current_thread(), NORMAL_BASE_PRIORITY); /* no boost left */
    test.run(&test);
    ke_irql_raise_hook = raise_hook;
    mi_special_pool.on = special_pool;
    if (test.fatal && !state.skipped)
        ktest_fail(&test, test.name, 0, "the machine is still running");
    ktest_take_down(&after);
    if (ktest_report_leaks(&state.before, &after) || mm_verify(report_line))
        state.failed = true;
    dbg_print("%sok %u %s", state.failed ? "not " : "", number, test.name);
    dbg_print(state.skipped && !state.failed ? " # SKIP %s\n" : "\n", state.skipped);
    return !state.failed;
}

static bool selected(const struct ktest *test, const char *pattern)
{
    if (test->asked && strncmp(pattern, test->asked, strlen(test->asked)) != 0)
        return false;
    return glob_match(pattern, test->name);
}

bool ktest_run(const char *pattern)
{
    uint32_t plan = 0, number = 0, passed = 0;

    for (const struct ktest *test = __ktests_start; test < __ktests_end; test++)
        plan += selected(test, pattern);
    dbg_print("KTAP version 1\n1..%u\n", plan);
    for (const struct ktest *test = __ktests_start; test < __ktests_end; test++)
        if (selected(test, pattern))
            passed += run_one(test, ++number);
    if (!plan)
        dbg_print("# no test matches '%s'\n", pattern);
    else
        dbg_print("# %u of %u passed, seed %u\n", passed, plan, ki_options.seed);
    return plan && passed == plan;
}
