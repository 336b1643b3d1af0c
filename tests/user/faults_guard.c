/*
 * Guard pages, stacks, and memory that is watched.
 */
#include "faults.h"

static char *guard(DWORD commit_as)
{
    DWORD old;
    char *at = VirtualAlloc(NULL, 16 * PAGE, MEM_RESERVE | MEM_COMMIT, commit_as);

    if (!(commit_as & PAGE_GUARD)) {
        *at = (char)0xC3; /* ret */
        VirtualProtect(at, PAGE, commit_as | PAGE_GUARD, &old);
    }
    return at;
}

static char *fresh_guard(void)
{
    return guard(PAGE_READWRITE | PAGE_GUARD);
}

static char *fresh_read_only_guard(void)
{
    return guard(PAGE_READONLY | PAGE_GUARD);
}

static char *resident_guard(void)
{
    return guard(PAGE_READWRITE);
}

/* The first access was reported. */
static char *used(char *at)
{
    count_faults(read_at, at);
    return at;
}

static char *used_fresh_guard(void)
{
    return used(fresh_guard());
}

static char *used_resident_guard(void)
{
    return used(resident_guard());
}

#define GUARD     (DWORD) STATUS_GUARD_PAGE_VIOLATION
#define VIOLATION (DWORD) STATUS_ACCESS_VIOLATION

static const struct fault_case guards[] = {
    {"guard, read", fresh_guard, read_at, "guard-page", GUARD, TO_READ, "zero, rw guard",
     "demand-zero, rw"},
    {"guard, written", fresh_guard, write_at, "guard-page", GUARD, TO_WRITE, "zero, rw guard",
     "demand-zero, rw"},
    {"guard, again", used_fresh_guard, write_at, "demand-zero", 0, 0, "demand-zero, rw",
     "valid active 1, rw"},
    {"guard, resident", resident_guard, write_at, "guard-page", GUARD, TO_WRITE,
     "transition modified 0, rw guard", "transition modified 0, rw"},
    {"guard, resident, executed", resident_guard, call_at, "guard-page", GUARD, TO_READ,
     "transition modified 0, rw guard", "transition modified 0, rw"},
    {"guard, resident, again", used_resident_guard, write_at, "transition", 0, 0,
     "transition modified 0, rw", "valid active 1, rw"},
    /* What is not allowed at all is no use of the guard. */
    {"read-only guard, written", fresh_read_only_guard, write_at, "no-access", VIOLATION, TO_WRITE,
     "zero, r guard", "zero, r guard"},
    {"read-only guard, read", fresh_read_only_guard, read_at, "guard-page", GUARD, TO_READ,
     "zero, r guard", "demand-zero, r"},
};

/* ---- write watch ----------------------------------------------------------------------------- */

static char *watched(void)
{
    return VirtualAlloc(NULL, 16 * PAGE, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH,
                        PAGE_READWRITE);
}

static char *watched_written(void)
{
    char *at = watched();

    write_at(at);
    return at;
}

static char *watched_reset(void)
{
    char *at = watched_written();

    ResetWriteWatch(at, 16 * PAGE);
    return at;
}

/* The processor watches, by the dirty bits of entries: no write that is watched is a fault. */
static const struct fault_case watches[] = {
    {"watched, read", watched, read_at, "demand-zero", 0, 0, "zero, rw", "valid active 1, rw"},
    {"watched, written", watched, write_at, "demand-zero", 0, 0, "zero, rw", "valid active 1, rw"},
    {"watched, written again", watched_written, write_at, "", 0, 0, "valid active 1, rw",
     "valid active 1, rw"},
    {"watched, reset, written", watched_reset, write_at, "", 0, 0, "valid active 1, rw",
     "valid active 1, rw"},
};

static ULONG_PTR written(char *at, UINT flags)
{
    void *addresses[16];
    ULONG_PTR count = 16;
    DWORD granularity;

    CHECK_INT(GetWriteWatch(flags, at, 16 * PAGE, addresses, &count, &granularity), 0);
    return count;
}

static void watching(void)
{
    char *at = watched();

    read_at(at);
    CHECK_INT(written(at, 0), 0);
    write_at(at);
    write_at(at + 5 * PAGE);
    CHECK_INT(written(at, WRITE_WATCH_FLAG_RESET), 2);
    CHECK_INT(written(at, 0), 0);
    write_at(at);
    CHECK_INT(written(at, 0), 1);
    release(at);
}

/* ---- stacks ---------------------------------------------------------------------------------- */

#define STACK_PAGES 32u

static char *stack_lowest; /* of the thread that runs */

/* The guard page: just below what is committed. */
static char *guard_page(void)
{
    return (char *)((NT_TIB *)NtCurrentTeb())->StackLimit - PAGE;
}

static char *below_the_guard(void)
{
    return guard_page() - PAGE;
}

static const struct fault_case growth = {
    "stack growth",          guard_page,          write_at, "demand-zero stack-growth", 0, 0,
    "demand-zero, rw guard", "valid active 1, rw"};
/* Who skips the guard page finds no stack: so compilers touch a page at a time. */
static const struct fault_case skipping = {"guard skipped", below_the_guard, write_at,
                                           "user-address",  VIOLATION,       TO_WRITE,
                                           "zero, -",       "zero, -"};

static const struct fault_case overflow = {"stack overflow",
                                           guard_page,
                                           write_at,
                                           "guard-page",
                                           (DWORD)STATUS_STACK_OVERFLOW,
                                           0,
                                           "demand-zero, rw guard",
                                           "demand-zero, rw"};

static DWORD WINAPI use_stack(void *unused)
{
    unsigned grown = 0;

    (void)unused;
    stack_lowest = allocation_of((char *)&grown);
    begin_faults();
    check_case(&skipping);
    for (; grown < STACK_PAGES && guard_page() > stack_lowest + PAGE; grown++) {
        check_case(&growth);
        char text[TEXT_BYTES];
        struct tokos_page page;
        describe_page(guard_page(), &page, text);
        CHECK_STR(text, "demand-zero, rw guard"); /* it has moved down */
    }
    CHECK(grown > STACK_PAGES / 2 && grown < STACK_PAGES);
    check_case(&overflow);
    return 0;
}

int main(void)
{
    begin_faults();
    CHECK_CASES(guards);
    CHECK_CASES(watches);
    watching();
    HANDLE thread = CreateThread(NULL, STACK_PAGES * PAGE, use_stack, NULL,
                                 STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return check_done();
}
