/*
 * _findfirst and its relatives: going through the files that fit a name with wildcards.
 */
#include <io.h>
#include "files.h"

/* msvcrt shows an ordinary file as one without attributes. */
#define FILL(to, data, copy)                                                                      \
    do {                                                                                          \
        to->attrib = (data).dwFileAttributes & ~FILE_ATTRIBUTE_NORMAL;                            \
        to->time_create = (__typeof__(to->time_create))crt_time_of_file((data).ftCreationTime);   \
        to->time_access = (__typeof__(to->time_access))crt_time_of_file((data).ftLastAccessTime); \
        to->time_write = (__typeof__(to->time_write))crt_time_of_file((data).ftLastWriteTime);    \
        to->size =                                                                                \
            (__typeof__(to->size))((uint64_t)(data).nFileSizeHigh << 32 | (data).nFileSizeLow);   \
        copy(to->name, (data).cFileName);                                                         \
    } while (0)

/* One pair of functions: its names, the character of paths, and kernel32's part. */
#define FIND(first, next, type, CH, DATA, find_first, find_next, copy) \
    intptr_t __cdecl first(const CH *path, type *to)                   \
    {                                                                  \
        DATA data;                                                     \
        HANDLE search = find_first(path, &data);                       \
        if (search == INVALID_HANDLE_VALUE)                            \
            return crt_last_error();                                   \
        FILL(to, data, copy);                                          \
        return (intptr_t)search;                                       \
    }                                                                  \
    int __cdecl next(intptr_t search, type *to)                        \
    {                                                                  \
        DATA data;                                                     \
        if (!find_next((HANDLE)search, &data))                         \
            return crt_last_error();                                   \
        FILL(to, data, copy);                                          \
        return 0;                                                      \
    }

FIND(_findfirst32, _findnext32, struct _finddata32_t, char, WIN32_FIND_DATAA, FindFirstFileA,
     FindNextFileA, strcpy)
FIND(_findfirst64, _findnext64, struct __finddata64_t, char, WIN32_FIND_DATAA, FindFirstFileA,
     FindNextFileA, strcpy)
FIND(_wfindfirst32, _wfindnext32, struct _wfinddata32_t, wchar_t, WIN32_FIND_DATAW, FindFirstFileW,
     FindNextFileW, wcscpy)
FIND(_wfindfirst64, _wfindnext64, struct _wfinddata64_t, wchar_t, WIN32_FIND_DATAW, FindFirstFileW,
     FindNextFileW, wcscpy)

int __cdecl _findclose(intptr_t search)
{
    return FindClose((HANDLE)search) ? 0 : crt_last_error();
}
