/* Filling and copying whole pages, in assembly (zero_page.S). Addresses are page aligned. */
#pragma once

#include "lib/types.h"

void ki_zero_page_rep(void *page);
void ki_zero_page_sse(void *page); /* needs KF_XMMI */
void ki_zero_bytes(void *start, uint32_t bytes);
void ki_copy_page(void *to, const void *from);

/* Fill a page with zeros in the quickest way this processor knows. Set by ki_choose_zero_page. */
extern void (*ki_zero_page)(void *page);
void ki_choose_zero_page(void);
