/*
 * File mappings: of the paging file and of a file, views, names, copies.
 */
#include <windows.h>
#include "crt/check.h"

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

int main(void)
{
    anonymous();
    same_name();
    copies();
    arguments();
    file();
    return check_done();
}
