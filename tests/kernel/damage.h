/* Damage for the tests of mm_verify: done, seen, named, and undone. */
#pragma once

#include "mm/mm.h"
#include "tests/kernel/ktest.h"

/* => whether mm_verify finds something and says WORDS of it. */
bool ktest_verify_says(const char *words);

/* Flip bits at a place, verify, flip them back. => whether that was seen, and said in WORDS, and
 * all is well again. */
#define ktest_sees(words, place, bits)         \
    ({                                         \
        uint32_t bits_ = (bits);               \
        (place) ^= bits_;                      \
        bool seen_ = ktest_verify_says(words); \
        (place) ^= bits_;                      \
        seen_ &&mm_verify(NULL) == 0;          \
    })

/* The same, for a place that gets another VALUE. */
#define ktest_sees_value(words, place, value)  \
    ({                                         \
        __typeof__(place) before_ = (place);   \
        (place) = (value);                     \
        bool seen_ = ktest_verify_says(words); \
        (place) = before_;                     \
        seen_ &&mm_verify(NULL) == 0;          \
    })
