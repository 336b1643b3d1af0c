/*
 * What the services return when there is nothing left: all memory that can be promised is taken
 * first, so that the kernel can have none for its own structures either. What a service had begun
 * is undone: when memory is given back everything goes on.
 */
#include "status.h"

#define AREA  0x400000u /* what a page table maps */
#define AREAS 128u
#define FIRST 0x10000000u
#define UNIT  0x10000u

static char *watched; /* 64 MB, which need many addresses to be told */
static HANDLE section;

static void take_all(char *taken[], size_t count)
{
    size_t i = 0;

    for (SIZE_T bytes = 0x40000000; bytes >= PAGE; bytes /= 2)
        while (i < count && (taken[i] = VirtualAlloc(NULL, bytes, MEM_COMMIT, PAGE_READWRITE)))
            i++;
}

static void give_back(char *taken[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (taken[i])
            VirtualFree(taken[i], 0, MEM_RELEASE);
}

/* ---- the services: each call leaves something behind, in the end more than there is ------------
 */

static uint32_t next;

/* In areas whose page tables are promised already, so that nothing is missing but the kernel's own
 * memory. */
static void *next_place(void)
{
    uint32_t area = next / (AREA / UNIT - 1), unit = 1 + next % (AREA / UNIT - 1);

    next++;
    return area < AREAS ? (void *)(FIRST + area * AREA + unit * UNIT) : NULL;
}

static NTSTATUS reserve(void)
{
    void *base = next_place();
    SIZE_T size = PAGE;

    return NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE);
}

static NTSTATUS map(void)
{
    void *base = next_place();
    SIZE_T size = 0;

    return NtMapViewOfSection(section, THIS_PROCESS, &base, 0, 0, NULL, &size, VIEW_SHARE, 0,
                              PAGE_READONLY);
}

static NTSTATUS create(void)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};
    HANDLE handle;

    return NtCreateSection(&handle, SECTION_QUERY, NULL, &size, PAGE_READWRITE, SEC_RESERVE, NULL);
}

static NTSTATUS commit(void)
{
    void *base = watched;
    SIZE_T size = 0x4000000;

    return NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
}

static NTSTATUS create_committed(void)
{
    LARGE_INTEGER size = {.QuadPart = 64 * PAGE};
    HANDLE handle;

    return NtCreateSection(&handle, SECTION_QUERY, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
}

/* Page after page of code, which costs nothing as long as it can be given up. */
static NTSTATUS lock(void)
{
    static char *next_page;
    SIZE_T size = PAGE;

    if (!next_page)
        next_page = (char *)GetModuleHandleA("ntdll.dll");
    next_page += PAGE;
    void *base = next_page;
    return NtLockVirtualMemory(THIS_PROCESS, &base, &size, 1);
}

static const struct {
    NTSTATUS (*service)(void);
    NTSTATUS status;
    const char *name;
} exhausting[] = {
    {commit, S(STATUS_COMMITMENT_LIMIT)},        {create_committed, S(STATUS_COMMITMENT_LIMIT)},
    {reserve, S(STATUS_INSUFFICIENT_RESOURCES)}, {map, S(STATUS_INSUFFICIENT_RESOURCES)},
    {create, S(STATUS_INSUFFICIENT_RESOURCES)},  {lock, S(STATUS_WORKING_SET_QUOTA)},
};

/* => the first status that is no success. */
static NTSTATUS exhaust(NTSTATUS (*service)(void))
{
    NTSTATUS status;

    do
        status = service();
    while (status >= 0);
    return status;
}

static void prepare(void)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
    watched = VirtualAlloc(NULL, 0x4000000, MEM_RESERVE, PAGE_READWRITE);
    for (uint32_t i = 0; i < AREAS; i++)
        CHECK(VirtualAlloc((void *)(FIRST + i * AREA), PAGE, MEM_RESERVE, PAGE_NOACCESS));
}

int main(void)
{
    static char *taken[64];
    NTSTATUS statuses[ROWS(exhausting)];

    prepare();
    take_all(taken, 64);
    for (size_t i = 0; i < ROWS(exhausting); i++)
        statuses[i] = exhaust(exhausting[i].service);
    give_back(taken, 64);
    for (size_t i = 0; i < ROWS(exhausting); i++)
        check_status("exhausted", i, statuses[i], exhausting[i].status, exhausting[i].name);
    CHECK_INT(reserve(), STATUS_SUCCESS);
    CHECK_INT(map(), STATUS_SUCCESS);
    CHECK_INT(create(), STATUS_SUCCESS);
    return check_done();
}
