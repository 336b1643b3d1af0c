/* Where the cross-checks of mm_verify report: counted always, said up to a limit. */
#include "mm/verify.h"
#include "lib/format.h"

#include <stdarg.h>

#define LINES_REPORTED 16u /* one corruption can contradict thousands of entries */

static void (*report_line)(const char *line);
static uint32_t failures;

void mi_verify_begin(void (*report)(const char *line))
{
    report_line = report;
    failures = 0;
}

uint32_t mi_verify_failures(void)
{
    return failures;
}

void mi_verify_failed(const char *fmt, ...)
{
    char line[96];
    va_list args;

    if (++failures > LINES_REPORTED || !report_line)
        return;
    va_start(args, fmt);
    vsnformat(line, sizeof(line), fmt, args);
    va_end(args);
    report_line(line);
}
