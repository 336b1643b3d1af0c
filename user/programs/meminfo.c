/*
 * meminfo: how the system's memory is used, in pages and KB, and how many faults of each kind there
 * have been.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include "user/tokos/tokos.h"

#define KB_PER_PAGE (TOKOS_PAGE_BYTES / 1024)

static void print_pages(const char *name, uint32_t pages)
{
    printf("%-24s %10u %10u\n", name, (unsigned)pages, (unsigned)(pages * KB_PER_PAGE));
}

/* What the commit charge is of what it may be: in per cent, rounded down. */
static unsigned percent_in_use(const struct tokos_counters *counters)
{
    if (!counters->commit_limit)
        return 0;
    return (unsigned)(counters->committed_pages * 100ull / counters->commit_limit);
}

static void print_memory(const struct tokos_counters *counters)
{
    printf("%-24s %10s %10s\n", "", "pages", "KB");
    print_pages("physical memory", counters->physical_pages);
    print_pages("available", counters->available_pages);
    print_pages("  zeroed", counters->zeroed_pages);
    print_pages("  free", counters->free_pages);
    print_pages("  standby", counters->standby_pages);
    print_pages("modified", counters->modified_pages);
    print_pages("committed", counters->committed_pages);
    print_pages("commit limit", counters->commit_limit);
    print_pages("nonpaged pool", counters->nonpaged_pool_pages);
    print_pages("paged pool", counters->paged_pool_pages);
    print_pages("system PTEs", counters->total_system_ptes);
    print_pages("  free", counters->free_system_ptes);
    printf("\n%-24s %10u\n", "percent in use", percent_in_use(counters));
    printf("%-24s %10u\n", "page size", TOKOS_PAGE_BYTES);
}

static void print_faults(const struct tokos_counters *counters)
{
    printf("\n%-24s %10s\n", "faults", "count");
    for (uint32_t i = 0; i < counters->fault_kinds; i++)
        if (strcmp(counters->fault_names[i], "none"))
            printf("%-24s %10u\n", counters->fault_names[i], (unsigned)counters->faults[i]);
    printf("%-24s %10u\n", "this process", (unsigned)counters->process_faults);
}

int main(int argc, char **argv)
{
    static struct tokos_counters counters;

    (void)argv;
    if (argc > 1) {
        fprintf(stderr, "usage: meminfo\n"
                        "Prints how memory is used, and the faults there have been since boot.\n");
        return 2;
    }
    if (!tokos_query_counters(&counters)) {
        fprintf(stderr, "meminfo: error %lu\n", GetLastError());
        return 1;
    }
    print_memory(&counters);
    print_faults(&counters);
    return 0;
}
