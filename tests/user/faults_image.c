/*
 * Page faults in an image: this program's own. Each case has a page that nobody else touches. Where
 * a page is to be resident already, the program's image is mapped a second time, and the page
 * touched there first.
 */
#include "faults.h"

#define OWN_PAGE __attribute__((aligned(4096), used))
#define CASES    3

/* With contents, so that it is in the file; without, in .bss, it is not. */
static const char constants[CASES][PAGE] OWN_PAGE = {{1}, {2}, {3}};
static volatile char data[CASES][PAGE] OWN_PAGE = {{1}, {2}, {3}};
static volatile char shared_data[PAGE] OWN_PAGE __attribute__((section(".share"), shared)) = {1};
static volatile char zeros[CASES][PAGE] OWN_PAGE;

#define CODE_PAGE(name)                                    \
    static void OWN_PAGE __attribute__((naked)) name(void) \
    {                                                      \
        __asm__ volatile("ret; .fill 4095, 1, 0x90");      \
    }

CODE_PAGE(code_0)
CODE_PAGE(code_1)
CODE_PAGE(code_2)
CODE_PAGE(code_3)

static char *second; /* the image, mapped again */

/* The page at AT, in the second mapping. */
static char *there(char *at)
{
    return second + (at - (char *)(void *)GetModuleHandleA(NULL));
}

#define PLACE(name, value)            \
    static char *name(void)           \
    {                                 \
        return (char *)(void *)value; \
    }
#define RESIDENT_PLACE(name, value)            \
    static char *name(void)                    \
    {                                          \
        read_at(there((char *)(void *)value)); \
        return (char *)(void *)value;          \
    }
#define TOUCHED_PLACE(name, value)      \
    static char *name(void)             \
    {                                   \
        read_at((char *)(void *)value); \
        return (char *)(void *)value;   \
    }

PLACE(headers, second)
PLACE(constant, constants[0])
RESIDENT_PLACE(resident_constant, constants[1])
PLACE(fresh_constant, constants[2])
PLACE(code, code_0)
RESIDENT_PLACE(resident_code, code_1)
PLACE(fresh_code, code_2)
TOUCHED_PLACE(touched_code, code_3)
PLACE(fresh_data, data[0])
TOUCHED_PLACE(touched_data, data[1])
RESIDENT_PLACE(resident_data, data[2])
PLACE(fresh_zeros, zeros[0])
TOUCHED_PLACE(touched_zeros, zeros[1])
RESIDENT_PLACE(resident_zeros, zeros[2])
PLACE(fresh_shared, shared_data)
PLACE(shared_again, there((char *)(void *)shared_data))

#define VIOLATION (DWORD) STATUS_ACCESS_VIOLATION

static const struct fault_case cases[] = {
    {"headers, mapped again", headers, read_at, "shared", 0, 0, "zero/valid active 1, r",
     "valid/valid active 2, r"},
    {"constant", constant, read_at, "demand-page", 0, 0, "zero/prototype, r",
     "valid/valid active 1, r"},
    {"constant, resident", resident_constant, read_at, "shared", 0, 0, "zero/valid active 1, r",
     "valid/valid active 2, r"},
    {"constant, written", constant, write_at, "read-only", VIOLATION, TO_WRITE,
     "valid/valid active 1, r", "valid/valid active 1, r"},
    {"constant, untouched, written", fresh_constant, write_at, "no-access", VIOLATION, TO_WRITE,
     "zero/prototype, r", "zero/prototype, r"},
    {"code", code, call_at, "demand-page", 0, 0, "zero/prototype, xr", "valid/valid active 1, xr"},
    {"code, resident", resident_code, call_at, "shared", 0, 0, "zero/valid active 1, xr",
     "valid/valid active 2, xr"},
    {"code, untouched, written", fresh_code, write_at, "no-access", VIOLATION, TO_WRITE,
     "zero/prototype, xr", "zero/prototype, xr"},
    {"code, written", touched_code, write_at, "read-only", VIOLATION, TO_WRITE,
     "valid/valid active 1, xr", "valid/valid active 1, xr"},
    {"data, written at once", fresh_data, write_at, "demand-page copy-on-write", 0, 0,
     "zero/prototype, rc", "valid/transition active 1, rw"},
    {"data, written", touched_data, write_at, "copy-on-write", 0, 0, "valid/valid active 1, rc",
     "valid/transition active 1, rw"},
    {"data, resident, written", resident_data, write_at, "shared copy-on-write", 0, 0,
     "zero/valid active 1, rc", "valid/valid active 1, rw"},
    {"zeros, written at once", fresh_zeros, write_at, "demand-zero", 0, 0, "zero/demand-zero, rc",
     "valid/demand-zero active 1, rw"},
    {"zeros, written", touched_zeros, write_at, "copy-on-write", 0, 0, "valid/valid active 1, rc",
     "valid/transition active 1, rw"},
    {"zeros, resident, written", resident_zeros, write_at, "shared copy-on-write", 0, 0,
     "zero/valid active 1, rc", "valid/valid active 1, rw"},
    /* A section that the linker marked as shared is nobody's own. */
    {"shared, written", fresh_shared, write_at, "demand-page", 0, 0, "zero/prototype, rw",
     "valid/valid active 1, rw"},
    {"shared, written again", shared_again, write_at, "shared", 0, 0, "zero/valid active 1, rw",
     "valid/valid active 2, rw"},
};

static NTSTATUS map_again(void)
{
    char name[MAX_PATH];
    void *base = NULL;
    SIZE_T bytes = 0;

    GetModuleFileNameA(NULL, name, sizeof(name));
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
    NTSTATUS status = NtMapViewOfSection(section, THIS_PROCESS, &base, 0, 0, NULL, &bytes,
                                         VIEW_SHARE, 0, PAGE_READONLY);
    second = base;
    CloseHandle(section);
    CloseHandle(file);
    return status;
}

int main(void)
{
    CHECK_INT(map_again(), STATUS_IMAGE_NOT_AT_BASE);
    begin_faults();
    CHECK_CASES(cases);
    CHECK_INT(data[2][1], 0); /* the rest of a copy is the original's */
    CHECK_INT(there((char *)(void *)data[2])[0], 3);
    CHECK_INT(there((char *)(void *)shared_data)[0], 0x55);
    return check_done();
}
