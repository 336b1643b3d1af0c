/*
 * For programs that mean harm: the places where they do not belong, what an instruction there
 * causes, and whether the kernel's counters are what they were afterwards.
 */
#pragma once

#include "nt.h"
#include "crt/check.h"
#include "frames.h"
#include "../../mm/layout.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NOT_KNOWN    0xFFFFFFFFu /* ExceptionInformation[1] of what is no page fault */
#define HIGHEST_USER ((ULONG_PTR)MM_HIGHEST_USER_ADDRESS)

/* Of the kernel, or of nobody; one of each region, mapped or not. */
static const struct {
    const char *name;
    ULONG_PTR at;
} kernel_places[] = {
    {"the first byte behind user space", MM_HIGHEST_USER_ADDRESS + 1u},
    {"the last byte before the system's", MM_SYSTEM_RANGE_START - 1u},
    {"the first byte of the system", MM_SYSTEM_RANGE_START},
    {"the page table of page 0", PTE_BASE},
    {"the page table of the program", PTE_BASE + (0x400000 >> 12) * 4},
    {"the page table of the kernel", PTE_BASE + (KERNEL_BASE >> 12) * 4},
    {"the page directory", PDE_BASE},
    {"the page directory's entry of itself", PDE_BASE + PDE_SELF_MAP_INDEX * 4},
    {"hyperspace", HYPER_SPACE},
    {"the system cache", MM_SYSTEM_CACHE_START},
    {"special pool", MM_SPECIAL_POOL_START},
    {"large pages", MM_LARGE_PAGE_START},
    {"the kernel's first page", KERNEL_BASE + KERNEL_PHYSICAL},
    {"the kernel's code", KERNEL_BASE + KERNEL_PHYSICAL + 0x10000},
    {"the kernel's end", KERNEL_END},
    {"paged pool", MM_PAGED_POOL_START},
    {"system PTEs", MM_SYSTEM_PTE_START},
    {"the PFN database", MM_PFN_DATABASE},
    {"nonpaged pool's end", MM_NONPAGED_POOL_LIMIT},
    {"the screen", MM_VGA_TEXT},
    {"the local APIC", MM_LOCAL_APIC},
    {"the last word", 0xFFFFFFFC},
    {"the last byte", 0xFFFFFFFF},
};

/* The end of what services take for user space: on a machine with userva=3072, which the word
 * "wide" tells, it is that of the largest program. This program's own ends at HIGHEST_USER. */
static ULONG_PTR probed = HIGHEST_USER;

static inline void read_words(int count, char **words)
{
    if (count > 1 && !strcmp(words[1], "wide"))
        probed = MM_HIGHEST_LARGE_ADDRESS;
}

/* => what a service says of BYTES at AT, where nothing is: ANSWER, if that is user space. */
static inline NTSTATUS answer_at(ULONG_PTR at, ULONG bytes, NTSTATUS answer)
{
    return at <= probed && probed - at >= bytes - 1 ? answer : STATUS_ACCESS_VIOLATION;
}

/* ---- what an instruction causes ----------------------------------------------------------------
 */

static EXCEPTION_RECORD caught; /* the last exception; zeros: none came */
static CONTEXT caught_context;

static LONG catch_any(EXCEPTION_RECORD *record, CONTEXT *context)
{
    caught = *record;
    caught_context = *context;
    return EXCEPTION_EXECUTE_HANDLER;
}

/* ACT, WITH an argument. => the code of the exception that it causes, or 0. */
static inline DWORD exception_of(void (*act)(ULONG_PTR), ULONG_PTR with)
{
    struct frame frame;

    memset(&caught, 0, sizeof(caught));
    if (TRY(&frame, catch_any))
        act(with);
    LEAVE(&frame);
    return caught.ExceptionCode;
}

/* => whether the last exception was a violation by an ACCESS (0: read, 1: write) to AT. */
static inline int violated(ULONG_PTR access, ULONG_PTR at)
{
    return caught.ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION && caught.ExceptionFlags == 0 &&
           caught.NumberParameters == 2 && caught.ExceptionInformation[0] == access &&
           caught.ExceptionInformation[1] == at;
}

