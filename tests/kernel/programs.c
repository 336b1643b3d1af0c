/* Running programs in tests. */
#include "tests/kernel/programs.h"
#include "kernel/run_program.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "tests/kernel/threads.h"

#define FOLDER u"\\??\\C:\\"
#define TRIES  200u /* looks at the resources, 1 ms apart: what ends goes a little later */

ntstatus ktest_run_command(const uint16_t *command)
{
    struct ki_program program = {
        .standard = {u"\\Device\\Null", u"\\Device\\Null", u"\\Device\\Null"}};
    uint16_t path[sizeof(FOLDER) / 2 + KTEST_LONGEST_COMMAND + sizeof(u".exe") / 2] = FOLDER;
    uint32_t at = sizeof(FOLDER) / 2 - 1;
    ntstatus exit_status;

    for (uint32_t i = 0; i < KTEST_LONGEST_COMMAND && command[i] && command[i] != ' '; i++)
        path[at++] = command[i];
    memcpy(&path[at], u".exe", sizeof(u".exe"));
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
