/*
 * Paths: in full, searched for, and those that the system has names for.
 */
#include "user/kernel32/base.h"

#define SYSTEM_DIRECTORY L"C:\\"
#define PATH_UNITS       1024u

DWORD WINAPI GetFullPathNameW(const WCHAR *name, DWORD size, WCHAR *to, WCHAR **part)
{
    ULONG bytes = RtlGetFullPathName_U(name, size * (DWORD)sizeof(*to), to, part);

    if (!bytes)
        base_fail(ERROR_INVALID_NAME);
    return bytes / sizeof(*to);
}

DWORD WINAPI GetFullPathNameA(const char *name, DWORD size, char *to, char **part)
{
    WCHAR full[PATH_UNITS], *wide_part = NULL;
    struct wide wide;

    if (part)
        *part = NULL;
    if (!wide_make(&wide, name))
        return 0;
    DWORD units = GetFullPathNameW(wide.text, PATH_UNITS, full, &wide_part);
    wide_free(&wide);
    if (!units || units >= PATH_UNITS)
        return 0;
    DWORD bytes = base_give_ansi(full, units, to, size);
    if (part && wide_part && bytes < size) /* a byte a unit, up to there */
        *part = to + (wide_part - full);
    return bytes;
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, WCHAR *to)
{
    WCHAR current[PATH_UNITS];
    ULONG bytes = RtlGetCurrentDirectory_U(sizeof(current), current);

    return base_give_wide(current, bytes / sizeof(*current), to, size);
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, char *to)
{
    WCHAR current[PATH_UNITS];
    ULONG bytes = RtlGetCurrentDirectory_U(sizeof(current), current);

    return base_give_ansi(current, bytes / sizeof(*current), to, size);
}

BOOL WINAPI SetCurrentDirectoryW(const WCHAR *path)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, path);
    return base_ok(RtlSetCurrentDirectory_U(&string));
}

BOOL WINAPI SetCurrentDirectoryA(const char *path)
{
    struct wide wide;

    if (!wide_make(&wide, path))
        return FALSE;
    BOOL set = SetCurrentDirectoryW(wide.text);
    wide_free(&wide);
    return set;
}

UINT WINAPI GetSystemDirectoryW(WCHAR *to, UINT size)
{
    return base_give_wide(SYSTEM_DIRECTORY, wcslen(SYSTEM_DIRECTORY), to, size);
}

UINT WINAPI GetSystemDirectoryA(char *to, UINT size)
{
    return base_give_ansi(SYSTEM_DIRECTORY, wcslen(SYSTEM_DIRECTORY), to, size);
}

/* TEMP or TMP, else the root; with a backslash at its end. */
/* => whether the variable NAME is one that a path may have. */
static bool get_path_variable(const WCHAR *name, WCHAR path[MAX_PATH])
{
    DWORD units = GetEnvironmentVariableW(name, path, MAX_PATH);

    return units && units < MAX_PATH;
}

DWORD WINAPI GetTempPathW(DWORD size, WCHAR *to)
{
    WCHAR path[MAX_PATH], full[MAX_PATH + 1];

    if (!get_path_variable(L"TMP", path) && !get_path_variable(L"TEMP", path))
        return base_give_wide(SYSTEM_DIRECTORY, wcslen(SYSTEM_DIRECTORY), to, size);
    DWORD units = GetFullPathNameW(path, MAX_PATH, full, NULL);
    if (!units || units >= MAX_PATH)
        return 0;
    if (full[units - 1] != '\\')
        full[units++] = '\\';
    return base_give_wide(full, units, to, size);
}

DWORD WINAPI GetTempPathA(DWORD size, char *to)
{
    WCHAR path[MAX_PATH + 1];
    DWORD units = GetTempPathW(MAX_PATH + 1, path);

    return units ? base_give_ansi(path, units, to, size) : 0;
}

/* ---- SearchPath ------------------------------------------------------------------------------ */

static bool has_extension(const WCHAR *name)
{
    size_t length = wcslen(name);

    while (length-- > 0 && name[length] != '\\' && name[length] != '/')
        if (name[length] == '.')
            return true;
    return false;
}

static bool has_path(const WCHAR *name)
{
    for (; *name; name++)
        if (*name == '\\' || *name == '/' || *name == ':')
            return true;
    return false;
}

/* What is searched for. */
struct wanted {
    const WCHAR *name, *extension;
    WCHAR *full; /* PATH_UNITS for where it was found */
    DWORD error; /* why it could not be looked for: the search is over */
};

