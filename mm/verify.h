/* The parts of mm_verify; each reports what it finds through mi_verify_failed (verify_report.c). */
#pragma once

#include "lib/types.h"

void mi_verify_pfn_lists(void);   /* verify_pfn.c */
void mi_verify_page_tables(void); /* verify_pte.c */
void mi_verify_pools(void);       /* verify_pool.c */
void mi_verify_commitment(void);  /* verify_pool.c */

/* The parts of user space of every address space (verify_space.c). => frames mapped there. */
uint32_t mi_verify_address_spaces(void);
/* For it, the directory being loaded: the page table that entry INDEX leads to, and its pages; the
 * directory itself, with so many USER_TABLES, and hyperspace's table. => frames mapped. */
uint32_t mi_verify_user_table(uint32_t index);
uint32_t mi_verify_own_tables(uint32_t user_tables);

/* What all address spaces together have charged. */
uint32_t mi_verify_private_commitment(void);
uint32_t mi_verify_table_commitment(void);

/* Start counting anew; REPORT, if not NULL, gets each line. */
void mi_verify_begin(void (*report)(const char *line));
uint32_t mi_verify_failures(void);
/* One contradiction, in words. */
void mi_verify_failed(const char *format, ...) PRINTF_LIKE(1, 2);

/* The contents of VA, in a page that is valid or in transition; NULL when it is neither. To be
 * given back in reverse order. */
const void *mi_verify_look_at(uintptr_t va);
void mi_verify_look_away(const void *contents);
