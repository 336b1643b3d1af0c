/*
 * What the services return that look at memory: NtQueryVirtualMemory, NtReadVirtualMemory and
 * NtWriteVirtualMemory, NtFlushInstructionCache, NtGetWriteWatch and NtResetWriteWatch; and what
 * all services of virtual memory return when a pointer to an argument is bad.
 */
#include "status.h"

/* What is there: prepared before the rows, which name it by its address. */
#define ALLOCATED ((char *)0x08100000) /* 16 pages, of which the first 4 are committed */
#define READ_ONLY ((char *)0x08200000) /* 16 pages */
#define WATCHED   ((char *)0x08400000) /* 16 pages, of which 3 are written to, watched */
#define GUARDED   ((char *)0x08500000)
#define FREE      ((char *)0x0A000000)
#define BYTES     (16 * PAGE)

static char buffer[BYTES];

static void prepare(void)
{
    VirtualAlloc(ALLOCATED, BYTES, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(ALLOCATED, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualAlloc(READ_ONLY, BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
    VirtualAlloc(GUARDED, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    VirtualAlloc(WATCHED, BYTES, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    WATCHED[0] = WATCHED[PAGE] = WATCHED[5 * PAGE] = 1;
    make_handles(SYNCHRONIZE);
}

/* ---- NtQueryVirtualMemory ---------------------------------------------------------------------
 */

#define INFORMATION sizeof(MEMORY_BASIC_INFORMATION)

static const struct {
    enum handle_name process;
    void *address;
    ULONG information_class;
    void *buffer;
    SIZE_T length;
    NTSTATUS status;
    const char *name;
} queries[] = {
    {SELF, ALLOCATED, 0, buffer, INFORMATION, S(STATUS_SUCCESS)},
    {SELF, FREE, 0, buffer, INFORMATION + 4, S(STATUS_SUCCESS)},
    {SELF, KERNEL, 0, buffer, INFORMATION, S(STATUS_INVALID_PARAMETER)},
    {SELF, ALLOCATED, 77, buffer, INFORMATION, S(STATUS_INVALID_INFO_CLASS)},
    {SELF, ALLOCATED, 0, buffer, INFORMATION - 1, S(STATUS_INFO_LENGTH_MISMATCH)},
    {SELF, ALLOCATED, 0, NOWHERE, INFORMATION, S(STATUS_ACCESS_VIOLATION)},
    {SELF, ALLOCATED, 0, KERNEL, INFORMATION, S(STATUS_ACCESS_VIOLATION)},
    {SELF, ALLOCATED, 0, READ_ONLY, INFORMATION, S(STATUS_ACCESS_VIOLATION)},
    {SELF, ALLOCATED, 0, GUARDED, INFORMATION, S(STATUS_GUARD_PAGE_VIOLATION)},
    {NOT_OPEN, ALLOCATED, 0, buffer, INFORMATION, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, ALLOCATED, 0, buffer, INFORMATION, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, ALLOCATED, 0, buffer, INFORMATION, S(STATUS_ACCESS_DENIED)},
    {ENDED, ALLOCATED, 0, buffer, INFORMATION, S(STATUS_PROCESS_IS_TERMINATING)},
};

static void querying(void)
{
    for (size_t i = 0; i < ROWS(queries); i++)
        check_status("NtQueryVirtualMemory", i,
                     NtQueryVirtualMemory(handles[queries[i].process], queries[i].address,
                                          queries[i].information_class, queries[i].buffer,
                                          queries[i].length, NULL),
                     queries[i].status, queries[i].name);
}

/* ---- NtReadVirtualMemory, NtWriteVirtualMemory --------------------------------------------------
 */

typedef NTSTATUS(NTAPI *copy_service)(HANDLE process, void *address, void *buffer, SIZE_T bytes,
                                      SIZE_T *done);

static const struct {
    copy_service service;
    enum handle_name process;
    void *address, *buffer;
    SIZE_T bytes, done;
    NTSTATUS status;
    const char *name;
} copies[] = {
    {NtReadVirtualMemory, SELF, ALLOCATED + 1, buffer, 100, 100, S(STATUS_SUCCESS)},
    {NtReadVirtualMemory, SELF, FREE, buffer, 0, 0, S(STATUS_SUCCESS)},
    {NtReadVirtualMemory, SELF, ALLOCATED, buffer, BYTES, 4 * PAGE, S(STATUS_PARTIAL_COPY)},
    {NtReadVirtualMemory, SELF, FREE, buffer, 1, 0, S(STATUS_PARTIAL_COPY)},
    {NtReadVirtualMemory, SELF, KERNEL, buffer, 1, 0, S(STATUS_ACCESS_VIOLATION)},
    {NtReadVirtualMemory, SELF, ALLOCATED, KERNEL, 1, 0, S(STATUS_ACCESS_VIOLATION)},
    {NtReadVirtualMemory, SELF, ALLOCATED, buffer, 0xC0000000, 0, S(STATUS_ACCESS_VIOLATION)},
    {NtReadVirtualMemory, NOT_OPEN, ALLOCATED, buffer, 1, 0, S(STATUS_INVALID_HANDLE)},
    {NtReadVirtualMemory, OTHER_TYPE, ALLOCATED, buffer, 1, 0, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NtReadVirtualMemory, NO_RIGHTS, ALLOCATED, buffer, 1, 0, S(STATUS_ACCESS_DENIED)},
    {NtReadVirtualMemory, ENDED, ALLOCATED, buffer, 1, 0, S(STATUS_PROCESS_IS_TERMINATING)},
    {NtWriteVirtualMemory, SELF, ALLOCATED, buffer, PAGE, PAGE, S(STATUS_SUCCESS)},
    {NtWriteVirtualMemory, SELF, ALLOCATED + 3 * PAGE, buffer, BYTES, PAGE, S(STATUS_PARTIAL_COPY)},
    {NtWriteVirtualMemory, SELF, READ_ONLY, buffer, PAGE, 0, S(STATUS_PARTIAL_COPY)},
    {NtWriteVirtualMemory, SELF, KERNEL, buffer, 1, 0, S(STATUS_ACCESS_VIOLATION)},
    {NtWriteVirtualMemory, SELF, ALLOCATED, KERNEL, 1, 0, S(STATUS_ACCESS_VIOLATION)},
    {NtWriteVirtualMemory, NOT_OPEN, ALLOCATED, buffer, 1, 0, S(STATUS_INVALID_HANDLE)},
    {NtWriteVirtualMemory, OTHER_TYPE, ALLOCATED, buffer, 1, 0, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NtWriteVirtualMemory, NO_RIGHTS, ALLOCATED, buffer, 1, 0, S(STATUS_ACCESS_DENIED)},
    {NtWriteVirtualMemory, ENDED, ALLOCATED, buffer, 1, 0, S(STATUS_PROCESS_IS_TERMINATING)},
};

static void copying(void)
{
    for (size_t i = 0; i < ROWS(copies); i++) {
        SIZE_T done = 0;
        check_status("NtRead/WriteVirtualMemory", i,
                     copies[i].service(handles[copies[i].process], copies[i].address,
                                       copies[i].buffer, copies[i].bytes, &done),
                     copies[i].status, copies[i].name);
        CHECK_INT(done, copies[i].done);
    }
}

/* ---- NtGetWriteWatch, NtResetWriteWatch, NtFlushInstructionCache -------------------------------
 */

static const struct {
    enum handle_name process;
    ULONG flags;
    void *base;
    SIZE_T size;
    ULONG_PTR room, found;
    NTSTATUS status;
    const char *name;
} watches[] = {
    {SELF, 0, WATCHED, BYTES, 16, 3, S(STATUS_SUCCESS)},
    {SELF, 0, WATCHED, BYTES, 2, 2, S(STATUS_SUCCESS)},
    {SELF, 2, WATCHED, BYTES, 16, 16, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, 0, KERNEL, BYTES, 16, 16, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, 0, WATCHED, 0, 16, 16, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, 0, WATCHED, 0x80000000, 16, 16, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, 0, WATCHED, BYTES, 0, 0, S(STATUS_INVALID_PARAMETER_5)},
    {SELF, 0, ALLOCATED, PAGE, 16, 16, S(STATUS_INVALID_PARAMETER_1)},
    {SELF, 0, FREE, PAGE, 16, 16, S(STATUS_INVALID_PARAMETER_1)},
    {SELF, 0, WATCHED, BYTES + 1, 16, 16, S(STATUS_INVALID_PARAMETER_1)},
    {NOT_OPEN, 0, WATCHED, BYTES, 16, 16, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, 0, WATCHED, BYTES, 16, 16, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, 0, WATCHED, BYTES, 16, 16, S(STATUS_ACCESS_DENIED)},
    {ENDED, 0, WATCHED, BYTES, 16, 16, S(STATUS_PROCESS_IS_TERMINATING)},
};

static const struct {
    enum handle_name process;
    void *base;
    SIZE_T size;
    NTSTATUS status;
    const char *name;
} resets[] = {
    {SELF, KERNEL, BYTES, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, WATCHED, 0, S(STATUS_INVALID_PARAMETER_3)},
    {SELF, ALLOCATED, PAGE, S(STATUS_INVALID_PARAMETER_1)},
    {NOT_OPEN, WATCHED, BYTES, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, WATCHED, BYTES, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, WATCHED, BYTES, S(STATUS_ACCESS_DENIED)},
    {ENDED, WATCHED, BYTES, S(STATUS_PROCESS_IS_TERMINATING)},
    {SELF, WATCHED, BYTES, S(STATUS_SUCCESS)},
};

static const struct {
    enum handle_name process;
    NTSTATUS status;
    const char *name;
} flushes[] = {
    {SELF, S(STATUS_SUCCESS)},
    {NOT_OPEN, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, S(STATUS_ACCESS_DENIED)},
};

static void watching(void)
{
    for (size_t i = 0; i < ROWS(watches); i++) {
        void *addresses[16];
        ULONG_PTR count = watches[i].room;
        ULONG granularity;
        check_status("NtGetWriteWatch", i,
                     NtGetWriteWatch(handles[watches[i].process], watches[i].flags, watches[i].base,
                                     watches[i].size, addresses, &count, &granularity),
                     watches[i].status, watches[i].name);
        CHECK_INT(count, watches[i].found);
    }
    for (size_t i = 0; i < ROWS(resets); i++)
        check_status("NtResetWriteWatch", i,
                     NtResetWriteWatch(handles[resets[i].process], resets[i].base, resets[i].size),
                     resets[i].status, resets[i].name);
    for (size_t i = 0; i < ROWS(flushes); i++)
        check_status("NtFlushInstructionCache", i,
                     NtFlushInstructionCache(handles[flushes[i].process], ALLOCATED, PAGE),
                     flushes[i].status, flushes[i].name);
}

/* ---- pointers ----------------------------------------------------------------------------------
 */

static void *base = ALLOCATED;
static SIZE_T size = PAGE;
static ULONG_PTR one = 1;

static NTSTATUS allocate_base(void *bad)
{
    return NtAllocateVirtualMemory(THIS_PROCESS, bad, 0, &size, MEM_COMMIT, PAGE_READWRITE);
}

static NTSTATUS allocate_size(void *bad)
{
    return NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, bad, MEM_COMMIT, PAGE_READWRITE);
}

static NTSTATUS free_base(void *bad)
{
    return NtFreeVirtualMemory(THIS_PROCESS, bad, &size, MEM_RELEASE);
}

static NTSTATUS free_size(void *bad)
{
    return NtFreeVirtualMemory(THIS_PROCESS, &base, bad, MEM_RELEASE);
}

static NTSTATUS protect_base(void *bad)
{
    ULONG old;

    return NtProtectVirtualMemory(THIS_PROCESS, bad, &size, PAGE_READONLY, &old);
}

/* Nothing is changed when what was there cannot be said. */
static NTSTATUS protect_old(void *bad)
{
    return NtProtectVirtualMemory(THIS_PROCESS, &base, &size, PAGE_READONLY, bad);
}

static NTSTATUS lock_base(void *bad)
{
    return NtLockVirtualMemory(THIS_PROCESS, bad, &size, 1);
}

static NTSTATUS unlock_size(void *bad)
{
    return NtUnlockVirtualMemory(THIS_PROCESS, &base, bad, 1);
}

static NTSTATUS read_done(void *bad)
{
    return NtReadVirtualMemory(THIS_PROCESS, ALLOCATED, buffer, 1, bad);
}

static NTSTATUS query_returned(void *bad)
{
    return NtQueryVirtualMemory(THIS_PROCESS, ALLOCATED, 0, buffer, INFORMATION, bad);
}

static NTSTATUS watch_addresses(void *bad)
{
    WATCHED[0] = 1;
    return NtGetWriteWatch(THIS_PROCESS, 0, WATCHED, BYTES, bad, &one, (ULONG *)&size);
}

static NTSTATUS watch_count(void *bad)
{
    return NtGetWriteWatch(THIS_PROCESS, 0, WATCHED, BYTES, (void **)buffer, bad, (ULONG *)&size);
}

static NTSTATUS (*const pointers[])(void *bad) = {
    allocate_base, allocate_size, free_base, free_size,      protect_base,    protect_old,
    lock_base,     unlock_size,   read_done, query_returned, watch_addresses, watch_count};

static void bad_pointers(void)
{
    for (size_t i = 0; i < ROWS(pointers); i++) {
        check_status("nowhere", i, pointers[i](NOWHERE), S(STATUS_ACCESS_VIOLATION));
        check_status("kernel", i, pointers[i](KERNEL), S(STATUS_ACCESS_VIOLATION));
    }
    ALLOCATED[0] = 1; /* it is still there, and writable */
    CHECK_INT(base == ALLOCATED && size == PAGE, 1);
}

int main(void)
{
    prepare();
    querying();
    copying();
    watching();
    bad_pointers();
    return check_done();
}
