/*
 * Every failure of every request: a program runs with the first request of a kind refused, then
 * with the second, and so on, until it comes to its end and nothing was refused. Each run must end
 * in order, leave nothing behind and nothing contradictory. `make inject` and
 * tests/system/test_low_resources.py make the volumes; the names begin with "long.".
 *
 *      every_request, some_requests    sturdy.exe, a part of it at a time: whatever is refused, it
 *                                      says so and comes to its end
 *      each_program, some_programs     all programs of the volume: each n-th request refused, or
 *                                      all from the n-th, with n from 1 to past the last request;
 *                                      those that use what they did not get end by that
 */
#include "lib/string.h"
#include "tests/kernel/files.h"
#include "tests/kernel/refusals.h"

#define SOME          20u
#define MOST_PROGRAMS 96u
#define FOLDER        u"\\??\\C:\\"

static const uint16_t *const commands[] = {
    u"sturdy leaf",    u"sturdy stdio", u"sturdy heap",   u"sturdy virtual",    u"sturdy mapping",
    u"sturdy library", u"sturdy files", u"sturdy child",  u"sturdy exceptions", u"sturdy objects",
    u"sturdy threads", u"sturdy debug", u"sturdy attach", u"sturdy clone",
};

/* The programs of the volume. */
struct found {
    uint32_t count;
    uint16_t names[MOST_PROGRAMS][KTEST_LONGEST_COMMAND + 1];
};

static void sweep_parts(struct ktest *test, enum mm_resource kind, uint32_t step)
{
    struct ktest_refusals refusals = {.kind = kind, .step = step};

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(commands); i++)
        ktest_assert_eq(test, ktest_run_command(commands[i]), STATUS_SUCCESS);
    ktest_begin_leak_check(test); /* with the DLLs that the kernel keeps */
    for (uint32_t i = 0; i < ARRAY_SIZE(commands) && !ktest_over(test); i++) {
        refusals.command = commands[i];
        refusals.which = MM_REFUSE_ONE;
        ktest_assert_eq(test, ktest_sweep(test, &refusals), STATUS_SUCCESS);
        refusals.which = MM_REFUSE_FROM;
        ktest_assert_eq(test, ktest_sweep(test, &refusals), STATUS_SUCCESS);
    }
}

static void find_programs(struct ktest *test, struct found *found)
{
    uint8_t buffer[512];
    const struct file_names_information *info = (const void *)buffer;
    struct unicode_string pattern;
    struct io_status_block block;
    handle_t handle = ktest_opened(test, FOLDER);

    rtl_init_unicode_string(&pattern, u"*.exe");
    while (NT_SUCCESS(nt_query_directory_file(handle, 0, NULL, NULL, &block, buffer, sizeof(buffer),
                                              FILE_NAMES_INFORMATION, true, &pattern, false))) {
        uint32_t length = info->file_name_length / 2 - 4; /* without .exe */
        ktest_assert(test, length <= KTEST_LONGEST_COMMAND && found->count < MOST_PROGRAMS);
        memcpy(found->names[found->count++], info->file_name, length * 2);
    }
    nt_close(handle);
    ktest_assert(test, found->count);
}

/* About RUNS runs a program and way to refuse. */
static void sweep_programs(struct ktest *test, enum mm_resource kind, uint32_t runs)
{
    static struct found found;
    struct ktest_refusals refusals = {.kind = kind, .trusting = true};

    if (!ktest_has_volume(test))
        return;
    memset(&found, 0, sizeof(found));
    find_programs(test, &found);
    for (uint32_t i = 0; i < found.count && !ktest_over(test); i++) {
        refusals.command = found.names[i];
        refusals.step = ktest_count_requests(&refusals) / runs + 1;
        ktest_begin_leak_check(test);
        for (refusals.which = MM_REFUSE_ONE; refusals.which <= MM_REFUSE_EACH; refusals.which++)
            ktest_sweep(test, &refusals);
    }
}

#define RUNS 12u

#define SWEEP(name, kind)                 \
    KTEST_LONG(every_request, name)       \
    {                                     \
        sweep_parts(test, kind, 1);       \
    }                                     \
    KTEST_LONG(some_requests, name)       \
    {                                     \
        sweep_parts(test, kind, SOME);    \
    }                                     \
    KTEST_LONG(each_program, name)        \
    {                                     \
        sweep_programs(test, kind, RUNS); \
    }                                     \
    KTEST_LONG(some_programs, name)       \
    {                                     \
        sweep_programs(test, kind, 1);    \
    }

SWEEP(pages, MM_RESOURCE_PAGES)
SWEEP(nonpaged_pool, MM_RESOURCE_NONPAGED_POOL)
SWEEP(paged_pool, MM_RESOURCE_PAGED_POOL)
SWEEP(system_ptes, MM_RESOURCE_SYSTEM_PTES)
SWEEP(commit, MM_RESOURCE_COMMIT)
SWEEP(kernel_stacks, MM_RESOURCE_KERNEL_STACKS)
SWEEP(handles, MM_RESOURCE_HANDLES)
