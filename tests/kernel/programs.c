/* Running programs in tests. */
#include "tests/kernel/programs.h"
#include "kernel/run_program.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "tests/kernel/threads.h"

#define TRIES 200u /* looks at the resources, 1 ms apart: what ends goes a little later */

ntstatus ktest_run_file(const uint16_t *path, const uint16_t *command)
{
    struct ki_program program = {
        .standard = {u"\\Device\\Null", u"\\Device\\Null", u"\\Device\\Null"}};
    ntstatus exit_status;

    rtl_init_unicode_string(&program.path, path);
    rtl_init_unicode_string(&program.command_line, command);
    ntstatus status = ki_run_program(&program, &exit_status);
    return NT_SUCCESS(status) ? exit_status : status;
}

static void report(const char *line)
{
    ktest_note("mm_verify: %s", line);
}

bool ktest_left_nothing(const struct ktest_resources *before)
{
    struct ktest_resources now = {0};

    for (uint32_t tries = 0; tries < TRIES; tries++) {
        ktest_take_down(&now);
        if (!memcmp(&now, before, sizeof(now)))
            break;
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
    }
    bool leaks = ktest_report_leaks(before, &now);

    return !mm_verify(report) && !leaks; /* both are told of */
}
