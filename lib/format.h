/*
 * printf-style formatting without a C library. Understands %% %c %s %d %i %u %o %x %X %p with the
 * flags - 0 + space #, a width and a precision (each a number or *), and the lengths hh h l ll z.
 * %p prints every digit of the pointer in lower-case hexadecimal, without 0x. A NULL string prints
 * as
 * "(null)". Width and precision are capped at FORMAT_LIMIT. A conversion outside this list is
 * printed as it stands and consumes no argument beyond those its '*' took.
 */
#pragma once

#include <stdarg.h>

#include "lib/types.h"

#define FORMAT_LIMIT 65535

/* Formats into `put`, called once a character with `ctx`. => the number of characters. */
int format(void (*put)(void *ctx, char c), void *ctx, const char *fmt, va_list ap);

/*
 * Formats into the `size` bytes at `buf`, cut to fit and always terminated unless `size` is 0.
 * => the length the whole text has: it was cut when that is `size` or more.
 */
int vsnformat(char *buf, size_t size, const char *fmt, va_list ap);
int snformat(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
