/*
 * The Rtl bitmap. Every operation works on whole 32-bit words, so that a search passes over full
 * (or empty) stretches 32 bits at a time.
 */
#include "lib/bitmap.h"

#define BITS_PER_WORD 32u
#define ALL_ONES      0xFFFFFFFFu

/* What a walk over bits looks for: words are compared after being XORed with it. */
#define LOOK_FOR_SET   0u
#define LOOK_FOR_CLEAR ALL_ONES

void rtl_initialize_bitmap(struct rtl_bitmap *bm, uint32_t *buffer, uint32_t size)
{
    bm->size = size;
    bm->buffer = buffer;
}

/* => the mask of up to `count` bits from bit `start % 32` on that lie in one word; *taken is their
 * number. */
static uint32_t mask_in_word(uint32_t start, uint32_t count, uint32_t *taken)
{
    uint32_t shift = start % BITS_PER_WORD;
    uint32_t room = BITS_PER_WORD - shift;

    *taken = count < room ? count : room;
    return ALL_ONES >> (BITS_PER_WORD - *taken) << shift;
}

void rtl_set_bits(struct rtl_bitmap *bm, uint32_t start, uint32_t count)
{
    uint32_t taken;

    for (; count > 0; start += taken, count -= taken)
        bm->buffer[start / BITS_PER_WORD] |= mask_in_word(start, count, &taken);
}

void rtl_clear_bits(struct rtl_bitmap *bm, uint32_t start, uint32_t count)
{
    uint32_t taken;

    for (; count > 0; start += taken, count -= taken)
        bm->buffer[start / BITS_PER_WORD] &= ~mask_in_word(start, count, &taken);
}

/* => the first bit of the wanted kind in [from, limit), or `limit`. */
static uint32_t next_bit(const struct rtl_bitmap *bm, uint32_t from, uint32_t limit, uint32_t kind)
{
    const uint32_t *word = &bm->buffer[from / BITS_PER_WORD];
    uint32_t base = ROUND_DOWN(from, BITS_PER_WORD);
    uint32_t bits, found;

    if (from >= limit)
        return limit;
    bits = (*word ^ kind) & ALL_ONES << from % BITS_PER_WORD;
    while (bits == 0) {
        if (limit - base <= BITS_PER_WORD)
            return limit;
        base += BITS_PER_WORD;
        bits = *++word ^ kind;
    }
    found = base + (uint32_t)__builtin_ctz(bits);
    return found < limit ? found : limit;
}

bool rtl_are_bits_set(const struct rtl_bitmap *bm, uint32_t start, uint32_t count)
{
    return next_bit(bm, start, start + count, LOOK_FOR_CLEAR) == start + count;
}

/* Adds neighbouring bits, then pairs, then fours; the product sums the four bytes in its top byte.
 */
static uint32_t count_ones(uint32_t word)
{
    word -= word >> 1 & 0x55555555u;
    word = (word & 0x33333333u) + (word >> 2 & 0x33333333u);
    word = (word + (word >> 4)) & 0x0F0F0F0Fu;
    return word * 0x01010101u >> 24;
}

uint32_t rtl_number_of_set_bits(const struct rtl_bitmap *bm)
{
    uint32_t words = bm->size / BITS_PER_WORD;
    uint32_t rest = bm->size % BITS_PER_WORD;
    uint32_t ones = 0;

    for (uint32_t i = 0; i < words; ++i)
        ones += count_ones(bm->buffer[i]);
    if (rest > 0)
        ones += count_ones(bm->buffer[words] << (BITS_PER_WORD - rest));
    return ones;
}

/* => the first run of `count` clear bits that lies in [from, limit), or RTL_BITMAP_NONE. */
static uint32_t find_clear_run(const struct rtl_bitmap *bm, uint32_t count, uint32_t from,
                               uint32_t limit)
{
    while (limit - from >= count) {
        uint32_t start = next_bit(bm, from, limit, LOOK_FOR_CLEAR);

        if (limit - start < count)
            break;
        from = next_bit(bm, start, start + count, LOOK_FOR_SET);
        if (from == start + count)
            return start;
    }
    return RTL_BITMAP_NONE;
}

uint32_t rtl_find_clear_bits(const struct rtl_bitmap *bm, uint32_t count, uint32_t hint)
{
    uint32_t found, second_limit;

    if (count == 0)
        return RTL_BITMAP_NONE;
    if (hint >= bm->size)
        hint = 0;
    found = find_clear_run(bm, count, hint, bm->size);
    if (found != RTL_BITMAP_NONE || hint == 0)
        return found;

    /* From the start: the run may reach over the hint, but must begin below it. */
    second_limit = bm->size - hint < count ? bm->size : hint + count - 1;
    return find_clear_run(bm, count, 0, second_limit);
}

uint32_t rtl_find_clear_bits_and_set(struct rtl_bitmap *bm, uint32_t count, uint32_t hint)
{
    uint32_t found = rtl_find_clear_bits(bm, count, hint);

    if (found != RTL_BITMAP_NONE)
        rtl_set_bits(bm, found, count);
    return found;
}
