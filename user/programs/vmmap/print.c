/*
 * The lines of vmmap: regions as VirtualQueryEx has them, pages as tokos_query_page does.
 */
#include <stdio.h>
#include <string.h>
#include "user/programs/vmmap/vmmap.h"
#include "user/tokos/tokos.h"

#define TABLE_BYTES   0x400000u /* what one page table maps */
#define PDE_VALID     1u
#define ROW_NAME      "%-10s"
#define ROW_OF_TOTALS ROW_NAME " %12lu %12lu %12lu\n"

enum type {
    IMAGE,
    MAPPED,
    PRIVATE,
    TYPES
};

static const char *const type_names[TYPES] = {"image", "mapped", "private"};

struct totals {
    SIZE_T committed[TYPES], reserved[TYPES], charged[TYPES], free;
};

static enum type type_of(const MEMORY_BASIC_INFORMATION *info)
{
    return info->Type == MEM_IMAGE ? IMAGE : info->Type == MEM_MAPPED ? MAPPED : PRIVATE;
}

/* The constant of <windows.h> without PAGE_, and its modifiers; TEXT has room for them. */
static const char *protection_name(DWORD protect, char text[32])
{
    static const char *const bases[] = {
        "NOACCESS", "READONLY",     "READWRITE",         "WRITECOPY",
        "EXECUTE",  "EXECUTE_READ", "EXECUTE_READWRITE", "EXECUTE_WRITECOPY",
    };

    strcpy(text, "-");
    for (unsigned i = 0; i < 8; i++)
        if (protect & (1u << i))
            strcpy(text, bases[i]);
    if (protect & PAGE_GUARD)
        strcat(text, "+GUARD");
    if (protect & PAGE_NOCACHE)
        strcat(text, "+NOCACHE");
    return text;
}

static void print_free(const MEMORY_BASIC_INFORMATION *info)
{
    printf("%p %8lu free    -       -                       -\n", info->BaseAddress,
           (unsigned long)(info->RegionSize / 1024));
}

static void print_region(const MEMORY_BASIC_INFORMATION *info)
{
    char now[32], allocated[32];
    const char *name = vmmap_name(info->AllocationBase);

    printf("%p %8lu %-7s %-7s %-23s ", info->BaseAddress, (unsigned long)(info->RegionSize / 1024),
           info->State == MEM_COMMIT ? "commit" : "reserve", type_names[type_of(info)],
           protection_name(info->Protect, now));
    protection_name(info->AllocationProtect, allocated);
    if (*name)
        printf("%-17s %s\n", allocated, name);
    else
        printf("%s\n", allocated);
}

static void print_page(const char *va, const struct tokos_page *page)
{
    printf("  %p %-11s %08x %08x ", va, tokos_pte_kind_name(page->pte_kind), (unsigned)page->pte,
           (unsigned)page->pde);
    if (page->frame == TOKOS_NO_FRAME)
        printf("%5s %6s %5s %-10s", "-", "-", "-", "-");
    else
        printf("%05x %6u %5u %-10s", (unsigned)page->frame, (unsigned)page->share_count,
               (unsigned)page->reference_count, tokos_list_name(page->list));
    if (page->vad_type == TOKOS_VAD_IMAGE || page->vad_type == TOKOS_VAD_MAPPED)
        printf(" %-11s %08x\n", tokos_pte_kind_name(page->prototype_kind),
               (unsigned)page->prototype);
    else
        printf(" -\n");
}

/* Those that have an entry or a frame. Where there is no page table private memory has none. */
static void print_pages(HANDLE process, const MEMORY_BASIC_INFORMATION *info)
{
    const char *va = info->BaseAddress, *end = va + info->RegionSize;
    struct tokos_page page;

    while (va < end && tokos_query_page(process, va, &page)) {
        if (page.pte || page.frame != TOKOS_NO_FRAME)
            print_page(va, &page);
        if (!(page.pde & PDE_VALID) && page.vad_type == TOKOS_VAD_PRIVATE)
            va = (const char *)(((ULONG_PTR)va | (TABLE_BYTES - 1)) + 1);
        else
            va += TOKOS_PAGE_BYTES;
    }
}

static void count_region(HANDLE process, const MEMORY_BASIC_INFORMATION *info,
                         struct totals *totals)
{
    struct tokos_page page;

    if (info->State == MEM_FREE) {
        totals->free += info->RegionSize;
        return;
    }
    enum type type = type_of(info);
    *(info->State == MEM_COMMIT ? &totals->committed[type] : &totals->reserved[type]) +=
        info->RegionSize;
    if (info->BaseAddress == info->AllocationBase &&
        tokos_query_page(process, info->BaseAddress, &page))
        totals->charged[type] += (SIZE_T)page.vad_commit * TOKOS_PAGE_BYTES;
}

static void print_totals(const struct totals *totals)
{
    SIZE_T committed = 0, reserved = 0, charged = 0;

    printf("\n" ROW_NAME " %12s %12s %12s\n", "KB", "committed", "reserved", "charged");
    for (unsigned i = 0; i < TYPES; i++) {
        printf(ROW_OF_TOTALS, type_names[i], (unsigned long)totals->committed[i] / 1024,
               (unsigned long)totals->reserved[i] / 1024, (unsigned long)totals->charged[i] / 1024);
        committed += totals->committed[i];
        reserved += totals->reserved[i];
        charged += totals->charged[i];
    }
    printf(ROW_OF_TOTALS, "total", (unsigned long)committed / 1024, (unsigned long)reserved / 1024,
           (unsigned long)charged / 1024);
    printf(ROW_NAME " %12lu\n", "free", (unsigned long)totals->free / 1024);
}

static void print_heading(int pages)
{
    printf("%-8s %8s %-7s %-7s %-23s %-17s %s\n", "address", "KB", "state", "type", "protection",
           "allocated as", "name");
    if (pages)
        printf("  %-8s %-11s %-8s %-8s %5s %6s %5s %-10s %s\n", "page", "kind", "PTE", "PDE",
               "frame", "share", "refs", "list", "prototype");
}

BOOL vmmap_print(HANDLE process, int pages)
{
    MEMORY_BASIC_INFORMATION info;
    struct totals totals = {{0}, {0}, {0}, 0};
    const char *at = NULL;

    if (!VirtualQueryEx(process, at, &info, sizeof(info)))
        return FALSE;
    vmmap_learn_names(process);
    print_heading(pages);
    while (VirtualQueryEx(process, at, &info, sizeof(info))) {
        if (info.State == MEM_FREE)
            print_free(&info);
        else
            print_region(&info);
        if (pages && info.State != MEM_FREE)
            print_pages(process, &info);
        count_region(process, &info, &totals);
        at = (const char *)info.BaseAddress + info.RegionSize;
    }
    print_totals(&totals);
    return TRUE;
}
