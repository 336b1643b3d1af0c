/*
 * Every failure of every request: a program runs with the first request of a kind refused, then
 * with the second, and so on, until it comes to its end and nothing was refused. Each run must end
 * in order, leave nothing behind and nothing contradictory. Programs of the volume that
 * `make inject` and tests/system/test_low_resources.py make; the names begin with "long.".
 */
#include "kernel/run_program.h"
#include "lib/string.h"
#include "mm/low_resources.h"
#include "mm/mm.h"
#include "tests/kernel/files.h"
#include "tests/kernel/leaks.h"
#include "tests/kernel/threads.h"

#define ENOUGH   5u /* failures of a sweep to be told of */
#define SOME     20u
#define LAST_TRY 200u /* looks at the resources until what ended has gone */

/* A program that was refused something ends with an exit code of its own, or with one of these. */
static const ntstatus in_order[] = {
    STATUS_NO_MEMORY,       STATUS_INSUFFICIENT_RESOURCES, STATUS_COMMITMENT_LIMIT,
    STATUS_DLL_INIT_FAILED, STATUS_STACK_OVERFLOW,
};
#define HIGHEST_EXIT_CODE 255u

static bool ends_in_order(ntstatus status)
{
    bool found = status <= HIGHEST_EXIT_CODE;

    for (uint32_t i = 0; i < ARRAY_SIZE(in_order); i++)
        found |= status == in_order[i];
    return found;
}

static struct ki_program program = {
    .standard = {u"\\Device\\Null", u"\\Device\\Null", u"\\Device\\Null"}};

static bool same(const struct ktest_resources *a, const struct ktest_resources *b)
{
    return !memcmp(a, b, sizeof(*a));
}

/* What ends goes a little later. */
static void settle(struct ktest_resources *now, const struct ktest_resources *expected)
{
    for (uint32_t tries = 0; tries < LAST_TRY; tries++) {
        ktest_take_down(now);
        if (same(now, expected))
            return;
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
    }
}

static void report(const char *line)
{
    ktest_note("mm_verify: %s", line);
}

/* => whether the run was as it must be. */
static bool run_once(ntstatus *status, const struct ktest_resources *before)
{
    struct ktest_resources after = {0};
    ntstatus exit_status;

    *status = ki_run_program(&program, &exit_status);
    mm_set_low_resources(NULL);
    if (NT_SUCCESS(*status))
        *status = exit_status;
    settle(&after, before);
    uint32_t wrong = mm_verify(report) + ktest_report_leaks(before, &after);
    if (!ends_in_order(*status))
        wrong++;
    return !wrong;
}

/* COMMAND with request 1 of KIND refused, then with request 2 and so on; with a STEP about as many
 * are left out each time, at random. */
static void sweep(struct ktest *test, enum mm_resource kind, const uint16_t *command,
                  enum mm_refusal which, uint32_t step)
{
    struct mm_low_resource plan[MM_RESOURCES] = {0};
    struct ktest_resources before = {0};
    ntstatus status;
    uint32_t bad = 0;

    rtl_init_unicode_string(&program.command_line, command);
    ktest_take_down(&before);
    plan[kind].which = which;
    do {
        plan[kind].at += 1 + (step > 1 ? ktest_random() % (2 * step - 1) : 0);
        mm_set_low_resources(plan);
        if (!run_once(&status, &before)) {
            ktest_note("%s:%u%s: status %08x", mm_resource_names[kind], plan[kind].at,
                       which == MM_REFUSE_FROM ? "+" : "", status);
            bad++;
        }
    } while (mm_low_resource_counts[kind].refused && bad < ENOUGH);
    ktest_assert_eq(test, bad, 0);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
}

static const uint16_t *const commands[] = {
    u"sturdy leaf",       u"sturdy stdio",   u"sturdy heap",    u"sturdy virtual",
    u"sturdy mapping",    u"sturdy library", u"sturdy files",   u"sturdy child",
    u"sturdy exceptions", u"sturdy objects", u"sturdy threads",
};

static void sweep_all(struct ktest *test, enum mm_resource kind, uint32_t step)
{
    ntstatus status;

    if (!ktest_has_volume(test))
        return;
    rtl_init_unicode_string(&program.path, u"\\??\\C:\\sturdy.exe");
    for (uint32_t i = 0; i < ARRAY_SIZE(commands); i++) {
        rtl_init_unicode_string(&program.command_line, commands[i]);
        ktest_assert_eq(test, ki_run_program(&program, &status), STATUS_SUCCESS);
        ktest_assert_eq(test, status, STATUS_SUCCESS);
    }
    ktest_begin_anew(test); /* with the DLLs that the kernel keeps */
    for (uint32_t i = 0; i < ARRAY_SIZE(commands) && !ktest_over(test); i++) {
        sweep(test, kind, commands[i], MM_REFUSE_ONE, step);
        sweep(test, kind, commands[i], MM_REFUSE_FROM, step);
    }
}

#define SWEEP(name, kind)            \
    KTEST_LONG(every_request, name)  \
    {                                \
        sweep_all(test, kind, 1);    \
    }                                \
    KTEST_LONG(some_requests, name)  \
    {                                \
        sweep_all(test, kind, SOME); \
    }

SWEEP(pages, MM_RESOURCE_PAGES)
SWEEP(nonpaged_pool, MM_RESOURCE_NONPAGED_POOL)
SWEEP(paged_pool, MM_RESOURCE_PAGED_POOL)
SWEEP(system_ptes, MM_RESOURCE_SYSTEM_PTES)
SWEEP(commit, MM_RESOURCE_COMMIT)
SWEEP(kernel_stacks, MM_RESOURCE_KERNEL_STACKS)
SWEEP(handles, MM_RESOURCE_HANDLES)
