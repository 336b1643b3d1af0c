/*
 * Reading, writing and seeking on descriptors, with the translation of text mode.
 */
#include <fcntl.h>
#include <io.h>
#include "files.h"

#define CTRL_Z 26
#define CHUNK  1024 /* bytes translated at a time, on the stack */

/* => the bytes read, 0 at the end of file or of a pipe, -1 with errno. */
static int read_raw(struct crt_file *file, void *buffer, unsigned size)
{
    DWORD got = 0;

    if (ReadFile(file->handle, buffer, size, &got, NULL))
        return (int)got;
    if (GetLastError() == ERROR_BROKEN_PIPE)
        return 0;
    /* What lacks here is the right to read, which is a property of the descriptor. */
    if (GetLastError() == ERROR_ACCESS_DENIED)
        return crt_error_from(ERROR_INVALID_HANDLE);
    return crt_last_error();
}

/* The position of a disk file; -1 for what has none. */
static __int64 position(struct crt_file *file)
{
    LARGE_INTEGER offset = {.QuadPart = 0};

    if (file->flags & (FD_DEVICE | FD_PIPE))
        return -1;
    offset.LowPart = SetFilePointer(file->handle, 0, &offset.HighPart, FILE_CURRENT);
    return offset.QuadPart;
}

/* => whether the byte after a '\r' at a buffer's end is '\n'. If not it is left to be read. */
static bool newline_follows(struct crt_file *file)
{
    char next;

    if (read_raw(file, &next, 1) != 1)
        return false;
    if (next == '\n')
        return true;
    if (file->flags & (FD_DEVICE | FD_PIPE))
        file->peeked = (unsigned char)next;
    else
        SetFilePointer(file->handle, -1, NULL, FILE_CURRENT);
    return false;
}

/* Turns the SIZE bytes of BUFFER into text, in place. => their number afterwards. */
static int to_text(struct crt_file *file, char *buffer, int size)
{
    char *to = buffer;

    for (int i = 0; i < size; i++) {
        char c = buffer[i];

        if (c == CTRL_Z) {
            if (!(file->flags & FD_DEVICE)) /* a console goes on after it */
                file->flags |= FD_EOF;
            break;
        }
        if (c == '\r') {
            if (i + 1 < size ? buffer[i + 1] == '\n' : newline_follows(file)) {
                c = '\n';
                i++;
            }
        }
        *to++ = c;
    }
    return (int)(to - buffer);
}

static int read_file(struct crt_file *file, char *buffer, unsigned size)
{
    int kept = 0;
    int got;

    if (size == 0 || file->flags & FD_EOF)
        return 0;
    if (file->flags & FD_TEXT)
        file->read_start = position(file);
    if (file->peeked >= 0) {
        *buffer = (char)file->peeked;
        file->peeked = -1;
        kept = 1;
    }
    /* A byte at hand must not wait for more. */
    got = kept ? 0 : read_raw(file, buffer, size);
    if (got < 0)
        return got;
    return file->flags & FD_TEXT ? to_text(file, buffer, got + kept) : got + kept;
}

int __cdecl _read(int fd, void *buffer, unsigned size)
{
    struct crt_file *file = crt_file_lock(fd);
    int got;

    if (!file)
        return -1;
    got = read_file(file, buffer, size);
    crt_file_unlock(file);
    return got;
}

/* => the bytes written, or -1 with errno. */
static int write_raw(struct crt_file *file, const void *buffer, unsigned size)
{
    DWORD written = 0;

    if (!WriteFile(file->handle, buffer, size, &written, NULL)) {
        if (GetLastError() == ERROR_ACCESS_DENIED)
            return crt_error_from(ERROR_INVALID_HANDLE);
        return crt_last_error();
    }
    if (written == 0 && size > 0)
        return crt_error(ENOSPC);
    return (int)written;
}

