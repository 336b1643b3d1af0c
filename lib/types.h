/*
 * The words every floor of the house shares: fixed-width integers, frame numbers, and the small
 * arithmetic of pages. Compiles on the host too (64-bit), so nothing here assumes a pointer's
 * width.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT       12u
#define PAGE_SIZE        4096u
#define LARGE_PAGE_SHIFT 22u
#define LARGE_PAGE_SIZE  0x400000u
#define LARGE_PAGE_PAGES 1024u /* 4 KB pages in a large page */

/* A page frame number: physical address divided by PAGE_SIZE. 20 bits are used without PAE. */
typedef uint32_t pfn_t;

#define ARRAY_SIZE(a)          (sizeof(a) / sizeof((a)[0]))
#define ROUND_DOWN(x, to)      ((x) & ~((__typeof__(x))(to)-1))
#define ROUND_UP(x, to)        ROUND_DOWN((x) + ((__typeof__(x))(to)-1), to)
#define BYTES_TO_PAGES(b)      (((b) + PAGE_SIZE - 1u) >> PAGE_SHIFT)
#define CONTAINER_OF(p, t, m)  ((t *)((char *)(p)-offsetof(t, m)))
#define NORETURN               __attribute__((noreturn))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define likely(x)              __builtin_expect(!!(x), 1)
#define ALWAYS_INLINE          inline __attribute__((always_inline))
#define unlikely(x)            __builtin_expect(!!(x), 0)
