/*
 * mem*: copying, filling, comparing and searching bytes. The compiler also calls the first four for
 * what it makes of our own code, so they must not be compiled into calls of themselves: see
 * -fno-tree-loop-distribute-patterns in mk/user.mk.
 */
#include <ctype.h>
#include "crt.h"

void *__cdecl memcpy(void *__restrict__ to, const void *__restrict__ from, size_t size)
{
    void *start = to;
    size_t words = size / 4;

    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    size &= 3;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return start;
}

/* msvcrt's memcpy works as memmove does, but nobody may count on it. */
void *__cdecl memmove(void *to, const void *from, size_t size)
{
    unsigned char *last_to = (unsigned char *)to + size - 1;
    const unsigned char *last_from = (const unsigned char *)from + size - 1;

    if ((uintptr_t)to - (uintptr_t)from >= size)
        return memcpy(to, from, size);
    __asm__ volatile("std\n\t"
                     "rep movsb\n\t"
                     "cld"
                     : "+D"(last_to), "+S"(last_from), "+c"(size)
                     :
                     : "memory", "cc");
    return to;
}

void *__cdecl memset(void *to, int value, size_t size)
{
    void *start = to;
    size_t words = size / 4;
    unsigned pattern = (unsigned char)value * 0x01010101u;

    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    size &= 3;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(pattern) : "memory");
    return start;
}

int __cdecl memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left;
    const unsigned char *b = right;

    for (; size > 0; size--, a++, b++) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
    }
    return 0;
}

int __cdecl _memicmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left;
    const unsigned char *b = right;

    for (; size > 0; size--, a++, b++) {
        if (tolower(*a) != tolower(*b))
            return tolower(*a) - tolower(*b);
    }
    return 0;
}

void *__cdecl memchr(const void *block, int value, size_t size)
{
    const unsigned char *p = block;

    for (; size > 0; size--, p++) {
        if (*p == (unsigned char)value)
            return (void *)p;
    }
    return NULL;
}

/* Copies up to and with the first VALUE. => the byte after its copy, or NULL if there was none. */
void *__cdecl _memccpy(void *to, const void *from, int value, size_t size)
{
    unsigned char *p = to;
    const unsigned char *q = from;

    while (size-- > 0) {
        *p++ = *q;
        if (*q++ == (unsigned char)value)
            return p;
    }
    return NULL;
}

/* Exchanges each two bytes; an odd last one is left out. */
void __cdecl _swab(char *from, char *to, int size)
{
    for (; size > 1; size -= 2, from += 2, to += 2) {
        char first = from[0];

        to[0] = from[1];
        to[1] = first;
    }
}
