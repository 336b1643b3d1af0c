/*
 * Functions on files and folders by their names.
 */
#include <direct.h>
#include <io.h>
#include <process.h>
#include <sys/stat.h>
#include "crt.h"

static int done(BOOL success)
{
    return success ? 0 : crt_last_error();
}

int __cdecl remove(const char *path)
{
    return done(DeleteFileA(path));
}

int __cdecl _unlink(const char *path)
{
    return done(DeleteFileA(path));
}

int __cdecl _wremove(const wchar_t *path)
{
    return done(DeleteFileW(path));
}

int __cdecl _wunlink(const wchar_t *path)
{
    return done(DeleteFileW(path));
}

int __cdecl rename(const char *from, const char *to)
{
    return done(MoveFileA(from, to));
}

int __cdecl _mkdir(const char *path)
{
    return done(CreateDirectoryA(path, NULL));
}

int __cdecl _rmdir(const char *path)
{
    return done(RemoveDirectoryA(path));
}

int __cdecl _chdir(const char *path)
{
    return done(SetCurrentDirectoryA(path));
}

/* A NULL buffer asks for a malloc'ed one of at least SIZE bytes. */
char *__cdecl _getcwd(char *buffer, int size)
{
    char path[MAX_PATH + 1];
    DWORD length = GetCurrentDirectoryA(sizeof(path), path);

    if (length == 0 || length >= sizeof(path)) {
        crt_last_error();
        return NULL;
    }
    if (!buffer)
        buffer = malloc((int)length + 1 > size ? length + 1 : (unsigned)size);
    else if ((int)length + 1 > size) {
        crt_error(ERANGE);
        return NULL;
    }
    return buffer ? strcpy(buffer, path) : NULL;
}

/* MODE 2 and 6 ask whether it may be written to; all ask whether it is there. */
static int check_access(DWORD attributes, int mode)
{
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return crt_last_error();
    if (mode & 2 && attributes & FILE_ATTRIBUTE_READONLY &&
        !(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return crt_error_from(ERROR_ACCESS_DENIED);
    return 0;
}

int __cdecl _access(const char *path, int mode)
{
    return check_access(GetFileAttributesA(path), mode);
}

int __cdecl _waccess(const wchar_t *path, int mode)
{
    return check_access(GetFileAttributesW(path), mode);
}

int __cdecl _chmod(const char *path, int mode)
{
    DWORD attributes = GetFileAttributesA(path);

    if (attributes == INVALID_FILE_ATTRIBUTES)
        return crt_last_error();
    attributes = mode & _S_IWRITE ? attributes & ~FILE_ATTRIBUTE_READONLY
                                  : attributes | FILE_ATTRIBUTE_READONLY;
    return done(SetFileAttributesA(path, attributes));
}

int __cdecl _getpid(void)
{
    return (int)GetCurrentProcessId();
}
