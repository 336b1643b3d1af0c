/*
 * Files' names of this process: in full, for the kernel, and the current directory.
 */
#include "user/ntdll/ntdll.h"
#include "user/ntdll/path.h"

/* The current directory, to TO (PATH_LIMIT units), under the lock that guards it. */
static void copy_current(WCHAR *to)
{
    RtlAcquirePebLock();
    const UNICODE_STRING *path = &current_peb()->process_parameters->current_directory.path;
    size_t units = path->Length / 2u;
    if (units < 3 || units + 2 > PATH_LIMIT) {
        memcpy(to, L"C:\\", 4 * sizeof(*to));
    } else {
        memcpy(to, path->Buffer, path->Length);
        if (to[units - 1] != '\\')
            to[units++] = '\\';
        to[units] = 0;
    }
    RtlReleasePebLock();
}

/* NAME in full at FULL (PATH_LIMIT units). => its length, 0: it has none. */
static size_t make_full(const WCHAR *name, WCHAR *full, size_t *file)
{
    WCHAR current[PATH_LIMIT];

    copy_current(current);
    return path_make_full(full, name, current, file);
}

ULONG NTAPI RtlGetFullPathName_U(const WCHAR *name, ULONG size, WCHAR *to, WCHAR **part)
{
    WCHAR full[PATH_LIMIT];
    size_t file, units = make_full(name, full, &file);

    if (part)
        *part = NULL;
    if (!units)
        return 0;
    if ((units + 1) * sizeof(*full) > size)
        return (ULONG)((units + 1) * sizeof(*full));
    memcpy(to, full, (units + 1) * sizeof(*full));
    if (part && file != PATH_NO_FILE)
        *part = to + file;
    return (ULONG)(units * sizeof(*full));
}

BOOL NTAPI RtlDosPathNameToNtPathName_U(const WCHAR *name, UNICODE_STRING *nt_name,
                                        const WCHAR **part, void *directory)
{
    WCHAR full[PATH_LIMIT];
    size_t file, units = make_full(name, full, &file), added;

    if (directory)
        memset(directory, 0, 16); /* RTL_RELATIVE_NAME: relative to nothing */
    if (!units)
        return FALSE;
    WCHAR *buffer = rtlp_allocate((units + 5) * sizeof(*buffer));
    if (!buffer)
        return FALSE;
    added = path_make_nt(buffer, full) - units;
    *nt_name = rtlp_string(buffer, units + added);
    nt_name->MaximumLength += sizeof(*buffer);
    if (part)
        *part = file == PATH_NO_FILE ? NULL : buffer + added + file;
    return TRUE;
}

/* Without the backslash, but for the root's. */
ULONG NTAPI RtlGetCurrentDirectory_U(ULONG size, WCHAR *to)
{
    WCHAR current[PATH_LIMIT];
    size_t units;

    copy_current(current);
    units = wcslen(current);
    if (units > 3)
        current[--units] = 0;
    if ((units + 1) * sizeof(*to) > size)
        return (ULONG)((units + 1) * sizeof(*to));
    memcpy(to, current, (units + 1) * sizeof(*to));
    return (ULONG)(units * sizeof(*to));
}

static NTSTATUS check_directory(const WCHAR *path)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    FILE_BASIC_INFORMATION info;

    if (!RtlDosPathNameToNtPathName_U(path, &name, NULL, NULL))
        return STATUS_OBJECT_NAME_INVALID;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = NtQueryAttributesFile(&attributes, &info);
    RtlFreeUnicodeString(&name);
    if (nt_failed(status))
        return status;
    return info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY ? STATUS_SUCCESS : STATUS_NOT_A_DIRECTORY;
}

NTSTATUS NTAPI RtlSetCurrentDirectory_U(const UNICODE_STRING *path)
{
    WCHAR name[PATH_LIMIT], full[PATH_LIMIT];
    size_t file, units = path->Length / 2u;
    UNICODE_STRING copy;

    if (units + 1 > PATH_LIMIT)
        return STATUS_NAME_TOO_LONG;
    memcpy(name, path->Buffer, path->Length);
    name[units] = 0;
    units = make_full(name, full, &file);
    if (!units || units + 2 > PATH_LIMIT)
        return STATUS_OBJECT_NAME_INVALID;
    NTSTATUS status = check_directory(full);
    if (nt_failed(status))
        return status;
    if (full[units - 1] != '\\')
        full[units++] = '\\';
    full[units] = 0;
    if (!RtlCreateUnicodeString(&copy, full))
        return STATUS_NO_MEMORY;
    RtlAcquirePebLock();
    UNICODE_STRING *current = &current_peb()->process_parameters->current_directory.path;
    rtlp_free_string_of_heap(current);
    *current = copy;
    RtlReleasePebLock();
    return STATUS_SUCCESS;
}
