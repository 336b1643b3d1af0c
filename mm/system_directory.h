/*
 * The system's page directory lies in the kernel image, so that boot/ can fill its first entries.
 * Once the final map is up it is reached at PDE_BASE only: at its link address nothing is mapped.
 */
#pragma once

#include "mm/pte.h"

extern struct mmpte mm_system_page_directory[PTES_PER_PAGE];
