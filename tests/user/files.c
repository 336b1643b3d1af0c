/*
 * Files that are only read: the program's own, and the directory that it is in.
 */
#include <windows.h>
#include "crt/check.h"

static char name[MAX_PATH];

static void reading(void)
{
    char begin[64], again[64];
    DWORD bytes, size;
    LARGE_INTEGER wide_size, position = {.QuadPart = 60};
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    CHECK(file != INVALID_HANDLE_VALUE);
    CHECK_INT(GetLastError(), ERROR_SUCCESS);
    CHECK_INT(GetFileType(file), FILE_TYPE_DISK);
    size = GetFileSize(file, NULL);
    CHECK(size > 1000);
    CHECK_INT(GetFileSizeEx(file, &wide_size), TRUE);
    CHECK_INT(wide_size.QuadPart, size);
    CHECK_INT(ReadFile(file, begin, 64, &bytes, NULL), TRUE);
    CHECK_INT(bytes, 64);
    CHECK_INT(SetFilePointer(file, 0, NULL, FILE_CURRENT), 64);
    CHECK_INT(SetFilePointer(file, -64, NULL, FILE_CURRENT), 0);
    ReadFile(file, again, 64, &bytes, NULL);
    CHECK_INT(memcmp(begin, again, 64), 0);
    CHECK_INT(SetFilePointerEx(file, position, &position, FILE_BEGIN), TRUE);
    CHECK_INT(position.QuadPart, 60);
    CHECK_INT(SetFilePointer(file, -10, NULL, FILE_END), size - 10);
    CHECK_INT(ReadFile(file, again, 64, &bytes, NULL), TRUE);
    CHECK_INT(bytes, 10);
    CHECK_INT(ReadFile(file, again, 64, &bytes, NULL), TRUE);
    CHECK_INT(bytes, 0);
    CHECK_INT(SetFilePointer(file, -1, NULL, FILE_BEGIN), INVALID_SET_FILE_POINTER);
    CHECK_INT(GetLastError(), ERROR_NEGATIVE_SEEK);
    CHECK_INT(WriteFile(file, begin, 1, &bytes, NULL), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    OVERLAPPED at = {.Offset = 2};
    CHECK_INT(ReadFile(file, again, 2, &bytes, &at), TRUE);
    CHECK_INT(memcmp(again, begin + 2, 2), 0);
    CloseHandle(file);
}

static void not_there(void)
{
    CHECK(CreateFileA("C:\\no such file", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) ==
          INVALID_HANDLE_VALUE);
    CHECK_INT(GetLastError(), ERROR_FILE_NOT_FOUND);
    CHECK(CreateFileA("C:\\no such directory\\file", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0,
                      NULL) == INVALID_HANDLE_VALUE);
    CHECK_INT(GetLastError(), ERROR_PATH_NOT_FOUND);
    CHECK(CreateFileA("C:\\", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL) ==
          INVALID_HANDLE_VALUE);
    CHECK_INT(GetFileAttributesA("C:\\no such file"), INVALID_FILE_ATTRIBUTES);
    CHECK_INT(GetLastError(), ERROR_FILE_NOT_FOUND);
    CHECK_INT(DeleteFileA("C:\\no such file"), FALSE);
    CHECK_INT(GetLastError(), ERROR_FILE_NOT_FOUND);
}

static void attributes(void)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE file = CreateFileA(name, 0, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    CHECK(!(GetFileAttributesA(name) & FILE_ATTRIBUTE_DIRECTORY));
    CHECK(GetFileAttributesA("C:\\") & FILE_ATTRIBUTE_DIRECTORY);
    CHECK_INT(GetFileAttributesExA(name, GetFileExInfoStandard, &data), TRUE);
    CHECK_INT(GetFileInformationByHandle(file, &info), TRUE);
    CHECK_INT(data.nFileSizeLow, info.nFileSizeLow);
    CHECK_INT(CompareFileTime(&data.ftLastWriteTime, &info.ftLastWriteTime), 0);
    CloseHandle(file);
}

static int count(const char *pattern)
{
    WIN32_FIND_DATAA data;
    HANDLE search = FindFirstFileA(pattern, &data);
    int found = 0;

    if (search == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_FILE_NOT_FOUND ? 0 : -1;
    do
        found++;
    while (FindNextFileA(search, &data));
    if (GetLastError() != ERROR_NO_MORE_FILES)
        found = -2;
    FindClose(search);
    return found;
}

static void searching(void)
{
    WIN32_FIND_DATAA data;

    HANDLE search = FindFirstFileA(name, &data);
    CHECK(search != INVALID_HANDLE_VALUE);
    CHECK(lstrcmpiA(data.cFileName, strrchr(name, '\\') + 1) == 0);
    CHECK(data.nFileSizeLow > 1000);
    FindClose(search);
    CHECK_INT(count("C:\\ntdll.dll"), 1);
    CHECK_INT(count("C:\\NTDLL.*"), 1);
    CHECK_INT(count("C:\\ntdl?.dll"), 1);
    CHECK_INT(count("C:\\*.no such thing"), 0);
    CHECK(count("C:\\*") >= 3);
    CHECK_INT(count("C:\\*.*"), count("C:\\*"));
    CHECK(count("C:\\*.dll") >= 3);
    CHECK_INT(count("C:\\no such directory\\*"), -1);
    char path[MAX_PATH];
    CHECK(SearchPathA(NULL, "ntdll", ".dll", MAX_PATH, path, NULL) > 0);
    CHECK(lstrcmpiA(path, "C:\\ntdll.dll") == 0);
}

int main(void)
{
    GetModuleFileNameA(NULL, name, sizeof(name));
    reading();
    not_there();
    attributes();
    searching();
    return check_done();
}
