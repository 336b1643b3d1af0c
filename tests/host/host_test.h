/*
 * What every host test includes: cmocka with the headers it wants before it, and random numbers
 * that are the same in every run.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* => the next number of a xorshift sequence; the caller starts *state with anything but 0. */
static inline uint32_t host_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}
