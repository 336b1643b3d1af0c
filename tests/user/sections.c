/*
 * File mappings: of the paging file and of a file, views, names, copies.
 */
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>
#include "crt/check.h"

#define SEC_BASED 0x00200000

NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE process, const void **base, SIZE_T *size,
                                    IO_STATUS_BLOCK *io);
NTSTATUS NTAPI NtCreateSection(HANDLE *section, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               LARGE_INTEGER *size, ULONG protect, ULONG allocation, HANDLE file);
NTSTATUS NTAPI NtExtendSection(HANDLE section, LARGE_INTEGER *size);
NTSTATUS NTAPI NtQuerySection(HANDLE section, ULONG information_class, void *buffer, SIZE_T length,
                              SIZE_T *returned);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE section, HANDLE process, void **base, ULONG_PTR zero_bits,
                                  SIZE_T commit, LARGE_INTEGER *offset, SIZE_T *bytes,
                                  ULONG inherit, ULONG type, ULONG protect);

static void anonymous(void)
{
    HANDLE mapping =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, "sections-test");

    CHECK(mapping != NULL);
    CHECK_INT(GetLastError(), ERROR_SUCCESS);
    int *a = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    int *b = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0x10000, 4096);
    CHECK(a && b && a != b);
    CHECK_INT(a[0], 0);
    a[0x10000 / 4] = 42;
    CHECK_INT(b[0], 42);
    HANDLE again = OpenFileMappingA(FILE_MAP_READ, FALSE, "sections-test");
    CHECK(again != NULL);
    CloseHandle(mapping);
    CloseHandle(again);
    CHECK_INT(b[0], 42); /* a view outlives its handle */
    CHECK_INT(UnmapViewOfFile(a), TRUE);
    CHECK_INT(UnmapViewOfFile(b), TRUE);
    CHECK_INT(UnmapViewOfFile(b), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_ADDRESS);
    CHECK(OpenFileMappingA(FILE_MAP_READ, FALSE, "sections-test") == NULL);
    CHECK_INT(GetLastError(), ERROR_FILE_NOT_FOUND);
}

static void same_name(void)
{
    HANDLE a =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "sections-2");
    HANDLE b =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 8192, "sections-2");

    CHECK_INT(GetLastError(), ERROR_ALREADY_EXISTS);
    int *x = MapViewOfFile(a, FILE_MAP_WRITE, 0, 0, 0),
        *y = MapViewOfFile(b, FILE_MAP_WRITE, 0, 0, 0);
    x[3] = 9;
    CHECK_INT(y[3], 9);
    UnmapViewOfFile(x);
    UnmapViewOfFile(y);
    CloseHandle(a);
    CloseHandle(b);
}

static void copies(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL);
    int *shared = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    int *copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);

    shared[0] = 1;
    CHECK_INT(copy[0], 1);
    copy[0] = 2;
    CHECK_INT(shared[0], 1);
    shared[1] = 7;
    CHECK_INT(copy[0], 2);
    UnmapViewOfFile(shared);
    UnmapViewOfFile(copy);
    CloseHandle(mapping);
}

static void arguments(void)
{
    CHECK(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL) == NULL);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK(CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, 0x1000, 0, 4096, NULL) == NULL);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY, 0, 4096, NULL);
    CHECK(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0x100000) == NULL);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK(MapViewOfFile(mapping, FILE_MAP_READ, 0, 5, 0) == NULL);
    CHECK_INT(GetLastError(), ERROR_MAPPED_ALIGNMENT);
    CloseHandle(mapping);
}

/* The program's own file: what is mapped is what is read. */
static void file(void)
{
    char name[MAX_PATH], begin[512];
    DWORD bytes;

    GetModuleFileNameA(NULL, name, sizeof(name));
    HANDLE own = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(own != INVALID_HANDLE_VALUE);
    HANDLE mapping = CreateFileMappingA(own, NULL, PAGE_READONLY, 0, 0, NULL);
    CHECK(mapping != NULL);
    char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    CHECK(view && view[0] == 'M' && view[1] == 'Z');
    CHECK_INT(ReadFile(own, begin, sizeof(begin), &bytes, NULL), TRUE);
    CHECK_INT(memcmp(begin, view, sizeof(begin)), 0);
    MEMORY_BASIC_INFORMATION info;
    VirtualQuery(view, &info, sizeof(info));
    CHECK_INT(info.Type, MEM_MAPPED);
    CHECK_INT(info.Protect, PAGE_READONLY);
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    CloseHandle(own);
}

