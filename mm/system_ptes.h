/* The system PTE allocator's state, for mm_verify and the debugger. */
#pragma once

#include "mm/pte_clusters.h"

extern struct mi_pte_clusters mi_system_ptes;
