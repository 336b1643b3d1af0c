/*
 * What the cross-checks of mm_verify share. They report here: counted always, said up to a limit.
 * And they look through here at memory that may be in transition: a fault would change what is
 * checked, and be fatal in a bugcheck.
 */
#include "mm/verify.h"
#include "lib/format.h"
#include "mm/mi.h"

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

const void *mi_verify_look_at(uintptr_t va)
{
    struct mmpte pte = mi_read_pte(mi_get_pte_address(va));

    if (pte.hard.valid)
        return (const void *)va;
    if (mi_pte_kind(pte) != MI_PTE_TRANSITION)
        return NULL;
    return (char *)mi_map_page_in_hyper_space(pte.trans.page_frame_number) + (va & (PAGE_SIZE - 1));
}

void mi_verify_look_away(const void *contents)
{
    uintptr_t va = (uintptr_t)contents;

    if (va >= HYPER_SPACE && va <= HYPER_SPACE_END)
        mi_unmap_page_in_hyper_space((void *)ROUND_DOWN(va, PAGE_SIZE));
}
