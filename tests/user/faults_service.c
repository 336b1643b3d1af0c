/*
 * Page faults that the kernel takes: system services read and write what the program points to.
 * They are the program's own faults, counted as such; what cannot be resolved is the service's
 * status, and no exception. An address that is not the program's is not touched at all.
 */
#include "faults.h"

static NTSTATUS status; /* of the service */

/* 8 bytes go to AT, written by the kernel. */
static void write_by_service(char *at)
{
    status = NtQuerySystemTime((LARGE_INTEGER *)(void *)at);
}

static char *kernel_memory(DWORD type, DWORD protect)
{
    return VirtualAlloc(NULL, 2 * PAGE, type, protect);
}

static char *fresh(void)
{
    return kernel_memory(MEM_COMMIT, PAGE_READWRITE);
}

static char *guard(void)
{
    return kernel_memory(MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
}

static char *read_only(void)
{
    char *at = kernel_memory(MEM_COMMIT, PAGE_READONLY);

    read_at(at);
    return at;
}

static char *no_access(void)
{
    return kernel_memory(MEM_COMMIT, PAGE_NOACCESS);
}

static char *reserved(void)
{
    return kernel_memory(MEM_RESERVE, PAGE_READWRITE);
}

static char *was_no_access(void)
{
    DWORD old;
    char *at = fresh();

    write_at(at);
    VirtualProtect(at, PAGE, PAGE_NOACCESS, &old);
    VirtualProtect(at, PAGE, PAGE_READWRITE, &old);
    return at;
}

static char *view(DWORD access)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 2 * PAGE, NULL);
    char *at = MapViewOfFile(section, access, 0, 0, 0);

    CloseHandle(section);
    return at;
}

static char *fresh_view(void)
{
    return view(FILE_MAP_WRITE);
}

static char *copy(void)
{
    return view(FILE_MAP_COPY);
}

static char *page_table(void)
{
    return (char *)0xC0000000;
}

static const struct {
    struct fault_case fault;
    NTSTATUS status;
} cases[] = {
    {{"demand zero", fresh, write_by_service, "demand-zero", 0, 0, "zero, rw",
      "valid active 1, rw"},
     STATUS_SUCCESS},
    {{"transition", was_no_access, write_by_service, "transition", 0, 0,
      "transition modified 0, rw", "valid active 1, rw"},
     STATUS_SUCCESS},
    {{"view", fresh_view, write_by_service, "demand-zero", 0, 0, "zero/demand-zero, rw",
      "valid/valid active 1, rw"},
     STATUS_SUCCESS},
    {{"copy-on-write", copy, write_by_service, "demand-zero copy-on-write", 0, 0,
      "zero/demand-zero, rc", "valid/transition active 1, rw"},
     STATUS_SUCCESS},
    {{"guard", guard, write_by_service, "guard-page", 0, 0, "zero, rw guard", "demand-zero, rw"},
     STATUS_GUARD_PAGE_VIOLATION},
    {{"read-only", read_only, write_by_service, "read-only", 0, 0, "valid active 1, r",
      "valid active 1, r"},
     STATUS_ACCESS_VIOLATION},
    {{"no access", no_access, write_by_service, "no-access", 0, 0, "zero, none", "zero, none"},
     STATUS_ACCESS_VIOLATION},
    {{"reserved", reserved, write_by_service, "user-address", 0, 0, "zero, -", "zero, -"},
     STATUS_ACCESS_VIOLATION},
};

/* Found by looking at the address: there is no fault. */
static void not_probed(void)
{
    char text[TEXT_BYTES];

    CHECK_INT(count_faults(write_by_service, page_table()), 0);
    describe_faults(text);
    CHECK_STR(text, "");
    CHECK_INT(status, STATUS_ACCESS_VIOLATION);
}

/* ---- other services ---------------------------------------------------------------------------
 */

/* Locking brings the page in, though nobody touches it. */
static void lock(char *at)
{
    status = VirtualLock(at, PAGE) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static void locking(void)
{
    char text[TEXT_BYTES], *at = fresh();
    struct tokos_page page;

    CHECK_INT(count_faults(lock, at), 0);
    CHECK_INT(status, STATUS_SUCCESS);
    describe_faults(text);
    CHECK_STR(text, "demand-zero");
    describe_page(at, &page, text);
    CHECK_STR(text, "valid active 1, rw");
    CHECK_INT(page.reference_count, 2);
    CHECK_INT(count_faults(write_at, at), 0);
    describe_faults(text);
    CHECK_STR(text, "");
    VirtualUnlock(at, PAGE);
    query_page(THIS_PROCESS, at, &page);
    CHECK_INT(page.reference_count, 1);
    release(at);
}

static SIZE_T copied;

/* Three of four pages: the fourth is not there. */
static void copy_pages(char *at)
{
    static char buffer[4 * PAGE];

    status = NtReadVirtualMemory(THIS_PROCESS, at, buffer, sizeof(buffer), &copied);
}

static void copying(void)
{
    char text[TEXT_BYTES], *at = VirtualAlloc(NULL, 4 * PAGE, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(at, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    copy_pages(at); /* the buffer's pages come */
    VirtualFree(at, 3 * PAGE, MEM_DECOMMIT);
    VirtualAlloc(at, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    CHECK_INT(count_faults(copy_pages, at), 0);
    CHECK_INT(status, STATUS_PARTIAL_COPY);
    CHECK_INT(copied, 3 * PAGE);
    /* The kernel copies by way of paged pool, which has a fault too, but not of the process. */
    describe_faults(text);
    CHECK_STR(text, "demand-zero demand-zero demand-zero demand-zero user-address");
    CHECK_INT(counters_after.process_faults - counters_before.process_faults, 4);
    release(at);
}

int main(void)
{
    LARGE_INTEGER now;

    begin_faults();
    write_by_service((char *)&now);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_case(&cases[i].fault);
        check_int_(named(cases[i].fault.name, "status"), status, cases[i].status);
    }
    not_probed();
    locking();
    copying();
    return check_done();
}
