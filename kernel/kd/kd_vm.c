/* !vm and !memusage: the memory manager's counters in WinDbg's form. !lowresources: what is
 * refused. */
#include "kernel/kd/kd_internal.h"
#include "lib/string.h"
#include "mm/low_resources.h"
#include "mm/mm.h"
#include "mm/pfn.h"
#include "mm/pool.h"

static void line(const char *name, uint32_t pages)
{
    dbg_print("    %-21s %7u (%8u Kb)\n", name, pages, pages * 4);
}

void kd_show_vm(void)
{
    struct mm_counters counters;
    struct pool_usage nonpaged, paged;

    mm_query_counters(&counters);
    mm_query_pool(NONPAGED_POOL, &nonpaged);
    mm_query_pool(PAGED_POOL, &paged);
    dbg_print("*** Virtual Memory Usage ***\n");
    line("Physical Memory:", counters.physical_pages);
    line("Available Pages:", counters.available_pages);
    line("Modified Pages:", mm_page_lists[MODIFIED_PAGE_LIST].total);
    line("Free System PTEs:", counters.free_system_ptes);
    line("System Page Tables:", counters.system_page_tables);
    line("NonPagedPool Usage:", nonpaged.pages);
    line("NonPagedPool Max:", nonpaged.limit);
    line("PagedPool Usage:", paged.pages);
    line("PagedPool Maximum:", paged.limit);
    line("Committed pages:", counters.committed_pages);
    line("Commit limit:", counters.commit_limit);
}

void kd_show_memory_usage(void)
{
    static const struct {
        const char *name;
        enum mmlists list;
    } rows[] = {
        {"Zeroed:", ZEROED_PAGE_LIST},
        {"Free:", FREE_PAGE_LIST},
        {"Standby:", STANDBY_PAGE_LIST},
        {"Modified:", MODIFIED_PAGE_LIST},
        {"ModifiedNoWrite:", MODIFIED_NO_WRITE_PAGE_LIST},
        {"Active/Valid:", ACTIVE_AND_VALID},
        {"Transition:", TRANSITION_PAGE},
        {"Bad:", BAD_PAGE_LIST},
    };
    uint32_t total = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint32_t pages = mm_page_lists[rows[i].list].total;
        dbg_print("%17s %7u (%8u kb)\n", rows[i].name, pages, pages * 4);
        total += pages;
    }
    dbg_print("%17s %7u (%8u kb)\n", "TOTAL:", total, total * 4);
}

void kd_low_resources(const char *words)
{
    struct mm_low_resource plan[MM_RESOURCES];

    while (*words == ' ')
        words++;
    if (!strcmp(words, "off"))
        mm_set_low_resources(NULL);
    else if (*words && mm_parse_low_resources(words, plan))
        mm_set_low_resources(plan);
    else if (*words)
        dbg_print("'%s' is no plan such as pages:100,handles:7*\n", words);
    else
        for (uint32_t i = 0; i < MM_RESOURCES; i++)
            dbg_print("%9s: %8u requests, %u refused\n", mm_resource_names[i],
                      mm_low_resource_counts[i].requests, mm_low_resource_counts[i].refused);
}
