/* The parts of mm_verify; each reports what it finds through mi_verify_failed (verify_report.c). */
#pragma once

#include "lib/types.h"

struct mm_address_space;
struct mmpte;
struct mmvad;

void mi_verify_pfn_lists(void);   /* verify_pfn.c */
void mi_verify_page_tables(void); /* verify_pte.c */
void mi_verify_sections(void);    /* verify_section.c */
void mi_verify_pools(void);       /* verify_pool.c */
void mi_verify_commitment(void);  /* verify_pool.c */

/* The parts of user space of every address space (verify_space.c). => frames mapped there. */
uint32_t mi_verify_address_spaces(void);
/* For it, the directory being loaded: the page table that entry INDEX leads to, and its pages; the
 * directory itself, with so many USER_TABLES, and hyperspace's table. => frames mapped. */
uint32_t mi_verify_user_table(uint32_t index);
uint32_t mi_verify_own_tables(uint32_t user_tables);

/* Can the directory of SPACE be loaded, and is its hyperspace empty (verify_directory.c)? To be
 * asked before it is loaded. */
bool mi_verify_directory(const struct mm_address_space *space);
/* TABLE is a hyperspace's: all its entries but those in use must be zero. */
void mi_verify_hyper_space(const struct mmpte *table);

/* The mappings of pages of sections: none are found yet; PTE maps such a page, FRAME; all were
 * found, and are as many as the shares (verify_section.c). */
void mi_verify_begin_shares(void);
void mi_verify_mapping_of_shared(const struct mmpte *pte, pfn_t frame);
void mi_verify_shares(void);

/* VAD, of a tree that is whole, by itself, its address space being loaded (verify_vad.c). */
void mi_verify_vad(const struct mmvad *vad);
/* PTE, not zero, of the page at VA, which lies in VAD. */
void mi_verify_user_entry(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va);

/* What all address spaces, and all sections, have charged. */
uint32_t mi_verify_private_commitment(void);
uint32_t mi_verify_lock_commitment(void);
uint32_t mi_verify_table_commitment(void);
uint32_t mi_verify_section_commitment(void);

/* Start counting anew; REPORT, if not NULL, gets each line. */
void mi_verify_begin(void (*report)(const char *line));
uint32_t mi_verify_failures(void);
/* One contradiction, in words. */
void mi_verify_failed(const char *format, ...) PRINTF_LIKE(1, 2);

/* The contents of VA, in a page that is valid or in transition; NULL when it is neither. To be
 * given back in reverse order. */
const void *mi_verify_look_at(uintptr_t va);
void mi_verify_look_away(const void *contents);
