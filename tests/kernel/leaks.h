/* What a test or a benchmark must give back. */
#pragma once

#include "kernel/ob/ob.h"
#include "lib/types.h"
#include "mm/pool.h"

#define KTEST_TYPES 20u /* of objects, at most */

/* Of the objects of one type. */
struct ktest_type_count {
    struct object_type *type;
    uint32_t objects, handles;
};

struct ktest_resources {
    uint32_t frames; /* available ones and those that page tables took, which stay */
    uint32_t commitment;
    uint32_t system_ptes;
    uint32_t blocks[POOL_TYPES];
    uint32_t bytes[POOL_TYPES];
    uint32_t irql;
    uint32_t hyper_space; /* slots */
    struct ob_counters objects;
    struct ktest_type_count types[KTEST_TYPES]; /* in no order; the rest is zeros */
};

/* Take down what is given out now. */
void ktest_take_down(struct ktest_resources *now);
/* Print what AFTER has other than BEFORE. => how many things. */
uint32_t ktest_report_leaks(const struct ktest_resources *before,
                            const struct ktest_resources *after);
