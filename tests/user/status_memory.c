/*
 * What the services of virtual memory return: NtAllocateVirtualMemory and NtFreeVirtualMemory,
 * NtProtectVirtualMemory, NtQueryVirtualMemory, NtLockVirtualMemory and NtUnlockVirtualMemory.
 * Which of two mistakes is found first is left open by the documentation, so a row has one.
 */
#include "status.h"

/* What is there: prepared before the rows, which name it by its address. */
#define IMAGE                ((void *)0x00400000) /* this program's */
#define RESERVED             ((void *)0x08000000) /* 16 pages, of which the first 4 are committed */
#define ALLOCATED            ((void *)0x08100000) /* 16 pages */
#define READ_ONLY            ((void *)0x08200000) /* 16 pages */
#define VIEW                 ((void *)0x08300000) /* 16 pages of a section, read-only */
#define WATCHED              ((void *)0x08400000) /* 16 pages, written to and watched */
#define PHYSICAL             ((void *)0x08500000) /* 16 pages, of which none is mapped */
#define RESERVED_VIEW        ((void *)0x08600000) /* 16 pages, read-only, not committed */
#define FREE                 ((void *)0x0A000000)
#define SHARED               ((void *)0x7FFE0000) /* that everybody has */
#define ODD                  ((void *)0x08100123) /* in ALLOCATED */
#define PAGE_OF(place, page) ((void *)((ULONG_PTR)(place) + (page)*PAGE))
#define BYTES                (16 * PAGE)

static void prepare(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, BYTES, NULL);

    VirtualAlloc(RESERVED, BYTES, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(RESERVED, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualAlloc(ALLOCATED, BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    VirtualAlloc(READ_ONLY, BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
    VirtualAlloc(WATCHED, BYTES, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    VirtualAlloc(PHYSICAL, BYTES, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE);
    CHECK(MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, VIEW) == VIEW);
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0, BYTES,
                                 NULL);
    CHECK(MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, RESERVED_VIEW) == RESERVED_VIEW);
    make_handles(SYNCHRONIZE);
}

/* ---- NtAllocateVirtualMemory ------------------------------------------------------------------
 */

static const struct {
    enum handle_name process;
    void *base;
    ULONG zero_bits;
    SIZE_T size;
    ULONG type, protect;
    NTSTATUS status;
    const char *name;
} allocations[] = {
    {SELF, NULL, 0, 0x7FFE0000, MEM_RESERVE, PAGE_READWRITE, S(STATUS_NO_MEMORY)},
    {SELF, NULL, 0, 0x60000000, MEM_COMMIT, PAGE_READWRITE, S(STATUS_COMMITMENT_LIMIT)},
    {SELF, NULL, 17, 0x10000, MEM_RESERVE, PAGE_READWRITE, S(STATUS_NO_MEMORY)},
    {SELF, NULL, 22, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, NULL, 0, PAGE, 0, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_5)},
    {SELF, NULL, 0, PAGE, MEM_TOP_DOWN, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_5)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE | 0x40, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_5)},
    {SELF, NULL, 0, PAGE, MEM_RESET | MEM_COMMIT, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_5)},
    {SELF, NULL, 0, PAGE, MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE,
     S(STATUS_INVALID_PARAMETER_5)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE | MEM_COMMIT | MEM_PHYSICAL, PAGE_READWRITE,
     S(STATUS_INVALID_PARAMETER_5)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE | MEM_PHYSICAL, PAGE_READONLY, S(STATUS_INVALID_PARAMETER_6)},
    {SELF, NULL, 0, 0x400000, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE,
     S(STATUS_PRIVILEGE_NOT_HELD)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE, 0, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE, PAGE_WRITECOPY, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE, PAGE_EXECUTE_WRITECOPY, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE,
     S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, NULL, 0, PAGE, MEM_RESERVE, PAGE_NOACCESS | PAGE_GUARD,
     S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, NULL, 0, 0, MEM_RESERVE, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_4)},
    {SELF, FREE, 0, 0x80000000, MEM_RESERVE, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_4)},
    {SELF, KERNEL, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, (void *)0x1000, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, ALLOCATED, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, FREE, 0, PAGE, MEM_COMMIT, PAGE_READWRITE, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, ALLOCATED, 0, BYTES + 1, MEM_COMMIT, PAGE_READWRITE, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, PHYSICAL, 0, PAGE, MEM_COMMIT, PAGE_READWRITE, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, FREE, 0, PAGE, MEM_RESET, PAGE_READWRITE, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, VIEW, 0, PAGE, MEM_COMMIT, PAGE_READWRITE, S(STATUS_ALREADY_COMMITTED)},
    {SELF, RESERVED_VIEW, 0, PAGE, MEM_COMMIT, PAGE_READWRITE, S(STATUS_SECTION_PROTECTION)},
    {SELF, RESERVED_VIEW, 0, PAGE, MEM_COMMIT, PAGE_READONLY, S(STATUS_SUCCESS)},
    {SELF, IMAGE, 0, PAGE, MEM_RESET, PAGE_READWRITE, S(STATUS_USER_MAPPED_FILE)},
    {SELF, VIEW, 0, PAGE, MEM_RESET, PAGE_READWRITE, S(STATUS_SUCCESS)},
    {NOT_OPEN, NULL, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, NULL, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, NULL, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_ACCESS_DENIED)},
    {ENDED, NULL, 0, PAGE, MEM_RESERVE, PAGE_READWRITE, S(STATUS_PROCESS_IS_TERMINATING)},
    {SELF, ALLOCATED, 0, BYTES, MEM_COMMIT, PAGE_READWRITE, S(STATUS_SUCCESS)},
    {SELF, RESERVED, 0, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE, S(STATUS_SUCCESS)},
    {SELF, ODD, 0, PAGE, MEM_RESET, PAGE_READWRITE, S(STATUS_SUCCESS)},
};

