/*
 * _stat and _fstat, with times of 32 bits, which is what mingw's programs for i386 call.
 */
#include <ctype.h>
#include <io.h>
#include <sys/stat.h>
#include "files.h"

#define EPOCH 116444736000000000ll /* 1970 in FILETIME's units of 100 ns from 1601 on */

static __time32_t seconds(FILETIME time)
{
    __int64 units = (__int64)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);

    return units ? (__time32_t)((units - EPOCH) / 10000000) : 0;
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
int __cdecl _stat32(const char *path, struct _stat32 *to)
{
    DWORD attributes = GetFileAttributesA(path);
    WIN32_FIND_DATAA data = {0};
    HANDLE search;

    if (attributes == INVALID_FILE_ATTRIBUTES || strpbrk(path, "*?")) {
        crt_error(ENOENT);
        return -1;
    }
    search = FindFirstFileA(path, &data);
    if (search != INVALID_HANDLE_VALUE)
        FindClose(search);
    *to = (struct _stat32){.st_mode = mode_of(attributes, path), .st_nlink = 1};
    to->st_dev = to->st_rdev = drive_of(path);
    to->st_size = (_off_t)data.nFileSizeLow;
    to->st_mtime = seconds(data.ftLastWriteTime);
    to->st_atime =
        data.ftLastAccessTime.dwHighDateTime ? seconds(data.ftLastAccessTime) : to->st_mtime;
    to->st_ctime = data.ftCreationTime.dwHighDateTime ? seconds(data.ftCreationTime) : to->st_mtime;
    return 0;
}

int __cdecl _fstat32(int fd, struct _stat32 *to)
{
    struct crt_file *file = crt_file_lock(fd);
    BY_HANDLE_FILE_INFORMATION data;
    int result = 0;

    if (!file)
        return -1;
    *to = (struct _stat32){.st_nlink = 1};
    if (file->flags & (FD_DEVICE | FD_PIPE)) {
        to->st_mode = file->flags & FD_DEVICE ? _S_IFCHR : _S_IFIFO;
        to->st_dev = to->st_rdev = (unsigned)fd;
    } else if (GetFileInformationByHandle(file->handle, &data)) {
        to->st_mode = mode_of(data.dwFileAttributes, NULL);
        to->st_size = (_off_t)data.nFileSizeLow;
        to->st_mtime = seconds(data.ftLastWriteTime);
        to->st_atime = seconds(data.ftLastAccessTime);
        to->st_ctime = seconds(data.ftCreationTime);
    } else {
        result = crt_last_error();
    }
    crt_file_unlock(file);
    return result;
}
