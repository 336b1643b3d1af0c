/* Sweeping a program's requests. */
#include "tests/kernel/refusals.h"

#define ENOUGH 5u /* failures of a sweep to be told of */

/* A program that was refused something ends with an exit code of its own, or with one of these. */
static const ntstatus in_order[] = {
    STATUS_NO_MEMORY,       STATUS_INSUFFICIENT_RESOURCES, STATUS_COMMITMENT_LIMIT,
    STATUS_DLL_INIT_FAILED, STATUS_STACK_OVERFLOW,
};
#define HIGHEST_EXIT_CODE 255u

static bool is_exception(ntstatus status)
{
    return status >> 30 >= 2; /* an error's or a warning's code */
}

static bool ends_in_order(ntstatus status, bool trusting)
{
    bool found = status <= HIGHEST_EXIT_CODE || (trusting && is_exception(status));

    for (uint32_t i = 0; i < ARRAY_SIZE(in_order); i++)
        found |= status == in_order[i];
    return found;
}

static ntstatus run_with(enum mm_resource kind, const struct mm_low_resource *what,
                         const uint16_t *command)
{
    struct mm_low_resource plan[MM_RESOURCES] = {[0].at = 0};

    plan[kind] = *what;
    mm_set_low_resources(plan);
    ntstatus status = ktest_run_command(command);
    mm_set_low_resources(NULL);
    return status;
}

/* COMMAND for printf. */
static const char *name_of(const uint16_t *command)
{
    static char name[KTEST_LONGEST_COMMAND + 1];
    uint32_t length = 0;

    for (; length < KTEST_LONGEST_COMMAND && command[length]; length++)
        name[length] = (char)command[length];
    name[length] = '\0';
    return name;
}

uint32_t ktest_count_requests(const struct ktest_refusals *refusals)
{
    struct mm_low_resource none = {.at = 0};

    ktest_run_command(refusals->command); /* the kernel keeps its DLLs */
    run_with(refusals->kind, &none, refusals->command);
    ktest_note("%s: %u", name_of(refusals->command),
               mm_low_resource_counts[refusals->kind].requests);
    return mm_low_resource_counts[refusals->kind].requests;
}

static void tell(const struct ktest_refusals *refusals, uint32_t at, ntstatus status)
{
    ktest_note("%s with %s:%u%c: status %08x", name_of(refusals->command),
               mm_resource_names[refusals->kind], at, " +*"[refusals->which], status);
}

ntstatus ktest_sweep(struct ktest *test, const struct ktest_refusals *refusals)
{
    struct mm_low_resource what = {.which = refusals->which};
    struct ktest_resources before = {0};
    ntstatus status;
    uint32_t bad = 0;

    ktest_take_down(&before);
    do {
        what.at += 1 + (refusals->step > 1 ? ktest_random() % (2 * refusals->step - 1) : 0);
        status = run_with(refusals->kind, &what, refusals->command);
        bool clean = ktest_left_nothing(&before);
        if (!clean || !ends_in_order(status, refusals->trusting)) {
            tell(refusals, what.at, status);
            bad++;
        }
    } while (mm_low_resource_counts[refusals->kind].refused && bad < ENOUGH);
    if (bad)
        ktest_fail_eq(test, __FILE__, __LINE__, "runs that went wrong", bad, 0);
    return status;
}