/* Nothing can be written, so flushing is asking. */
static void flushing(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 20480, NULL);
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    void *base = view + 5000;
    SIZE_T size = 5000;
    IO_STATUS_BLOCK io = {{1}, 1};

    CHECK_INT(FlushViewOfFile(view, 0), TRUE);
    CHECK_INT(FlushViewOfFile(view + 100, 100), TRUE);
    CHECK_INT(NtFlushVirtualMemory(GetCurrentProcess(), (const void **)&base, &size, &io), 0);
    CHECK(base == view + 4096 && size == 8192);
    CHECK(io.Status == 0 && io.Information == 0);
    CHECK_INT(FlushViewOfFile(view, 20481), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_ADDRESS);
    UnmapViewOfFile(view);
    CHECK_INT(FlushViewOfFile(view, 0), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_ADDRESS);
    CloseHandle(mapping);
}

static void extending(void)
{
    char name[MAX_PATH];
    LARGE_INTEGER size = {.QuadPart = 100};
    HANDLE mapping;

    GetModuleFileNameA(NULL, name, sizeof(name));
    HANDLE own = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK_INT(
        NtCreateSection(&mapping, SECTION_ALL_ACCESS, NULL, &size, PAGE_READONLY, SEC_COMMIT, own),
        0);
    CHECK(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 5000) == NULL);
    size.QuadPart = 5000;
    CHECK_INT(NtExtendSection(mapping, &size), 0);
    CHECK_INT(size.QuadPart, 5000);
    char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 5000);
    CHECK(view != NULL);
    size.QuadPart = 5;
    CHECK_INT(NtExtendSection(mapping, &size), 0);
    CHECK_INT(size.QuadPart, 5000);
    size.QuadPart = 100 << 20;
    CHECK_INT(NtExtendSection(mapping, &size), STATUS_MEDIA_WRITE_PROTECTED);
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    mapping = CreateFileMappingA(own, NULL, PAGE_READONLY, 0, 0, NULL);
    CHECK_INT(NtExtendSection(mapping, &size), STATUS_ACCESS_DENIED);
    CloseHandle(mapping);
    CloseHandle(own);
}

static void based(void)
{
    struct {
        void *base;
        ULONG attributes;
        LARGE_INTEGER size;
    } info;
    LARGE_INTEGER size = {.QuadPart = 0x30000}, offset = {.QuadPart = 0x10000};
    HANDLE mapping;
    void *view = NULL, *tail = NULL;
    SIZE_T bytes = 0;

    CHECK_INT(NtCreateSection(&mapping, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE,
                              SEC_COMMIT | SEC_BASED, NULL),
              0);
    CHECK_INT(NtQuerySection(mapping, 0, &info, sizeof(info), NULL), 0);
    CHECK_INT(info.attributes, SEC_COMMIT | SEC_BASED);
    CHECK_INT(NtMapViewOfSection(mapping, GetCurrentProcess(), &view, 0, 0, NULL, &bytes, 1, 0, 4),
              0);
    CHECK(view == info.base);
    CHECK_INT(bytes, 0x30000);
    CHECK_INT(NtMapViewOfSection(mapping, GetCurrentProcess(), &tail, 0, 0, NULL, &bytes, 1, 0, 4),
              STATUS_CONFLICTING_ADDRESSES);
    UnmapViewOfFile(view);
    bytes = 0;
    CHECK_INT(
        NtMapViewOfSection(mapping, GetCurrentProcess(), &tail, 0, 0, &offset, &bytes, 1, 0, 4), 0);
    CHECK(tail == (char *)info.base + 0x10000);
    UnmapViewOfFile(tail);
    CloseHandle(mapping);
}

int main(void)
{
    anonymous();
    same_name();
    copies();
    arguments();
    file();
    flushing();
    extending();
    based();
    return check_done();
}
