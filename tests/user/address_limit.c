/*
 * Where user space begins and ends. This program is not linked to be large-address aware: it ends
 * at 2 GB, whatever the boot option userva says.
 */
#include <windows.h>
#include "crt/check.h"

#define LOWEST  0x00010000u
#define HIGHEST 0x7FFEFFFFu
#define UNIT    0x10000u

static void *allocate(ULONG_PTR at)
{
    return VirtualAlloc((void *)at, UNIT, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

/* Regions follow each other without a gap, from 0 up to the end and no further. */
static void regions(void)
{
    MEMORY_BASIC_INFORMATION info;
    ULONG_PTR at = 0;
    unsigned wrong = 0;

    while (VirtualQuery((void *)at, &info, sizeof(info))) {
        wrong += (ULONG_PTR)info.BaseAddress != at || !info.RegionSize;
        if (at == 0)
            CHECK_INT(info.State, MEM_FREE);
        at += info.RegionSize;
    }
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(wrong, 0);
    CHECK_INT(at, HIGHEST + 1);
}

static void ends(void)
{
    CHECK(allocate(1) == NULL); /* rounded down it would be 0 */
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK(allocate(HIGHEST + 1) == NULL);
    CHECK(allocate(0x80000000) == NULL);
    CHECK(allocate(0x90000000) == NULL);
    CHECK(IsBadReadPtr((void *)(LOWEST - 1), 1));
    CHECK(IsBadReadPtr((void *)(HIGHEST + 1), 1));
    CHECK(IsBadReadPtr((void *)0x7FFFFFFF, 1));
    CHECK(IsBadReadPtr((void *)0x80000000, 1));
    char *low = VirtualAlloc(NULL, UNIT, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK((ULONG_PTR)low >= LOWEST);
}

/* The highest free place of 64 KB is found from above, and can be used. */
static void from_above(void)
{
    MEMORY_BASIC_INFORMATION info;
    ULONG_PTR at = 0, expected = 0;

    for (; VirtualQuery((void *)at, &info, sizeof(info)); at += info.RegionSize) {
        ULONG_PTR last = (at + info.RegionSize - UNIT) & ~(ULONG_PTR)(UNIT - 1);
        if (info.State == MEM_FREE && info.RegionSize >= UNIT && last >= at && last >= LOWEST)
            expected = last;
    }
    char *highest =
        VirtualAlloc(NULL, UNIT, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READWRITE);
    CHECK_INT((ULONG_PTR)highest, expected);
    CHECK((ULONG_PTR)highest > 0x7F000000);
    highest[UNIT - 1] = 1;
    CHECK_INT(highest[UNIT - 1], 1);
}

/* Read-only, the same for all, and there to stay. */
static void shared_data(void)
{
    void *page = (void *)0x7FFE0000;
    DWORD old;

    CHECK(!IsBadReadPtr(page, 4096));
    CHECK(IsBadWritePtr(page, 1));
    CHECK_INT(*(volatile DWORD *)0x7FFE026C, 5); /* NtMajorVersion, NtMinorVersion */
    CHECK_INT(*(volatile DWORD *)0x7FFE0270, 2);
    CHECK(!VirtualProtect(page, 4096, PAGE_READWRITE, &old));
    CHECK(!VirtualFree(page, 0, MEM_RELEASE));
    CHECK(!UnmapViewOfFile(page));
}

int main(void)
{
    regions();
    ends();
    from_above();
    shared_data();
    return check_done();
}
