/*
 * Paths as text: their parts, and the full path of a relative one.
 */
#include "crt.h"

/* Copies the LENGTH characters at FROM, unless the caller does not want them. */
static void copy_part(char *to, const char *from, size_t length, size_t room)
{
    if (!to)
        return;
    length = length < room ? length : room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

/* Into drive ("C:"), folder (with its last slash), name and extension (with its dot). */
void __cdecl _splitpath(const char *path, char *drive, char *folder, char *name, char *extension)
{
    size_t drive_length = path[0] && path[1] == ':' ? 2 : 0;
    const char *rest = path + drive_length;
    const char *file = rest;
    const char *dot;

    for (const char *p = rest; *p; p++) {
        if (*p == '\\' || *p == '/')
            file = p + 1;
    }
    dot = strrchr(file, '.');
    if (!dot)
        dot = file + strlen(file);
    copy_part(drive, path, drive_length, _MAX_DRIVE);
    copy_part(folder, rest, (size_t)(file - rest), _MAX_DIR);
    copy_part(name, file, (size_t)(dot - file), _MAX_FNAME);
    copy_part(extension, dot, strlen(dot), _MAX_EXT);
}

/* The reverse; parts may be NULL or empty, and lack their ':', last slash and dot. */
void __cdecl _makepath(char *path, const char *drive, const char *folder, const char *name,
                       const char *extension)
{
    char *p = path;

    if (drive && *drive) {
        *p++ = *drive;
        *p++ = ':';
    }
    *p = '\0';
    if (folder && *folder) {
        strcpy(p, folder);
        p += strlen(p);
        if (p[-1] != '\\' && p[-1] != '/')
            strcpy(p, "\\");
    }
    if (name)
        strcat(p, name);
    if (extension && *extension) {
        if (*extension != '.')
            strcat(p, ".");
        strcat(p, extension);
    }
}

/* BUFFER may be NULL: then the result is malloc'ed. => NULL if it does not fit or is no path. */
char *__cdecl _fullpath(char *buffer, const char *path, size_t size)
{
    char *file;
    char *result = buffer;
    DWORD length;

    if (!buffer) {
        size = _MAX_PATH;
        result = malloc(size);
    }
    if (!result)
        return NULL;
    length = GetFullPathNameA(path && *path ? path : ".", size, result, &file);
    if (length > 0 && length < size)
        return result;
    if (!buffer)
        free(result);
    crt_error(length ? ERANGE : EINVAL);
    return NULL;
}

wchar_t *__cdecl _wfullpath(wchar_t *buffer, const wchar_t *path, size_t size)
{
    wchar_t *file;
    wchar_t *result = buffer;
    DWORD length;

    if (!buffer) {
        size = _MAX_PATH;
        result = malloc(size * sizeof(wchar_t));
    }
    if (!result)
        return NULL;
    length = GetFullPathNameW(path && *path ? path : L".", size, result, &file);
    if (length > 0 && length < size)
        return result;
    if (!buffer)
        free(result);
    crt_error(length ? ERANGE : EINVAL);
    return NULL;
}
