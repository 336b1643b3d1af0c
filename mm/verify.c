/*
 * mm_verify: does everything the memory manager believes fit together? Five cross-checks, each in a
 * file of its own, none of which allocates, faults or repairs:
 *
 *   lists       every list is whole, counted right, and holds only frames of its state
 *   page tables each valid PTE and its frame name each other; shares and kinds add up; what a
 *               process's entries hold is what its VADs say; directories agree with the system's
 *   sections    prototype PTEs lead to their pages or to the file; references and views are counted
 *   pools       blocks, runs and guards are whole; the counts are the sums
 *   commitment  what is charged is what the pools, stacks, large pages and tables hold
 */
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "mm/init.h"
#include "mm/mm.h"
#include "mm/pfn.h"
#include "mm/verify.h"

static void verify(void (*report)(const char *line))
{
    mi_verify_begin(report);
    if (mi_pfn_lock_held()) {
        mi_verify_failed("the PFN lock is held: the structures may be between two states");
        return;
    }
    mi_verify_pfn_lists();
    mi_verify_page_tables();
    mi_verify_sections();
    mi_verify_pools();
    mi_verify_commitment();
}

uint32_t mm_verify(void (*report)(const char *line))
{
    kirql old = ke_get_current_irql();

    if (old < DISPATCH_LEVEL) /* no other thread changes anything meanwhile */
        ke_raise_irql_unchecked(DISPATCH_LEVEL);
    verify(report);
    ke_lower_irql(old);
    return mi_verify_failures();
}

static void print_line(const char *line)
{
    dbg_print("  %s\n", line);
}

static void at_bugcheck(struct ktrap_frame *frame)
{
    uint32_t found = mm_verify(print_line);

    (void)frame;
    if (found)
        dbg_print("  %u contradictions\n", found);
    else
        dbg_print("  the memory manager's structures agree with each other\n");
}

void mi_init_verify(void)
{
    static struct kbugcheck_callback_record record = {.name = "mm_verify", .routine = at_bugcheck};

    ke_register_bug_check_callback(&record);
}
