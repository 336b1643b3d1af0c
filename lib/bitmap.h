/*
 * The Rtl bitmap: `size` bits in an array of 32-bit words, bit i being bit i % 32 of word i / 32.
 * It hands out runs of anything that is numbered: pages of a pool, system PTEs, slots of a page
 * file. The caller owns the buffer, at least ROUND_UP(size, 32) / 8 bytes, and does the locking.
 * The bits of the last word beyond `size` are never looked at.
 *
 * Every range given to a function must lie inside the bitmap.
 */
#pragma once

#include "lib/types.h"

#define RTL_BITMAP_NONE 0xFFFFFFFFu

struct rtl_bitmap {
    uint32_t size;    /* bits */
    uint32_t *buffer; /* not owned */
};

/* Leaves the bits as they are: clear or set them all before the first use. */
void rtl_initialize_bitmap(struct rtl_bitmap *bm, uint32_t *buffer, uint32_t size);

void rtl_set_bits(struct rtl_bitmap *bm, uint32_t start, uint32_t count);
void rtl_clear_bits(struct rtl_bitmap *bm, uint32_t start, uint32_t count);

/* => whether all of the `count` bits from `start` on are set; those of an empty range are. */
bool rtl_are_bits_set(const struct rtl_bitmap *bm, uint32_t start, uint32_t count);

uint32_t rtl_number_of_set_bits(const struct rtl_bitmap *bm);

/*
 * Finds the first run of `count` clear bits that starts at `hint` or above and, failing that, the
 * first one from the start of the bitmap on. A `hint` beyond the bitmap counts as 0.
 * => the run's first bit, or RTL_BITMAP_NONE when there is no such run or `count` is 0.
 */
uint32_t rtl_find_clear_bits(const struct rtl_bitmap *bm, uint32_t count, uint32_t hint);

/* The same, and sets the bits found. */
uint32_t rtl_find_clear_bits_and_set(struct rtl_bitmap *bm, uint32_t count, uint32_t hint);

static inline bool rtl_test_bit(const struct rtl_bitmap *bm, uint32_t bit)
{
    return bm->buffer[bit >> 5] >> (bit & 31u) & 1u;
}