/* Counts the bytes of BUFFER that got out, not those of the translation. */
static int write_text(struct crt_file *file, const char *buffer, unsigned size)
{
    char chunk[CHUNK];
    unsigned done = 0;

    while (done < size) {
        unsigned taken = done;
        unsigned length = 0;
        int written;

        while (taken < size && length < CHUNK - 1) {
            if (buffer[taken] == '\n')
                chunk[length++] = '\r';
            chunk[length++] = buffer[taken++];
        }
        written = write_raw(file, chunk, length);
        if (written < 0)
            return done ? (int)done : -1;
        if ((unsigned)written < length) {
            for (unsigned i = 0; i < (unsigned)written; i++)
                done += !(chunk[i] == '\r' && i + 1 < length && chunk[i + 1] == '\n');
            return (int)done;
        }
        done = taken;
    }
    return (int)done;
}

static int write_file(struct crt_file *file, const void *buffer, unsigned size)
{
    if (size == 0)
        return 0;
    if (file->flags & FD_APPEND)
        SetFilePointer(file->handle, 0, NULL, FILE_END);
    return file->flags & FD_TEXT ? write_text(file, buffer, size) : write_raw(file, buffer, size);
}

int __cdecl _write(int fd, const void *buffer, unsigned size)
{
    struct crt_file *file = crt_file_lock(fd);
    int written;

    if (!file)
        return -1;
    written = write_file(file, buffer, size);
    crt_file_unlock(file);
    return written;
}

void crt_file_write_unlocked(int fd, const void *buffer, unsigned size)
{
    struct crt_file *file = crt_file_get(fd);

    if (file && TryEnterCriticalSection(&file->lock)) {
        write_file(file, buffer, size);
        LeaveCriticalSection(&file->lock);
    }
}

static __int64 seek_file(struct crt_file *file, __int64 offset, int origin)
{
    LARGE_INTEGER to = {.QuadPart = offset};

    if (file->flags & (FD_DEVICE | FD_PIPE))
        return crt_error(ESPIPE);
    SetLastError(NO_ERROR);
    to.LowPart = SetFilePointer(file->handle, to.LowPart, &to.HighPart, (DWORD)origin);
    if (to.LowPart == INVALID_SET_FILE_POINTER && GetLastError() != NO_ERROR)
        return crt_last_error();
    file->flags &= ~FD_EOF;
    return to.QuadPart;
}

__int64 __cdecl _lseeki64(int fd, __int64 offset, int origin)
{
    struct crt_file *file = crt_file_lock(fd);
    __int64 to;

    if (!file)
        return -1;
    to = seek_file(file, offset, origin);
    crt_file_unlock(file);
    return to;
}

long __cdecl _lseek(int fd, long offset, int origin)
{
    __int64 to = _lseeki64(fd, offset, origin);

    return to == (long)to ? (long)to : crt_error(EINVAL);
}

__int64 __cdecl _telli64(int fd)
{
    return _lseeki64(fd, 0, SEEK_CUR);
}

long __cdecl _tell(int fd)
{
    return _lseek(fd, 0, SEEK_CUR);
}

/* Reads again what was read, and counts how many bytes of the file the used part of the text took.
 */
static __int64 text_offset(struct crt_file *file, unsigned count)
{
    __int64 offset = file->read_start;
    char chunk[CHUNK];
    bool after_return = false;

    if (seek_file(file, offset, SEEK_SET) < 0)
        return -1;
    for (;;) {
        int got = read_raw(file, chunk, CHUNK);

        if (got <= 0)
            return got < 0 ? -1 : offset;
        for (int i = 0; i < got; i++) {
            if (after_return && chunk[i] == '\n')
                offset++; /* the two together were one character */
            else if (count-- == 0)
                return offset;
            else
                offset++;
            after_return = chunk[i] == '\r';
        }
    }
}

__int64 crt_file_text_offset(int fd, unsigned count)
{
    struct crt_file *file = crt_file_lock(fd);
    __int64 here;
    __int64 offset;
    int flags;

    if (!file)
        return -1;
    flags = file->flags;
    here = position(file);
    offset = here < 0 ? -1 : text_offset(file, count);
    if (here >= 0)
        seek_file(file, here, SEEK_SET);
    file->flags = flags;
    crt_file_unlock(file);
    return offset;
}
