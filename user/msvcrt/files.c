/*
 * The table of descriptors.
 */
#include <fcntl.h>
#include <io.h>
#include "files.h"

static struct crt_file files[CRT_FILES];

/* FD_DEVICE or FD_PIPE or neither. */
static int kind_flags(HANDLE handle)
{
    switch (GetFileType(handle)) {
    case FILE_TYPE_CHAR:
        return FD_DEVICE;
    case FILE_TYPE_PIPE:
        return FD_PIPE;
    default:
        return 0;
    }
}

/* CRT_LOCK_FILES is held, or nobody else is there yet. */
static void fill(struct crt_file *file, HANDLE handle, int flags)
{
    if (!file->has_lock) {
        InitializeCriticalSection(&file->lock);
        file->has_lock = true;
    }
    file->handle = handle;
    file->peeked = -1;
    file->read_start = 0;
    file->flags = FD_OPEN | flags | (handle ? kind_flags(handle) : FD_DEVICE);
}

void crt_files_start(void)
{
    static const DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};

    for (int i = 0; i < 3; i++) {
        HANDLE handle = GetStdHandle(standard[i]);

        fill(&files[i], handle == INVALID_HANDLE_VALUE ? NULL : handle, FD_TEXT);
    }
}

struct crt_file *crt_file_get(int fd)
{
    return (unsigned)fd < CRT_FILES && files[fd].flags & FD_OPEN ? &files[fd] : NULL;
}

struct crt_file *crt_file_lock(int fd)
{
    struct crt_file *file = crt_file_get(fd);

    if (file) {
        EnterCriticalSection(&file->lock);
        if (file->flags & FD_OPEN)
            return file;
        LeaveCriticalSection(&file->lock);
    }
    crt_thread_data()->dos_error = 0;
    crt_error(EBADF);
    return NULL;
}

void crt_file_unlock(struct crt_file *file)
{
    LeaveCriticalSection(&file->lock);
}

int crt_file_flags(int fd)
{
    struct crt_file *file = crt_file_get(fd);

    return file ? file->flags : 0;
}

int crt_file_attach(HANDLE handle, int flags)
{
    int fd;

    _lock(CRT_LOCK_FILES);
    for (fd = 0; fd < CRT_FILES; fd++) {
        if (!(files[fd].flags & FD_OPEN)) {
            fill(&files[fd], handle, flags);
            break;
        }
    }
    _unlock(CRT_LOCK_FILES);
    return fd < CRT_FILES ? fd : crt_error(EMFILE);
}

int __cdecl _open_osfhandle(intptr_t handle, int flags)
{
    if (GetFileType((HANDLE)handle) == FILE_TYPE_UNKNOWN)
        return crt_error(EBADF);
    return crt_file_attach((HANDLE)handle,
                           (flags & _O_TEXT ? FD_TEXT : 0) | (flags & _O_APPEND ? FD_APPEND : 0));
}

intptr_t __cdecl _get_osfhandle(int fd)
{
    struct crt_file *file = crt_file_lock(fd);
    intptr_t handle;

    if (!file)
        return -1;
    handle = file->handle ? (intptr_t)file->handle : -1;
    crt_file_unlock(file);
    return handle;
}

/* The standard output and the standard error may have been given to the process as one handle. =>
 * whether FD is one of them and the other is open on the same HANDLE. CRT_LOCK_FILES is held. */
static bool is_shared(int fd, HANDLE handle)
{
    return (fd == 1 || fd == 2) && files[3 - fd].flags & FD_OPEN && files[3 - fd].handle == handle;
}

int __cdecl _close(int fd)
{
    struct crt_file *file = crt_file_lock(fd);
    HANDLE handle;
    bool shared;
    int result = 0;

    if (!file)
        return -1;
    handle = file->handle;
    /* Of two threads that close a handle's two descriptors, one is the last. */
    _lock(CRT_LOCK_FILES);
    shared = is_shared(fd, handle);
    file->flags = 0;
    _unlock(CRT_LOCK_FILES);
    if (handle && !shared && !CloseHandle(handle))
        result = crt_last_error();
    crt_file_unlock(file);
    return result;
}

/* => a second handle of the file, or NULL with errno set. */
static HANDLE duplicate(struct crt_file *file)
{
    HANDLE handle = NULL;

    if (!DuplicateHandle(GetCurrentProcess(), file->handle, GetCurrentProcess(), &handle, 0, TRUE,
                         DUPLICATE_SAME_ACCESS))
        crt_last_error();
    return handle;
}

int __cdecl _dup(int fd)
{
    struct crt_file *file = crt_file_lock(fd);
    HANDLE handle;
    int copy = -1;

    if (!file)
        return -1;
    handle = duplicate(file);
    if (handle) {
        copy = crt_file_attach(handle, file->flags & (FD_TEXT | FD_APPEND));
        if (copy < 0)
            CloseHandle(handle);
    }
    crt_file_unlock(file);
    return copy;
}

int __cdecl _dup2(int from, int to)
{
    struct crt_file *file;
    HANDLE handle;
    int flags;

    if ((unsigned)to >= CRT_FILES)
        return crt_error(EBADF);
    file = crt_file_lock(from);
    if (!file)
        return -1;
    flags = file->flags & (FD_TEXT | FD_APPEND);
    handle = from == to ? NULL : duplicate(file);
    crt_file_unlock(file);
    if (from == to)
        return 0;
    if (!handle)
        return -1;
    if (crt_file_flags(to))
        _close(to);
    _lock(CRT_LOCK_FILES);
    fill(&files[to], handle, flags);
    _unlock(CRT_LOCK_FILES);
    if (to <= 2) /* programs that ask kernel32 must see the same file */
        SetStdHandle(to == 0   ? STD_INPUT_HANDLE
                     : to == 1 ? STD_OUTPUT_HANDLE
                               : STD_ERROR_HANDLE,
                     handle);
    return 0;
}

int __cdecl _isatty(int fd)
{
    return crt_file_flags(fd) & FD_DEVICE;
}

int __cdecl _setmode(int fd, int mode)
{
    struct crt_file *file;
    int old;

    if (mode != _O_TEXT && mode != _O_BINARY)
        return crt_error(EINVAL);
    file = crt_file_lock(fd);
    if (!file)
        return -1;
    old = file->flags & FD_TEXT ? _O_TEXT : _O_BINARY;
    file->flags = (file->flags & ~FD_TEXT) | (mode == _O_TEXT ? FD_TEXT : 0);
    crt_file_unlock(file);
    return old;
}
