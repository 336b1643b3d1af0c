/*
 * The _stat family: what is known of a file, by its name or its descriptor.
 */
#include <ctype.h>
#include <io.h>
#include <sys/stat.h>
#include "files.h"

#define EPOCH 116444736000000000ll /* 1970 in FILETIME's units of 100 ns from 1601 on */

__time64_t crt_time_of_file(FILETIME time)
{
    __int64 units = (__int64)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);

    return units ? (units - EPOCH) / 10000000 : 0;
}

/* A program can be run; whoever may read or write may do so for everyone. */
static unsigned short mode_of(DWORD attributes, const char *path)
{
    const char *extension = path ? strrchr(path, '.') : NULL;
    unsigned mode = attributes & FILE_ATTRIBUTE_DIRECTORY ? _S_IFDIR | _S_IEXEC : _S_IFREG;

    mode |= attributes & FILE_ATTRIBUTE_READONLY ? _S_IREAD : _S_IREAD | _S_IWRITE;
    if (extension && (!_stricmp(extension, ".exe") || !_stricmp(extension, ".com") ||
                      !_stricmp(extension, ".bat") || !_stricmp(extension, ".cmd")))
        mode |= _S_IEXEC;
    return (unsigned short)(mode | (mode & 0700) >> 3 | (mode & 0700) >> 6);
}

/* Drives count from 0, A: on. */
static unsigned drive_of(const char *path)
{
    char folder[MAX_PATH + 1] = "";

    if (!path[0] || path[1] != ':') {
        GetCurrentDirectoryA(sizeof(folder), folder);
        path = folder;
    }
    return path[0] && path[1] == ':' ? (unsigned)(toupper((unsigned char)path[0]) - 'A') : 0;
}

/* FindFirstFile needs no access to the file itself, but knows no root: that has no times. */
static int status_of_path(const char *path, struct _stat64 *to)
{
    DWORD attributes = GetFileAttributesA(path);
    WIN32_FIND_DATAA data = {0};
    HANDLE search;

    if (attributes == INVALID_FILE_ATTRIBUTES || strpbrk(path, "*?"))
        return crt_error(ENOENT);
    search = FindFirstFileA(path, &data);
    if (search != INVALID_HANDLE_VALUE)
        FindClose(search);
    *to = (struct _stat64){.st_mode = mode_of(attributes, path), .st_nlink = 1};
    to->st_dev = to->st_rdev = drive_of(path);
    to->st_size = (__int64)((uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
    to->st_mtime = crt_time_of_file(data.ftLastWriteTime);
    to->st_atime = data.ftLastAccessTime.dwHighDateTime ? crt_time_of_file(data.ftLastAccessTime)
                                                        : to->st_mtime;
    to->st_ctime =
        data.ftCreationTime.dwHighDateTime ? crt_time_of_file(data.ftCreationTime) : to->st_mtime;
    return 0;
}

static int status_of_wide_path(const wchar_t *path, struct _stat64 *to)
{
    char narrow[MAX_PATH * 2];

    if (!WideCharToMultiByte(CP_ACP, 0, path, -1, narrow, sizeof(narrow), NULL, NULL))
        return crt_error(ENOENT);
    return status_of_path(narrow, to);
}

static int status_of_file(int fd, struct _stat64 *to)
{
    struct crt_file *file = crt_file_lock(fd);
    BY_HANDLE_FILE_INFORMATION data;
    int result = 0;

    if (!file)
        return -1;
    *to = (struct _stat64){.st_nlink = 1};
    if (file->flags & (FD_DEVICE | FD_PIPE)) {
        to->st_mode = file->flags & FD_DEVICE ? _S_IFCHR : _S_IFIFO;
        to->st_dev = to->st_rdev = (unsigned)fd;
    } else if (GetFileInformationByHandle(file->handle, &data)) {
        to->st_mode = mode_of(data.dwFileAttributes, NULL);
        to->st_size = (__int64)((uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
        to->st_mtime = crt_time_of_file(data.ftLastWriteTime);
        to->st_atime = crt_time_of_file(data.ftLastAccessTime);
        to->st_ctime = crt_time_of_file(data.ftCreationTime);
    } else {
        result = crt_last_error();
    }
    crt_file_unlock(file);
    return result;
}

/* The three structures differ in the width of size and times. */
#define VARIANTS(name, type, narrowed, wide_name, fd_name)       \
    static void narrowed(type *to, const struct _stat64 *from)   \
    {                                                            \
        *to = (type){0};                                         \
        to->st_dev = to->st_rdev = from->st_dev;                 \
        to->st_mode = from->st_mode;                             \
        to->st_nlink = from->st_nlink;                           \
        to->st_size = (__typeof__(to->st_size))from->st_size;    \
        to->st_atime = (__typeof__(to->st_atime))from->st_atime; \
        to->st_mtime = (__typeof__(to->st_mtime))from->st_mtime; \
        to->st_ctime = (__typeof__(to->st_ctime))from->st_ctime; \
    }                                                            \
    int __cdecl name(const char *path, type *to)                 \
    {                                                            \
        struct _stat64 status = {0};                             \
        int result = status_of_path(path, &status);              \
        narrowed(to, &status);                                   \
        return result;                                           \
    }                                                            \
    int __cdecl wide_name(const wchar_t *path, type *to)         \
    {                                                            \
        struct _stat64 status = {0};                             \
        int result = status_of_wide_path(path, &status);         \
        narrowed(to, &status);                                   \
        return result;                                           \
    }                                                            \
    int __cdecl fd_name(int fd, type *to)                        \
    {                                                            \
        struct _stat64 status = {0};                             \
        int result = status_of_file(fd, &status);                \
        narrowed(to, &status);                                   \
        return result;                                           \
    }

VARIANTS(_stat32, struct _stat32, to_32, _wstat32, _fstat32)
VARIANTS(_stat32i64, struct _stat32i64, to_32i64, _wstat32i64, _fstat32i64)
VARIANTS(_stat64, struct _stat64, to_64, _wstat64, _fstat64)
