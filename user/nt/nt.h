/*
 * The native interface as our DLLs use it: mingw's <windows.h>, <winternl.h> and <ntstatus.h>, and
 * what they leave out. A DLL includes this first; it brings the types, not the functions.
 */
#pragma once

#define WIN32_LEAN_AND_MEAN
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(a)              (sizeof(a) / sizeof((a)[0]))
#define CONTAINER(p, type, link) ((type *)((char *)(p)-offsetof(type, link)))
#define ROUND_UP_TO(x, to)       (((x) + (to)-1) & ~((ULONG_PTR)(to)-1))

#define PAGE_BYTES       0x1000u
#define HIGHEST_USER_PTR ((void *)0x7FFEFFFF)

/* Pseudo-handles. */
#define CURRENT_PROCESS ((HANDLE)-1)
#define CURRENT_THREAD  ((HANDLE)-2)

/* => whether STATUS is a failure or a warning: what kernel32 tells its callers as an error. */
static inline bool nt_failed(NTSTATUS status)
{
    return status < 0;
}

static inline bool list_is_empty(const LIST_ENTRY *head)
{
    return head->Flink == head;
}

static inline void list_initialize(LIST_ENTRY *head)
{
    head->Flink = head->Blink = head;
}

static inline void list_insert_tail(LIST_ENTRY *head, LIST_ENTRY *entry)
{
    entry->Flink = head;
    entry->Blink = head->Blink;
    head->Blink->Flink = entry;
    head->Blink = entry;
}

static inline void list_remove(LIST_ENTRY *entry)
{
    entry->Blink->Flink = entry->Flink;
    entry->Flink->Blink = entry->Blink;
}
