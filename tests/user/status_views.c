/*
 * What NtMapViewOfSection and NtUnmapViewOfSection return.
 */
#include "status.h"

#define TAKEN  ((void *)0x08100000) /* 16 pages of somebody else's */
#define FREE   ((void *)0x0A000000)
#define SHARED ((void *)0x7FFE0000) /* that everybody has */
#define BYTES  (16 * PAGE)

/* Sections that rows name. */
enum {
    WRITABLE, /* memory that may be written to, and the handle grants all */
    READABLE, /* memory that may only be read */
    TO_READ,  /* WRITABLE, by a handle for reading only */
    RESERVED, /* as large as there can be, and not committed */
    OF_FILE,  /* of a file, which cannot be reserved, but it was asked for */
    IMAGE,    /* this program */
    NO_SECTION,
    EVENT,
    SECTIONS
};

static HANDLE sections[SECTIONS];

static HANDLE make(ULONG bytes, ULONG protect, ULONG attributes, HANDLE file)
{
    LARGE_INTEGER size = {.QuadPart = bytes};
    HANDLE section = NULL;

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, bytes ? &size : NULL, protect, attributes,
                    file);
    return section;
}

static void prepare(void)
{
    char name[MAX_PATH];

    make_handles(SYNCHRONIZE);
    GetModuleFileNameA(NULL, name, sizeof(name));
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    sections[WRITABLE] = make(2 * BYTES, PAGE_READWRITE, SEC_COMMIT, NULL);
    sections[READABLE] = make(BYTES, PAGE_READONLY, SEC_COMMIT, NULL);
    DuplicateHandle(THIS_PROCESS, sections[WRITABLE], THIS_PROCESS, &sections[TO_READ],
                    SECTION_MAP_READ, FALSE, 0);
    sections[RESERVED] = make(0x8000000, PAGE_READWRITE, SEC_RESERVE, NULL);
    sections[OF_FILE] = make(0, PAGE_READONLY, SEC_RESERVE, file);
    sections[IMAGE] = make(0, PAGE_READONLY, SEC_IMAGE, file);
    sections[NO_SECTION] = handles[NOT_OPEN];
    sections[EVENT] = handles[OTHER_TYPE];
    VirtualAlloc(TAKEN, BYTES, MEM_RESERVE, PAGE_NOACCESS);
}

/* ---- NtMapViewOfSection -------------------------------------------------------------------------
 */

static const struct {
    int section;
    enum handle_name process;
    void *base;
    ULONG zero_bits;
    SIZE_T commit;
    ULONG offset;
    SIZE_T bytes;
    ULONG inherit, type, protect;
    NTSTATUS status;
    const char *name;
} maps[] = {
    {WRITABLE, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READWRITE, S(STATUS_SUCCESS)},
    {WRITABLE, SELF, FREE, 0, 0, 0x10000, BYTES, VIEW_UNMAP, 0, PAGE_WRITECOPY, S(STATUS_SUCCESS)},
    {TO_READ, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, MEM_TOP_DOWN, PAGE_READONLY, S(STATUS_SUCCESS)},
    {IMAGE, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_IMAGE_NOT_AT_BASE)},
    {WRITABLE, SELF, NULL, 22, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_INVALID_PARAMETER_4)},
    {WRITABLE, SELF, KERNEL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_INVALID_PARAMETER_3)},
    {WRITABLE, SELF, FREE, 0, 0, 0, 0x80000000, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_INVALID_PARAMETER_3)},
    {WRITABLE, SELF, NULL, 0, 0, 0, 0, 0, 0, PAGE_READONLY, S(STATUS_INVALID_PARAMETER_8)},
    {WRITABLE, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, MEM_COMMIT, PAGE_READONLY,
     S(STATUS_INVALID_PARAMETER_9)},
    {WRITABLE, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, 0, S(STATUS_INVALID_PAGE_PROTECTION)},
    {WRITABLE, SELF, (char *)FREE + PAGE, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_MAPPED_ALIGNMENT)},
    {WRITABLE, SELF, NULL, 0, 0, PAGE, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_MAPPED_ALIGNMENT)},
    {READABLE, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READWRITE, S(STATUS_SECTION_PROTECTION)},
    {READABLE, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_EXECUTE_READ,
     S(STATUS_SECTION_PROTECTION)},
    {READABLE, SELF, NULL, 0, 0, 0, BYTES + 1, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_INVALID_VIEW_SIZE)},
    {READABLE, SELF, NULL, 0, 0, 0x10000, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_INVALID_VIEW_SIZE)},
    {WRITABLE, SELF, TAKEN, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_CONFLICTING_ADDRESSES)},
    {IMAGE, SELF, TAKEN, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_CONFLICTING_ADDRESSES)},
    {WRITABLE, SELF, NULL, 17, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_NO_MEMORY)},
    {RESERVED, SELF, NULL, 0, 0x8000000, 0, 0, VIEW_SHARE, 0, PAGE_READWRITE,
     S(STATUS_COMMITMENT_LIMIT)},
    {RESERVED, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_WRITECOPY, S(STATUS_COMMITMENT_LIMIT)},
    {RESERVED, SELF, NULL, 0, PAGE + 1, 0, PAGE, VIEW_SHARE, 0, PAGE_READWRITE,
     S(STATUS_INVALID_PARAMETER_5)},
    {RESERVED, SELF, NULL, 0, PAGE, 0, PAGE, VIEW_SHARE, 0, PAGE_WRITECOPY, S(STATUS_SUCCESS)},
    {OF_FILE, SELF, NULL, 0, PAGE, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_SUCCESS)},
    {NO_SECTION, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_INVALID_HANDLE)},
    {EVENT, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {TO_READ, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READWRITE, S(STATUS_ACCESS_DENIED)},
    {TO_READ, SELF, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_EXECUTE_READ, S(STATUS_ACCESS_DENIED)},
    {WRITABLE, NOT_OPEN, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_INVALID_HANDLE)},
    {WRITABLE, OTHER_TYPE, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_OBJECT_TYPE_MISMATCH)},
    {WRITABLE, NO_RIGHTS, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY, S(STATUS_ACCESS_DENIED)},
    {WRITABLE, ENDED, NULL, 0, 0, 0, 0, VIEW_SHARE, 0, PAGE_READONLY,
     S(STATUS_PROCESS_IS_TERMINATING)},
};

