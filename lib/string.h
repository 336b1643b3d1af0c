/*
 * Memory and C strings: the few functions of the C library the kernel needs. memcpy, memmove,
 * memset and memcmp are also called by code the compiler makes, so they exist in every image. All
 * behave as the C standard says; strlcpy as BSD does. None of them touches a byte beyond the
 * lengths given.
 */
#pragma once

#include "lib/types.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
/* => the first byte among N from P on that is BYTE, or NULL. */
void *memchr(const void *p, int byte, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

size_t strlen(const char *s);

/* => the length of `s`, or `limit` when no terminator is among the first `limit` bytes. */
size_t strnlen(const char *s, size_t limit);

int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/*
 * Copies `from` into the `size` bytes at `to`, cut to fit and always terminated unless `size` is 0.
 * => the length of `from`: the copy was cut when that is `size` or more.
 */
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);
