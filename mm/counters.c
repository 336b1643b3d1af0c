/* The memory manager's counters in one place. */
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/system_ptes.h"

void mm_query_counters(struct mm_counters *out)
{
    *out = (struct mm_counters){
        .available_pages = mi_available_pages(),
        .system_page_tables = mi_system_page_tables,
        .committed_pages = mm_total_committed_pages,
        .commit_limit = mm_total_commit_limit,
        .free_system_ptes = mi_system_ptes.free,
        .total_system_ptes = mi_system_ptes.count,
    };
    for (uint32_t i = 0; i < MMLISTS_COUNT; i++)
        out->physical_pages += mm_page_lists[i].total;
}
