/* The parts of mm_verify; each reports what it finds through mi_verify_failed (verify_report.c). */
#pragma once

#include "lib/types.h"

void mi_verify_pfn_lists(void);   /* verify_pfn.c */
void mi_verify_page_tables(void); /* verify_pte.c */
void mi_verify_pools(void);       /* verify_pool.c */
void mi_verify_commitment(void);  /* verify_pool.c */

/* Start counting anew; REPORT, if not NULL, gets each line. */
void mi_verify_begin(void (*report)(const char *line));
uint32_t mi_verify_failures(void);
/* One contradiction, in words. */
void mi_verify_failed(const char *format, ...) PRINTF_LIKE(1, 2);

/* The contents of VA, in a page that is valid or in transition; NULL when it is neither. To be
 * given back in reverse order. */
const void *mi_verify_look_at(uintptr_t va);
void mi_verify_look_away(const void *contents);
