/* Programs of the volume, run with requests refused (mm/low_resources.h). */
#pragma once

#include "mm/low_resources.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/programs.h"

/* A sweep: COMMAND runs again and again, and another request is refused each time. */
struct ktest_refusals {
    const uint16_t *command;
    enum mm_resource kind;
    enum mm_refusal which;
    uint32_t step; /* about as many requests are left out each time, at random; 1: none is */
    bool trusting; /* it may use what it did not get, and end by an exception */
};

/* => how many requests of the kind the command makes when nothing is refused; a note says it, too.
 */
uint32_t ktest_count_requests(const struct ktest_refusals *refusals);

/* Sweep, until nothing is refused any more. TEST fails if a run does not end in order, leaves
 * something behind, or something that mm_verify finds fault with. => how the last run ended. */
ntstatus ktest_sweep(struct ktest *test, const struct ktest_refusals *refusals);
