/*
 * Memory and C strings. On i386 the block operations are the processor's own string instructions;
 * elsewhere (host tests) plain loops. The compiler likes to turn such a loop into a call of the
 * very function it stands in; HIDE keeps it from recognising them.
 */
#include "lib/string.h"

/* Makes the compiler forget what it knows about the pointer's value, at no cost in code. */
#define HIDE(pointer) __asm__("" : "+r"(pointer))

/* Copies from the first byte to the last: right for an overlap whose destination lies below. */
static void copy_forwards(char *to, const char *from, size_t n)
{
#if defined(__i386__)
    size_t words = n >> 2;

    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    n &= 3u;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
#else
    while (n-- > 0) {
        HIDE(to);
        *to++ = *from++;
    }
#endif
}

/* Copies from the last byte to the first: right for an overlap whose destination lies above. */
static void copy_backwards(char *to, const char *from, size_t n)
{
    while (n-- > 0) {
        HIDE(to);
        to[n] = from[n];
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    copy_forwards(to, from, n);
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    /* The distance wraps to a huge number when `to` lies below. */
    if ((uintptr_t)to - (uintptr_t)from < n)
        copy_backwards(to, from, n);
    else
        copy_forwards(to, from, n);
    return to;
}

void *memchr(const void *p, int byte, size_t n)
{
    const unsigned char *at = p;

    for (size_t i = 0; i < n; i++)
        if (at[i] == (unsigned char)byte)
            return (void *)(uintptr_t)(at + i);
    return NULL;
}

void *memset(void *to, int byte, size_t n)
{
#if defined(__i386__)
    void *d = to;
    size_t words = n >> 2;
    uint32_t pattern = (uint8_t)byte * 0x01010101u;

    __asm__ volatile("rep stosl" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
    n &= 3u;
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(pattern) : "memory");
#else
    char *d = to;

    while (n-- > 0) {
        HIDE(d);
        *d++ = (char)byte;
    }
#endif
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a;
    const uint8_t *q = b;

    for (; n > 0; --n, ++p, ++q) {
        HIDE(p);
        if (*p != *q)
            return *p - *q;
    }
    return 0;
}

size_t strlen(const char *s)
{
    const char *end = s;

    while (*end != '\0') {
        ++end;
        HIDE(end);
    }
    return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t limit)
{
    size_t n = 0;

    while (n < limit && s[n] != '\0')
        ++n;
    return n;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; --n, ++a, ++b) {
        if (*a != *b || *a == '\0')
            return (uint8_t)*a - (uint8_t)*b;
    }
    return 0;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strlen(from);

    if (size > 0) {
        size_t kept = length < size ? length : size - 1;

        memcpy(to, from, kept);
        to[kept] = '\0';
    }
    return length;
}