static inline void print_caught(const char *what)
{
    printf("# %s: %08lX at %p, %lu parameters: %lX %lX\n", what, caught.ExceptionCode,
           caught.ExceptionAddress, caught.NumberParameters,
           (unsigned long)caught.ExceptionInformation[0],
           (unsigned long)caught.ExceptionInformation[1]);
}

/* Many of a kind are one check: it says which were wrong. */
static int wrong;

static inline void expect(int right, const char *what)
{
    if (right)
        return;
    wrong++;
    print_caught(what);
}

static inline void check_all(const char *name)
{
    check_int_(name, wrong, 0);
    wrong = 0;
}

/* UMIP: SGDT, SIDT, SLDT, STR and SMSW are privileged (Intel SDM volume 3, section 2.5). The kernel
 * switches it on where it is there. */
static inline int has_umip(void)
{
    ULONG leaf = 0, part = 0, ebx, edx;

    __asm__("cpuid" : "+a"(leaf), "=b"(ebx), "+c"(part), "=d"(edx));
    if (leaf < 7)
        return 0;
    leaf = 7, part = 0;
    __asm__("cpuid" : "+a"(leaf), "=b"(ebx), "+c"(part), "=d"(edx));
    return part >> 2 & 1;
}

/* ---- any service -------------------------------------------------------------------------------
 */

static inline NTSTATUS call(FARPROC service, unsigned count, const ULONG *arguments)
{
    NTSTATUS status;

    __asm__ volatile("movl %%esp, %%edi\n"
                     "1: subl $1, %1\n\t"
                     "js 2f\n\t"
                     "pushl (%2,%1,4)\n\t"
                     "jmp 1b\n"
                     "2: call *%3\n\t"
                     "movl %%edi, %%esp"
                     : "=a"(status), "+c"(count)
                     : "d"(arguments), "b"(service)
                     : "edi", "memory", "cc");
    return status;
}

/* ---- the kernel's counters ---------------------------------------------------------------------
 */

static inline struct tokos_counters kernel_counters(void)
{
    static query_counters_service query;
    struct tokos_counters now;

    if (!query)
        query = (query_counters_service)(void *)tokos_service("NtTokosQueryCounters");
    memset(&now, 0, sizeof(now));
    query(&now);
    return now;
}

static inline uint32_t pool_pages(const struct tokos_counters *counters)
{
    return counters->nonpaged_pool_pages + counters->paged_pool_pages;
}

static inline uint32_t pages_but_for_pool(const struct tokos_counters *counters)
{
    return counters->committed_pages - pool_pages(counters);
}

/* What has ended goes a little later, so that it may take a few looks. Pool may have a page more,
 * as blocks that stay lie now here and now there. */
static inline void check_nothing_lost(const struct tokos_counters *before)
{
    struct tokos_counters now = kernel_counters();

    for (int tries = 0; tries < 40 && (now.committed_pages != before->committed_pages ||
                                       now.free_system_ptes != before->free_system_ptes);
         tries++) {
        Sleep(10);
        now = kernel_counters();
    }
    CHECK_INT(pages_but_for_pool(&now) - (LONGLONG)pages_but_for_pool(before), 0);
    CHECK(pool_pages(&now) <= pool_pages(before) + 1);
    CHECK_INT(now.free_system_ptes - (LONGLONG)before->free_system_ptes, 0);
}

/* The lowest handle that is free: what is lost changes it. */
static inline HANDLE next_handle(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    CloseHandle(event);
    return event;
}

/* ---- what cannot be survived -------------------------------------------------------------------
 */

/* This program again, with WORDS: what it does there is its end. => its exit code. */
static inline DWORD exit_code_of(const char *words)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char line[2 * MAX_PATH], name[MAX_PATH];
    DWORD code = ~0u;

    GetModuleFileNameA(NULL, name, sizeof(name));
    sprintf(line, "\"%s\" %s", name, words);
    if (!CreateProcessA(name, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info))
        return ~0u;
    WaitForSingleObject(info.hProcess, INFINITE);
    GetExitCodeProcess(info.hProcess, &code);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
    return code;
}
