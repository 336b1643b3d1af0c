/*
 * Page faults on private memory, and accesses to memory that is not there.
 */
#include "faults.h"

static char *memory(DWORD type, DWORD protect)
{
    return VirtualAlloc(NULL, 16 * PAGE, type, protect);
}

static void protect(char *at, DWORD protection)
{
    DWORD old;

    VirtualProtect(at, PAGE, protection, &old);
}

static char *with_contents(DWORD protection)
{
    char *at = memory(MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    *at = (char)0xC3; /* ret */
    protect(at, protection);
    return at;
}

/* ---- there are pages ------------------------------------------------------------------------- */

static char *fresh(void)
{
    return memory(MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

static char *fresh_read_only(void)
{
    return memory(MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
}

/* Only part of a reservation is committed: its entries say so. */
static char *fresh_by_entry(void)
{
    return VirtualAlloc(memory(MEM_RESERVE, PAGE_READWRITE), PAGE, MEM_COMMIT, PAGE_READWRITE);
}

static char *resident(void)
{
    return with_contents(PAGE_READWRITE);
}

static char *resident_read_only(void)
{
    return with_contents(PAGE_READONLY);
}

static char *resident_execute(void)
{
    return with_contents(PAGE_EXECUTE);
}

static char *was_no_access(void)
{
    char *at = with_contents(PAGE_NOACCESS);

    protect(at, PAGE_READWRITE);
    return at;
}

static char *committed_again(void)
{
    char *at = with_contents(PAGE_READWRITE);

    VirtualFree(at, PAGE, MEM_DECOMMIT);
    return VirtualAlloc(at, PAGE, MEM_COMMIT, PAGE_READWRITE);
}

static char *reset(void)
{
    return VirtualAlloc(with_contents(PAGE_READWRITE), PAGE, MEM_RESET, PAGE_READWRITE);
}

static const struct fault_case pages[] = {
    {"demand zero, read", fresh, read_at, "demand-zero", 0, 0, "zero, rw", "valid active 1, rw"},
    {"demand zero, written", fresh, write_at, "demand-zero", 0, 0, "zero, rw",
     "valid active 1, rw"},
    {"demand zero, read-only", fresh_read_only, read_at, "demand-zero", 0, 0, "zero, r",
     "valid active 1, r"},
    {"demand zero by its entry", fresh_by_entry, write_at, "demand-zero", 0, 0, "demand-zero, rw",
     "valid active 1, rw"},
    {"resident", resident, write_at, "", 0, 0, "valid active 1, rw", "valid active 1, rw"},
    {"resident, executed", resident, call_at, "", 0, 0, "valid active 1, rw",
     "valid active 1, rw"}, /* without PAE the processor knows no no-execute */
    {"execute, read", resident_execute, read_at, "", 0, 0, "valid active 1, x",
     "valid active 1, x"},
    {"transition", was_no_access, read_at, "transition", 0, 0, "transition modified 0, rw",
     "valid active 1, rw"},
    {"committed again", committed_again, read_at, "demand-zero", 0, 0, "zero, rw",
     "valid active 1, rw"},
    {"reset", reset, read_at, "", 0, 0, "valid active 1, rw", "valid active 1, rw"},
};

/* ---- there are none, or not for this --------------------------------------------------------- */

static char *fresh_no_access(void)
{
    return memory(MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);
}

static char *resident_no_access(void)
{
    return with_contents(PAGE_NOACCESS);
}

static char *reserved(void)
{
    return memory(MEM_RESERVE, PAGE_READWRITE);
}

static char *decommitted(void)
{
    char *at = with_contents(PAGE_READWRITE);

    VirtualFree(at, PAGE, MEM_DECOMMIT);
    return at;
}

static char *released(void)
{
    char *at = with_contents(PAGE_READWRITE);

    VirtualFree(at, 0, MEM_RELEASE);
    return at;
}

#define ADDRESS(name, value)    \
    static char *name(void)     \
    {                           \
        return (char *)(value); \
    }

ADDRESS(null_pointer, 0)
ADDRESS(below_the_first_page, 0xFFFF)
ADDRESS(behind_the_last_page, 0x7FFF0000)
ADDRESS(system_space, 0x80000000)
ADDRESS(page_table, 0xC0000000)
ADDRESS(kernel_image, 0xE0801000)
ADDRESS(last_byte, 0xFFFFFFFF)

#define VIOLATION (DWORD) STATUS_ACCESS_VIOLATION
#define NOT_ITS   "not the program's"

static const struct fault_case violations[] = {
    {"read-only, written", resident_read_only, write_at, "read-only", VIOLATION, TO_WRITE,
     "valid active 1, r", "valid active 1, r"},
    {"read-only, untouched, written", fresh_read_only, write_at, "no-access", VIOLATION, TO_WRITE,
     "zero, r", "zero, r"},
    {"no access, read", fresh_no_access, read_at, "no-access", VIOLATION, TO_READ, "zero, none",
     "zero, none"},
    {"no access, resident, read", resident_no_access, read_at, "no-access", VIOLATION, TO_READ,
     "transition modified 0, none", "transition modified 0, none"},
    {"no access, resident, executed", resident_no_access, call_at, "no-access", VIOLATION, TO_READ,
     "transition modified 0, none", "transition modified 0, none"},
    {"reserved, read", reserved, read_at, "user-address", VIOLATION, TO_READ, "zero, -", "zero, -"},
    {"reserved, written", reserved, write_at, "user-address", VIOLATION, TO_WRITE, "zero, -",
     "zero, -"},
    {"reserved, executed", reserved, call_at, "user-address", VIOLATION, TO_READ, "zero, -",
     "zero, -"},
    {"decommitted", decommitted, read_at, "user-address", VIOLATION, TO_READ, "decommitted, -",
     "decommitted, -"},
    {"released", released, read_at, "user-address", VIOLATION, TO_READ, "zero, -", "zero, -"},
    {"null", null_pointer, write_at, "user-address", VIOLATION, TO_WRITE, "zero, -", "zero, -"},
    {"below the first page", below_the_first_page, read_at, "user-address", VIOLATION, TO_READ,
     "zero, -", "zero, -"},
    {"behind the last page", behind_the_last_page, read_at, "user-address", VIOLATION, TO_READ,
     NOT_ITS, NOT_ITS},
    {"system space", system_space, read_at, "user-address", VIOLATION, TO_READ, NOT_ITS, NOT_ITS},
    {"a page table", page_table, write_at, "user-address", VIOLATION, TO_WRITE, NOT_ITS, NOT_ITS},
    {"the kernel, read", kernel_image, read_at, "user-address", VIOLATION, TO_READ, NOT_ITS,
     NOT_ITS},
    {"the kernel, executed", kernel_image, call_at, "user-address", VIOLATION, TO_READ, NOT_ITS,
     NOT_ITS},
    {"the last byte", last_byte, read_at, "user-address", VIOLATION, TO_READ, NOT_ITS, NOT_ITS},
};

/* ---- page tables ----------------------------------------------------------------------------- */

/* Nobody is in these 4 MB, so there is no page table; the first touch makes it, the release of the
 * last page that it had takes it away. */
static void page_tables(void)
{
    char *const place = (char *)0x20000000;
    struct tokos_page page;

    VirtualAlloc(place, 16 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    query_page(THIS_PROCESS, place, &page);
    CHECK_INT(page.pde & 1, 0);
    CHECK_INT(count_faults(write_at, place), 0);
    char text[TEXT_BYTES];
    describe_faults(text);
    CHECK_STR(text, "demand-zero"); /* one fault for both */
    query_page(THIS_PROCESS, place, &page);
    CHECK_INT(page.pde & 1, 1);
    CHECK_INT(count_faults(write_at, place + PAGE), 0);
    describe_faults(text);
    CHECK_STR(text, "demand-zero");
    VirtualFree(place, 0, MEM_RELEASE);
    query_page(THIS_PROCESS, place, &page);
    CHECK_INT(page.pde & 1, 0);
}

/* ---- contents -------------------------------------------------------------------------------- */

static void contents(void)
{
    char *at = was_no_access();
    struct tokos_page before, after;

    query_page(THIS_PROCESS, at, &before);
    CHECK_INT((unsigned char)*at, 0xC3); /* a transition keeps the frame */
    query_page(THIS_PROCESS, at, &after);
    CHECK_INT(before.frame, after.frame);
    release(at);
    at = committed_again();
    CHECK_INT(*at, 0);
    release(at);
}

int main(void)
{
    begin_faults();
    CHECK_CASES(pages);
    CHECK_CASES(violations);
    page_tables();
    contents();
    return check_done();
}