static void allocating(void)
{
    for (size_t i = 0; i < ROWS(allocations); i++) {
        void *base = allocations[i].base;
        SIZE_T size = allocations[i].size;
        NTSTATUS status = NtAllocateVirtualMemory(handles[allocations[i].process], &base,
                                                  allocations[i].zero_bits, &size,
                                                  allocations[i].type, allocations[i].protect);
        check_status("NtAllocateVirtualMemory", i, status, allocations[i].status,
                     allocations[i].name);
        if (status < 0)
            CHECK(base == allocations[i].base && size == allocations[i].size);
    }
}

/* ---- NtFreeVirtualMemory ----------------------------------------------------------------------
 */

static const struct {
    enum handle_name process;
    void *base;
    SIZE_T size;
    ULONG type;
    NTSTATUS status;
    const char *name;
} frees[] = {
    {SELF, ALLOCATED, 0, 0, S(STATUS_INVALID_PARAMETER_4)},
    {SELF, ALLOCATED, 0, MEM_RELEASE | MEM_DECOMMIT, S(STATUS_INVALID_PARAMETER_4)},
    {SELF, KERNEL, 0, MEM_RELEASE, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, ALLOCATED, 0x80000000, MEM_RELEASE, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, FREE, 0, MEM_RELEASE, S(STATUS_MEMORY_NOT_ALLOCATED)},
    {SELF, FREE, PAGE, MEM_DECOMMIT, S(STATUS_MEMORY_NOT_ALLOCATED)},
    {SELF, PAGE_OF(ALLOCATED, 1), 0, MEM_RELEASE, S(STATUS_FREE_VM_NOT_AT_BASE)},
    {SELF, PAGE_OF(ALLOCATED, 1), 0, MEM_DECOMMIT, S(STATUS_FREE_VM_NOT_AT_BASE)},
    {SELF, ALLOCATED, BYTES + 1, MEM_RELEASE, S(STATUS_UNABLE_TO_FREE_VM)},
    {SELF, WATCHED, PAGE, MEM_RELEASE, S(STATUS_UNABLE_TO_FREE_VM)},
    {SELF, VIEW, 0, MEM_RELEASE, S(STATUS_UNABLE_TO_DELETE_SECTION)},
    {SELF, VIEW, PAGE, MEM_DECOMMIT, S(STATUS_UNABLE_TO_DELETE_SECTION)},
    {NOT_OPEN, ALLOCATED, 0, MEM_RELEASE, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, ALLOCATED, 0, MEM_RELEASE, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, ALLOCATED, 0, MEM_RELEASE, S(STATUS_ACCESS_DENIED)},
    {ENDED, ALLOCATED, 0, MEM_RELEASE, S(STATUS_PROCESS_IS_TERMINATING)},
    {SELF, PAGE_OF(RESERVED, 3), 2 * PAGE, MEM_DECOMMIT, S(STATUS_SUCCESS)},
    {SELF, PAGE_OF(RESERVED, 15), PAGE, MEM_RELEASE, S(STATUS_SUCCESS)},
};

