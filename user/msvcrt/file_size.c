/*
 * The size of open files.
 */
#include <io.h>
#include "files.h"

__int64 __cdecl _filelengthi64(int fd)
{
    struct crt_file *file = crt_file_lock(fd);
    ULARGE_INTEGER size = {.QuadPart = 0};
    __int64 result;

    if (!file)
        return -1;
    SetLastError(NO_ERROR);
    size.LowPart = GetFileSize(file->handle, &size.HighPart);
    if (size.LowPart == INVALID_FILE_SIZE && GetLastError() != NO_ERROR)
        result = crt_last_error();
    else
        result = (__int64)size.QuadPart;
    crt_file_unlock(file);
    return result;
}

long __cdecl _filelength(int fd)
{
    __int64 size = _filelengthi64(fd);

    return size == (long)size ? (long)size : crt_error(EINVAL);
}

/* After a failed change of a file: the right that lacks is a property of the descriptor. => -1. */
static int change_failed(void)
{
    if (GetLastError() == ERROR_ACCESS_DENIED)
        return crt_error_from(ERROR_INVALID_HANDLE);
    return crt_last_error();
}

/* Cuts a file, or fills it up with zeros, to SIZE bytes; the position stays. */
int __cdecl _chsize(int fd, long size)
{
    struct crt_file *file = crt_file_lock(fd);
    LONG high = 0;
    DWORD low;
    int result = 0;

    if (!file)
        return -1;
    low = SetFilePointer(file->handle, 0, &high, FILE_CURRENT);
    if (SetFilePointer(file->handle, size, NULL, FILE_BEGIN) == INVALID_SET_FILE_POINTER ||
        !SetEndOfFile(file->handle))
        result = change_failed();
    SetFilePointer(file->handle, (LONG)low, &high, FILE_BEGIN);
    crt_file_unlock(file);
    return result;
}

/* Takes what the system holds back of a file to the disk. */
int __cdecl _commit(int fd)
{
    struct crt_file *file = crt_file_lock(fd);
    int result = 0;

    if (!file)
        return -1;
    if (!FlushFileBuffers(file->handle))
        result = change_failed();
    crt_file_unlock(file);
    return result;
}
