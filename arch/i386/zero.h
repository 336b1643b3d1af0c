/* Filling and copying whole pages, in assembly (zero_page.S), at addresses that are page aligned;
 * and looking for what is not zero. */
#pragma once

#include "lib/types.h"

void ki_zero_page_rep(void *page);
void ki_zero_page_sse(void *page); /* needs KF_XMMI */
void ki_zero_bytes(void *start, uint32_t bytes);
void ki_copy_page(void *to, const void *from);

/* => the first word from START up to END, not included, that is not zero, or END. */
static inline const uint32_t *ki_skip_zero_words(const uint32_t *start, const uint32_t *end)
{
    uint32_t words = (uint32_t)(end - start);
    bool found;

    __asm__ volatile("cmpl %%eax, %%eax\n\t" /* no words: none is found */
                     "repe scasl"
                     : "+D"(start), "+c"(words), "=@ccne"(found)
                     : "a"(0)
                     : "memory");
    return found ? start - 1 : end;
}

/* Fill a page with zeros in the quickest way this processor knows. Set by ki_choose_zero_page. */
extern void (*ki_zero_page)(void *page);
void ki_choose_zero_page(void);
