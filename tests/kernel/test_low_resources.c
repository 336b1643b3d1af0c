/*
 * Every failure of every request: a program runs with the first request of a kind refused, then
 * with the second, and so on, until it comes to its end and nothing was refused. Each run must end
 * in order, leave nothing behind and nothing contradictory. Programs of the volume that
 * `make inject` and tests/system/test_low_resources.py make; the names begin with "long.".
 */
#include "mm/low_resources.h"
#include "tests/kernel/files.h"
#include "tests/kernel/programs.h"

#define ENOUGH 5u /* failures of a sweep to be told of */
#define SOME   20u

static const uint16_t program[] = u"\\??\\C:\\sturdy.exe";

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

/* COMMAND with request 1 of KIND refused, then with request 2 and so on; with a STEP about as many
 * are left out each time, at random. */
static void sweep(struct ktest *test, enum mm_resource kind, const uint16_t *command,
                  enum mm_refusal which, uint32_t step)
{
    struct mm_low_resource plan[MM_RESOURCES] = {0};
    struct ktest_resources before = {0};
    ntstatus status;
    uint32_t bad = 0;

    ktest_take_down(&before);
    plan[kind].which = which;
    do {
        plan[kind].at += 1 + (step > 1 ? ktest_random() % (2 * step - 1) : 0);
        mm_set_low_resources(plan);
        status = ktest_run_file(program, command);
        mm_set_low_resources(NULL);
        bool clean = ktest_left_nothing(&before);
        if (!clean || !ends_in_order(status)) {
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
    for (uint32_t i = 0; i < ARRAY_SIZE(commands); i++) {
        status = ktest_run_file(program, commands[i]);
        ktest_assert_eq(test, status, STATUS_SUCCESS);
    }
    ktest_begin_leak_check(test); /* with the DLLs that the kernel keeps */
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