static void freeing(void)
{
    for (size_t i = 0; i < ROWS(frees); i++) {
        void *base = frees[i].base;
        SIZE_T size = frees[i].size;
        check_status("NtFreeVirtualMemory", i,
                     NtFreeVirtualMemory(handles[frees[i].process], &base, &size, frees[i].type),
                     frees[i].status, frees[i].name);
    }
}

/* ---- NtProtectVirtualMemory -------------------------------------------------------------------
 */

static const struct {
    enum handle_name process;
    void *base;
    SIZE_T size;
    ULONG protect;
    NTSTATUS status;
    const char *name;
} protections[] = {
    {SELF, ALLOCATED, PAGE, 0, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, ALLOCATED, PAGE, 3, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, ALLOCATED, PAGE, PAGE_WRITECOPY, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, SHARED, PAGE, PAGE_READWRITE, S(STATUS_INVALID_PAGE_PROTECTION)},
    {SELF, KERNEL, PAGE, PAGE_READONLY, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, ALLOCATED, 0, PAGE_READONLY, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, ALLOCATED, 0x80000000, PAGE_READONLY, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, FREE, PAGE, PAGE_READONLY, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, ALLOCATED, BYTES + 1, PAGE_READONLY, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, PHYSICAL, PAGE, PAGE_READONLY, S(STATUS_CONFLICTING_ADDRESSES)},
    {SELF, PAGE_OF(RESERVED, 2), 4 * PAGE, PAGE_READONLY, S(STATUS_NOT_COMMITTED)},
    {NOT_OPEN, ALLOCATED, PAGE, PAGE_READONLY, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, ALLOCATED, PAGE, PAGE_READONLY, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, ALLOCATED, PAGE, PAGE_READONLY, S(STATUS_ACCESS_DENIED)},
    {ENDED, ALLOCATED, PAGE, PAGE_READONLY, S(STATUS_PROCESS_IS_TERMINATING)},
    {SELF, VIEW, PAGE, PAGE_READWRITE, S(STATUS_SECTION_PROTECTION)},
    {SELF, VIEW, PAGE, PAGE_NOACCESS, S(STATUS_SUCCESS)},
    {SELF, ODD, PAGE, PAGE_READWRITE, S(STATUS_SUCCESS)},
};

static void protecting(void)
{
    for (size_t i = 0; i < ROWS(protections); i++) {
        void *base = protections[i].base;
        SIZE_T size = protections[i].size;
        ULONG old;
        check_status("NtProtectVirtualMemory", i,
                     NtProtectVirtualMemory(handles[protections[i].process], &base, &size,
                                            protections[i].protect, &old),
                     protections[i].status, protections[i].name);
    }
}

