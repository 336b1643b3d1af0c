/*
 * Opening files: from the flags of _open to the arguments of CreateFile.
 */
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <stdarg.h>
#include <sys/stat.h>
#include "files.h"

#undef _fmode
int _fmode = _O_TEXT;
static int umask_bits;

int *__cdecl __p__fmode(void)
{
    return &_fmode;
}

int __cdecl _umask(int mode)
{
    int old = umask_bits;

    umask_bits = mode & (_S_IREAD | _S_IWRITE);
    return old;
}

static DWORD access_of(int oflag)
{
    switch (oflag & (_O_RDONLY | _O_WRONLY | _O_RDWR)) {
    case _O_RDONLY:
        return GENERIC_READ;
    case _O_WRONLY:
        return GENERIC_WRITE;
    case _O_RDWR:
        return GENERIC_READ | GENERIC_WRITE;
    default:
        return 0;
    }
}

static DWORD sharing_of(int share)
{
    switch (share) {
    case _SH_DENYRW:
        return 0;
    case _SH_DENYWR:
        return FILE_SHARE_READ;
    case _SH_DENYRD:
        return FILE_SHARE_WRITE;
    default:
        return FILE_SHARE_READ | FILE_SHARE_WRITE;
    }
}

static DWORD disposition_of(int oflag)
{
    switch (oflag & (_O_CREAT | _O_EXCL | _O_TRUNC)) {
    case _O_CREAT:
        return OPEN_ALWAYS;
    case _O_CREAT | _O_EXCL:
    case _O_CREAT | _O_EXCL | _O_TRUNC:
        return CREATE_NEW;
    case _O_CREAT | _O_TRUNC:
        return CREATE_ALWAYS;
    case _O_TRUNC:
    case _O_TRUNC | _O_EXCL:
        return TRUNCATE_EXISTING;
    default:
        return OPEN_EXISTING;
    }
}

static DWORD attributes_of(int oflag, int permission)
{
    DWORD attributes = FILE_ATTRIBUTE_NORMAL;

    if (oflag & _O_CREAT && !(permission & ~umask_bits & _S_IWRITE))
        attributes = FILE_ATTRIBUTE_READONLY;
    if (oflag & _O_TEMPORARY)
        attributes |= FILE_FLAG_DELETE_ON_CLOSE;
    if (oflag & _O_SHORT_LIVED)
        attributes |= FILE_ATTRIBUTE_TEMPORARY;
    if (oflag & _O_SEQUENTIAL)
        attributes |= FILE_FLAG_SEQUENTIAL_SCAN;
    if (oflag & _O_RANDOM)
        attributes |= FILE_FLAG_RANDOM_ACCESS;
    return attributes;
}

/* A file opened in text mode for reading and writing loses a Ctrl-Z at its end, so that it can
 * grow. */
static void drop_end_mark(HANDLE handle)
{
    char last = 0;
    DWORD got = 0;

    if (GetFileType(handle) != FILE_TYPE_DISK)
        return;
    if (SetFilePointer(handle, -1, NULL, FILE_END) != INVALID_SET_FILE_POINTER) {
        ReadFile(handle, &last, 1, &got, NULL);
        if (got == 1 && last == 26) {
            SetFilePointer(handle, -1, NULL, FILE_END);
            SetEndOfFile(handle);
        }
    }
    SetFilePointer(handle, 0, NULL, FILE_BEGIN);
}

int crt_file_open(const void *path, bool wide, int oflag, int share, int permission)
{
    SECURITY_ATTRIBUTES security = {sizeof(security), NULL, !(oflag & _O_NOINHERIT)};
    DWORD access = access_of(oflag);
    DWORD sharing = sharing_of(share);
    DWORD attributes = attributes_of(oflag, permission);
    bool text = oflag & _O_TEXT || (!(oflag & _O_BINARY) && !(_fmode & _O_BINARY));
    HANDLE handle;
    int fd;

    if (!access || !path || oflag & (_O_WTEXT | _O_U16TEXT | _O_U8TEXT))
        return crt_error(EINVAL);
    if (oflag & _O_TEMPORARY) {
        access |= DELETE;
        sharing |= FILE_SHARE_DELETE;
    }
    if (wide)
        handle =
            CreateFileW(path, access, sharing, &security, disposition_of(oflag), attributes, NULL);
    else
        handle =
            CreateFileA(path, access, sharing, &security, disposition_of(oflag), attributes, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return crt_last_error();
    if (text && oflag & _O_RDWR)
        drop_end_mark(handle);
    fd = crt_file_attach(handle, (text ? FD_TEXT : 0) | (oflag & _O_APPEND ? FD_APPEND : 0));
    if (fd < 0)
        CloseHandle(handle);
    return fd;
}

/* The permission is only there, and only looked at, when a file may be made. */
#define PERMISSION(oflag, last)            \
    ({                                     \
        va_list ap;                        \
        int permission_ = 0;               \
        va_start(ap, last);                \
        if ((oflag)&_O_CREAT)              \
            permission_ = va_arg(ap, int); \
        va_end(ap);                        \
        permission_;                       \
    })

int __cdecl _open(const char *path, int oflag, ...)
{
    return crt_file_open(path, false, oflag, _SH_DENYNO, PERMISSION(oflag, oflag));
}

int __cdecl _wopen(const wchar_t *path, int oflag, ...)
{
    return crt_file_open(path, true, oflag, _SH_DENYNO, PERMISSION(oflag, oflag));
}

int __cdecl _sopen(const char *path, int oflag, int share, ...)
{
    return crt_file_open(path, false, oflag, share, PERMISSION(oflag, share));
}

int __cdecl _wsopen(const wchar_t *path, int oflag, int share, ...)
{
    return crt_file_open(path, true, oflag, share, PERMISSION(oflag, share));
}

int __cdecl _creat(const char *path, int permission)
{
    return crt_file_open(path, false, _O_CREAT | _O_TRUNC | _O_RDWR, _SH_DENYNO, permission);
}

int __cdecl _wcreat(const wchar_t *path, int permission)
{
    return crt_file_open(path, true, _O_CREAT | _O_TRUNC | _O_RDWR, _SH_DENYNO, permission);
}
