/*
 * Page faults in the third gigabyte. This program is linked to be large-address aware; whether it
 * gets that gigabyte is the boot option userva's. Without it 80000000 is where the system begins.
 */
#include "faults.h"

#define THIRD ((char *)0x80000000)

static char *at_its_beginning(void)
{
    return VirtualAlloc(THIRD, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

static char *at_its_end(void)
{
    return VirtualAlloc((char *)0xBFFE0000, 16 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) +
           15 * PAGE;
}

static char *from_above(void)
{
    return VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READWRITE);
}

static char *reserved(void)
{
    return VirtualAlloc(THIRD, PAGE, MEM_RESERVE, PAGE_READWRITE);
}

static char *first(void)
{
    return THIRD;
}

static char *behind_it(void)
{
    return (char *)0xBFFF0000;
}

static char *page_table(void)
{
    return (char *)0xC0200000; /* of 80000000 */
}

#define VIOLATION (DWORD) STATUS_ACCESS_VIOLATION
#define NOT_ITS   "not the program's"

static const struct fault_case with_it[] = {
    {"its first page", at_its_beginning, write_at, "demand-zero", 0, 0, "zero, rw",
     "valid active 1, rw"},
    {"its last page", at_its_end, write_at, "demand-zero", 0, 0, "zero, rw", "valid active 1, rw"},
    {"from above", from_above, write_at, "demand-zero", 0, 0, "zero, rw", "valid active 1, rw"},
    {"reserved", reserved, read_at, "user-address", VIOLATION, TO_READ, "zero, -", "zero, -"},
    {"free", first, read_at, "user-address", VIOLATION, TO_READ, "zero, -", "zero, -"},
    {"behind it", behind_it, read_at, "user-address", VIOLATION, TO_READ, NOT_ITS, NOT_ITS},
    {"its page table", page_table, read_at, "user-address", VIOLATION, TO_READ, NOT_ITS, NOT_ITS},
};

static const struct fault_case without_it[] = {
    {"from above", from_above, write_at, "demand-zero", 0, 0, "zero, rw", "valid active 1, rw"},
    {"the system's", first, write_at, "user-address", VIOLATION, TO_WRITE, NOT_ITS, NOT_ITS},
    {"behind it", behind_it, read_at, "user-address", VIOLATION, TO_READ, NOT_ITS, NOT_ITS},
};

int main(void)
{
    SYSTEM_INFO info;

    begin_faults();
    GetSystemInfo(&info);
    if (info.lpMaximumApplicationAddress == (void *)0xBFFEFFFF) {
        CHECK_CASES(with_it);
        CHECK(from_above() > THIRD);
    } else {
        CHECK_INT((ULONG_PTR)info.lpMaximumApplicationAddress, 0x7FFEFFFF);
        CHECK_CASES(without_it);
        CHECK(at_its_beginning() == NULL);
    }
    return check_done();
}