/* ---- NtLockVirtualMemory, NtUnlockVirtualMemory ------------------------------------------------
 */

enum {
    MAP_PROCESS = 1,
    MAP_SYSTEM
};

typedef NTSTATUS(NTAPI *lock_service)(HANDLE process, void **base, SIZE_T *size, ULONG map);

/* What may not be touched any more is unlocked. */
static NTSTATUS NTAPI take_access(HANDLE process, void **base, SIZE_T *size, ULONG map)
{
    ULONG old;

    (void)map;
    return NtProtectVirtualMemory(process, base, size, PAGE_NOACCESS, &old);
}

static const struct {
    lock_service service;
    enum handle_name process;
    void *base;
    SIZE_T size;
    ULONG map;
    NTSTATUS status;
    const char *name;
} locks[] = {
    {NtLockVirtualMemory, SELF, ALLOCATED, PAGE, 0, S(STATUS_INVALID_PARAMETER)},
    {NtUnlockVirtualMemory, SELF, ALLOCATED, PAGE, 4, S(STATUS_INVALID_PARAMETER)},
    {NtLockVirtualMemory, SELF, ALLOCATED, PAGE, MAP_SYSTEM, S(STATUS_PRIVILEGE_NOT_HELD)},
    {NtLockVirtualMemory, SELF, KERNEL, PAGE, MAP_PROCESS, S(STATUS_INVALID_PARAMETER_2)},
    {NtLockVirtualMemory, SELF, ALLOCATED, 0, MAP_PROCESS, S(STATUS_INVALID_PARAMETER_3)},
    {NtLockVirtualMemory, SELF, PAGE_OF(RESERVED, 8), PAGE, MAP_PROCESS,
     S(STATUS_ACCESS_VIOLATION)},
    {NtLockVirtualMemory, SELF, FREE, PAGE, MAP_PROCESS, S(STATUS_ACCESS_VIOLATION)},
    {NtLockVirtualMemory, NOT_OPEN, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_INVALID_HANDLE)},
    {NtLockVirtualMemory, OTHER_TYPE, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NtLockVirtualMemory, NO_RIGHTS, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_ACCESS_DENIED)},
    {NtLockVirtualMemory, ENDED, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_PROCESS_IS_TERMINATING)},
    {NtUnlockVirtualMemory, SELF, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_NOT_LOCKED)},
    {NtLockVirtualMemory, SELF, ALLOCATED, 2 * PAGE, MAP_PROCESS, S(STATUS_SUCCESS)},
    {NtLockVirtualMemory, SELF, ODD, PAGE, MAP_PROCESS, S(STATUS_WAS_LOCKED)},
    {NtUnlockVirtualMemory, SELF, ALLOCATED, 3 * PAGE, MAP_PROCESS, S(STATUS_NOT_LOCKED)},
    {NtUnlockVirtualMemory, SELF, ALLOCATED, 2 * PAGE, MAP_PROCESS, S(STATUS_SUCCESS)},
    {NtUnlockVirtualMemory, SELF, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_NOT_LOCKED)},
    {NtLockVirtualMemory, SELF, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_SUCCESS)},
    {take_access, SELF, ALLOCATED, PAGE, 0, S(STATUS_WAS_UNLOCKED)},
    {NtUnlockVirtualMemory, SELF, ALLOCATED, PAGE, MAP_PROCESS, S(STATUS_NOT_LOCKED)},
};

static void locking(void)
{
    for (size_t i = 0; i < ROWS(locks); i++) {
        void *base = locks[i].base;
        SIZE_T size = locks[i].size;
        check_status("NtLock/UnlockVirtualMemory", i,
                     locks[i].service(handles[locks[i].process], &base, &size, locks[i].map),
                     locks[i].status, locks[i].name);
    }
}

int main(void)
{
    prepare();
    allocating();
    protecting();
    locking();
    freeing();
    return check_done();
}
