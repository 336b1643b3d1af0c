/* The parts of mm_verify; each reports what it finds through mi_verify_failed. */
#pragma once

#include "lib/types.h"

void mi_verify_pfn_lists(void);   /* verify_pfn.c */
void mi_verify_page_tables(void); /* verify_pte.c */
void mi_verify_pools(void);       /* verify_pool.c */
void mi_verify_commitment(void);  /* verify_pool.c */

/* One contradiction, in words. */
void mi_verify_failed(const char *format, ...) PRINTF_LIKE(1, 2);