static void mapping(void)
{
    for (size_t i = 0; i < ROWS(maps); i++) {
        void *base = maps[i].base;
        SIZE_T bytes = maps[i].bytes;
        LARGE_INTEGER offset = {.QuadPart = maps[i].offset};
        NTSTATUS status = NtMapViewOfSection(
            sections[maps[i].section], handles[maps[i].process], &base, maps[i].zero_bits,
            maps[i].commit, &offset, &bytes, maps[i].inherit, maps[i].type, maps[i].protect);
        check_status("NtMapViewOfSection", i, status, maps[i].status, maps[i].name);
        if (status < 0)
            CHECK(base == maps[i].base && bytes == maps[i].bytes);
        else
            check_status("NtUnmapViewOfSection", i, NtUnmapViewOfSection(THIS_PROCESS, base),
                         S(STATUS_SUCCESS));
    }
}

/* ---- NtUnmapViewOfSection
 * ------------------------------------------------------------------------ */

static const struct {
    enum handle_name process;
    void *address;
    NTSTATUS status;
    const char *name;
} unmaps[] = {
    {SELF, TAKEN, S(STATUS_NOT_MAPPED_VIEW)},
    {SELF, FREE, S(STATUS_NOT_MAPPED_VIEW)},
    {SELF, KERNEL, S(STATUS_NOT_MAPPED_VIEW)},
    {SELF, SHARED, S(STATUS_INVALID_PAGE_PROTECTION)},
    {NOT_OPEN, TAKEN, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, TAKEN, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, TAKEN, S(STATUS_ACCESS_DENIED)},
    {ENDED, TAKEN, S(STATUS_PROCESS_IS_TERMINATING)},
};

static void unmapping(void)
{
    for (size_t i = 0; i < ROWS(unmaps); i++)
        check_status("NtUnmapViewOfSection", i,
                     NtUnmapViewOfSection(handles[unmaps[i].process], unmaps[i].address),
                     unmaps[i].status, unmaps[i].name);
}

/* ---- pointers
 * ------------------------------------------------------------------------------------ */

static NTSTATUS map(void *base_at, LARGE_INTEGER *offset_at, SIZE_T *bytes_at)
{
    return NtMapViewOfSection(sections[WRITABLE], THIS_PROCESS, base_at, 0, 0, offset_at, bytes_at,
                              VIEW_SHARE, 0, PAGE_READONLY);
}

static void bad_pointers(void *bad)
{
    void *base = NULL;
    SIZE_T bytes = 0;

    check_status("base", 0, map(bad, NULL, &bytes), S(STATUS_ACCESS_VIOLATION));
    check_status("offset", 0, map(&base, bad, &bytes), S(STATUS_ACCESS_VIOLATION));
    check_status("bytes", 0, map(&base, NULL, bad), S(STATUS_ACCESS_VIOLATION));
    CHECK(base == NULL && bytes == 0);
}

int main(void)
{
    prepare();
    mapping();
    unmapping();
    bad_pointers(NOWHERE);
    bad_pointers(KERNEL);
    return check_done();
}