/* Not that there is no such file, but that nobody can tell. */
static bool is_shortage(DWORD error)
{
    return error == ERROR_NOT_ENOUGH_MEMORY || error == ERROR_OUTOFMEMORY ||
           error == ERROR_NO_SYSTEM_RESOURCES || error == ERROR_COMMITMENT_LIMIT;
}

/* DIRECTORY's LENGTH units \NAME EXTENSION, if it is a file. */
static bool try_directory(struct wanted *wanted, const WCHAR *directory, size_t length)
{
    WCHAR joined[PATH_UNITS];
    UNICODE_STRING path = {(USHORT)(length * 2), sizeof(joined), joined};

    if (length + 2 >= PATH_UNITS || wanted->error)
        return false;
    memcpy(joined, directory, length * sizeof(*joined));
    joined[length] = 0;
    if (length && joined[length - 1] != '\\')
        RtlAppendUnicodeToString(&path, L"\\");
    if (nt_failed(RtlAppendUnicodeToString(&path, wanted->name)) ||
        nt_failed(RtlAppendUnicodeToString(&path, wanted->extension)) ||
        path.Length == sizeof(joined))
        return false;
    DWORD attributes = GetFileAttributesW(joined);
    if (attributes == INVALID_FILE_ATTRIBUTES && is_shortage(RtlGetLastWin32Error()))
        wanted->error = RtlGetLastWin32Error();
    if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_DIRECTORY))
        return false;
    DWORD units = GetFullPathNameW(joined, PATH_UNITS, wanted->full, NULL);
    return units && units < PATH_UNITS;
}

/* Each of DIRECTORIES, with semicolons between them. */
static bool try_list(struct wanted *wanted, const WCHAR *directories)
{
    while (*directories) {
        size_t length = 0;

        while (directories[length] && directories[length] != ';')
            length++;
        if (length && try_directory(wanted, directories, length))
            return true;
        directories += length + (directories[length] == ';');
    }
    return false;
}

/* The program's directory, the current one, the system's, those of PATH. */
static bool try_default(struct wanted *wanted)
{
    WCHAR directory[PATH_UNITS];
    const UNICODE_STRING *program = &current_peb()->process_parameters->image_path_name;
    size_t length = program->Length / 2u;

    while (length && program->Buffer[length - 1] != '\\')
        length--;
    if (length && try_directory(wanted, program->Buffer, length))
        return true;
    RtlGetCurrentDirectory_U(sizeof(directory), directory);
    if (try_directory(wanted, directory, wcslen(directory)) || try_list(wanted, SYSTEM_DIRECTORY))
        return true;
    DWORD units = GetEnvironmentVariableW(L"PATH", directory, PATH_UNITS);
    return units && units < PATH_UNITS && try_list(wanted, directory);
}

DWORD WINAPI SearchPathW(const WCHAR *path, const WCHAR *name, const WCHAR *extension, DWORD size,
                         WCHAR *to, WCHAR **part)
{
    WCHAR full[PATH_UNITS];
    struct wanted wanted = {.name = name, .full = full};
    bool found;

    if (part)
        *part = NULL;
    wanted.extension = !extension || has_extension(name) ? L"" : extension;
    if (has_path(name))
        found = try_directory(&wanted, L"", 0);
    else
        found = path ? try_list(&wanted, path) : try_default(&wanted);
    if (!found) {
        base_fail(wanted.error ? wanted.error : ERROR_FILE_NOT_FOUND);
        return 0;
    }
    return GetFullPathNameW(full, size, to, part);
}

DWORD WINAPI SearchPathA(const char *path, const char *name, const char *extension, DWORD size,
                         char *to, char **part)
{
    WCHAR full[PATH_UNITS], *wide_part = NULL;
    struct wide wide[3] = {0};
    DWORD length = 0;

    if (part)
        *part = NULL;
    if (wide_make(&wide[0], path) && wide_make(&wide[1], name) && wide_make(&wide[2], extension)) {
        DWORD units =
            SearchPathW(wide[0].text, wide[1].text, wide[2].text, PATH_UNITS, full, &wide_part);

        length = units ? base_give_ansi(full, units, to, size) : 0;
        if (part && wide_part && length && length < size)
            *part = to + (wide_part - full);
    }
    for (size_t i = 0; i < COUNT_OF(wide); i++)
        wide_free(&wide[i]);
    return length;
}
