/*
 * What NtExtendSection and NtFlushVirtualMemory return. No file can be written: sections grow as
 * far as their files, and flushing says what the range is.
 */
#include "status.h"

NTSTATUS NTAPI NtExtendSection(HANDLE section, LARGE_INTEGER *size);
NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE process, void **base, SIZE_T *size, IO_STATUS_BLOCK *io);

#define FILE_BYTES 5000

enum section_name {
    DATA,
    MEMORY,
    IMAGE,
    NOT_TO_EXTEND,
    NO_SECTION,
    EVENT,
    SECTIONS
};
enum place {
    VIEW,
    VIEW_OF_IMAGE,
    PRIVATE,
    UNUSED,
    TOO_HIGH,
    PLACES
};

static HANDLE sections[SECTIONS];
static char *places[PLACES];

static HANDLE section_of(HANDLE file, ACCESS_MASK access, ULONG protect, ULONG attributes)
{
    LARGE_INTEGER size = {.QuadPart = FILE_BYTES};
    HANDLE section = NULL;

    CHECK_INT(NtCreateSection(&section, access, NULL, attributes == SEC_IMAGE ? NULL : &size,
                              protect, attributes, file),
              0);
    return section;
}

static void prepare(void)
{
    char name[MAX_PATH];

    make_handles(SYNCHRONIZE);
    GetModuleFileNameA(NULL, name, sizeof(name));
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_EXECUTE, FILE_SHARE_READ, NULL,
                              OPEN_EXISTING, 0, NULL);
    sections[DATA] = section_of(file, SECTION_ALL_ACCESS, PAGE_READONLY, SEC_COMMIT);
    sections[MEMORY] = section_of(NULL, SECTION_ALL_ACCESS, PAGE_READWRITE, SEC_COMMIT);
    sections[IMAGE] = section_of(file, SECTION_ALL_ACCESS, PAGE_READONLY, SEC_IMAGE);
    sections[NOT_TO_EXTEND] = section_of(file, SECTION_MAP_READ, PAGE_READONLY, SEC_COMMIT);
    sections[NO_SECTION] = handles[NOT_OPEN];
    sections[EVENT] = handles[OTHER_TYPE];
    places[VIEW] = MapViewOfFile(sections[DATA], FILE_MAP_READ, 0, 0, 0);
    places[VIEW_OF_IMAGE] = (char *)GetModuleHandleA(NULL);
    places[PRIVATE] = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    places[UNUSED] = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
    VirtualFree(places[UNUSED], 0, MEM_RELEASE);
    places[TOO_HIGH] = KERNEL;
    CHECK(places[VIEW] && places[PRIVATE] && places[UNUSED]);
}

static const struct {
    enum section_name section;
    LONGLONG size;
    NTSTATUS status;
    const char *name;
} extensions[] = {
    {DATA, FILE_BYTES + 1000, S(STATUS_SUCCESS)},
    {DATA, 1, S(STATUS_SUCCESS)},
    {DATA, 0x10000000, S(STATUS_MEDIA_WRITE_PROTECTED)},
    {MEMORY, FILE_BYTES + 1000, S(STATUS_SECTION_NOT_EXTENDED)},
    {IMAGE, 0x10000000, S(STATUS_SECTION_NOT_EXTENDED)},
    {NOT_TO_EXTEND, FILE_BYTES + 1000, S(STATUS_ACCESS_DENIED)},
    {NO_SECTION, FILE_BYTES + 1000, S(STATUS_INVALID_HANDLE)},
    {EVENT, FILE_BYTES + 1000, S(STATUS_OBJECT_TYPE_MISMATCH)},
};

static void extending(void)
{
    for (size_t i = 0; i < ROWS(extensions); i++) {
        LARGE_INTEGER size = {.QuadPart = extensions[i].size};
        check_status("NtExtendSection", i, NtExtendSection(sections[extensions[i].section], &size),
                     extensions[i].status, extensions[i].name);
        CHECK_INT(size.QuadPart, extensions[i].status ? extensions[i].size
                                                      : FILE_BYTES + 1000); /* it never shrinks */
    }
}

static const struct {
    enum handle_name process;
    enum place place;
    SIZE_T size; /* 0: up to the end */
    NTSTATUS status;
    const char *name;
} flushes[] = {
    {SELF, VIEW, 0, S(STATUS_SUCCESS)},
    {SELF, VIEW, 100, S(STATUS_SUCCESS)},
    {SELF, VIEW, 0x10000, S(STATUS_NOT_MAPPED_VIEW)},
    {SELF, UNUSED, 0, S(STATUS_NOT_MAPPED_VIEW)},
    {SELF, PRIVATE, 0, S(STATUS_NOT_MAPPED_DATA)},
    {SELF, VIEW_OF_IMAGE, 0, S(STATUS_NOT_MAPPED_DATA)},
    {SELF, TOO_HIGH, 0, S(STATUS_INVALID_PARAMETER_2)},
    {SELF, VIEW, 0xC0000000, S(STATUS_INVALID_PARAMETER_2)},
    {NOT_OPEN, VIEW, 0, S(STATUS_INVALID_HANDLE)},
    {OTHER_TYPE, VIEW, 0, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {NO_RIGHTS, VIEW, 0, S(STATUS_ACCESS_DENIED)},
    {ENDED, VIEW, 0, S(STATUS_PROCESS_IS_TERMINATING)},
};

static void flushing(void)
{
    for (size_t i = 0; i < ROWS(flushes); i++) {
        void *base = places[flushes[i].place];
        SIZE_T size = flushes[i].size;
        IO_STATUS_BLOCK io;
        check_status("NtFlushVirtualMemory", i,
                     NtFlushVirtualMemory(handles[flushes[i].process], &base, &size, &io),
                     flushes[i].status, flushes[i].name);
    }
}

static void pointing(void *bad)
{
    void *base = places[VIEW];
    SIZE_T size = 0;
    IO_STATUS_BLOCK io;

    check_status("a size", 0, NtExtendSection(sections[DATA], bad), S(STATUS_ACCESS_VIOLATION));
    check_status("a base", 0, NtFlushVirtualMemory(THIS_PROCESS, bad, &size, &io),
                 S(STATUS_ACCESS_VIOLATION));
    check_status("a size", 1, NtFlushVirtualMemory(THIS_PROCESS, &base, bad, &io),
                 S(STATUS_ACCESS_VIOLATION));
    check_status("a result", 0, NtFlushVirtualMemory(THIS_PROCESS, &base, &size, bad),
                 S(STATUS_ACCESS_VIOLATION));
}

int main(void)
{
    prepare();
    extending();
    flushing();
    pointing(NOWHERE);
    pointing(KERNEL);
    return check_done();
}
