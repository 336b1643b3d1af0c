/*
 * Numbers from text, for the kernel's command line and the debugger's commands.
 */
#pragma once

#include "lib/types.h"

/*
 * Parses the whole of `s` as decimal or, behind 0x, hexadecimal digits, followed by nothing or by
 * one of K, M and G in either case (units of 1024, 1024^2 and 1024^3): "64M", "0x1000", "4096".
 * => true with *out in bytes; false, with *out as it was, when `s` is anything else or the result
 * does not fit 64 bits.
 */
bool parse_size(const char *s, uint64_t *out);

/* The same for a plain number (no unit) that must fit 32 bits. */
bool parse_u32(const char *s, uint32_t *out);
