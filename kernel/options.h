/* The kernel command line. */
#pragma once

#include "lib/types.h"
#include "mm/low_resources.h"

struct ki_options {
    const char *selftest; /* the pattern of tests to run, NULL: none */
    const char *bench;    /* the pattern of benchmarks to run, NULL: none */
    bool run;             /* the program that the module `command` names */
    bool verify;          /* after that program, look whether the memory manager is whole */
    bool trace_faults;
    bool no_pse;
    bool no_pge;
    bool break_at_start;
    bool no_apic;
    bool serial_off;
    bool special_pool;
    bool irql_check;
    bool large_user_space; /* 3 GB for images that ask for it */
    uint32_t slow_pager;   /* milliseconds that each page comes late */
    uint32_t jitter;       /* seed of the ticks' lengths; 0: all equal */
    uint64_t max_bytes;    /* of RAM to use; 0: all */
    bool low_resources;    /* requests are refused as the next says */
    struct mm_low_resource low_resource[MM_RESOURCES];
    uint32_t seed; /* for tests that choose at random */
};

/* Read LINE, which is cut into words in place. Each word that is unknown, or whose value makes no
 * sense, is passed to COMPLAIN with the reason, and ignored. */
void ki_parse_options(char *line, struct ki_options *out,
                      void (*complain)(const char *word, const char *reason));
