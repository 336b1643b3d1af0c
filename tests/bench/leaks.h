/* What a benchmark must give back. */
#pragma once

#include "lib/types.h"
#include "mm/pool.h"

struct bench_resources {
    uint32_t frames; /* available ones and those that page tables took, which stay */
    uint32_t commitment;
    uint32_t system_ptes;
    uint32_t blocks[POOL_TYPES];
    uint32_t bytes[POOL_TYPES];
    uint32_t irql;
};

void bench_take_down(struct bench_resources *now);
/* Print what AFTER has other than BEFORE. => how many things. */
uint32_t bench_report_leaks(const struct bench_resources *before,
                            const struct bench_resources *after);
