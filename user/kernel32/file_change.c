/*
 * Deleting, moving and copying files; making and removing directories.
 */
#include "user/kernel32/base.h"

#define COPY_BYTES 0x10000u

static BOOL delete_it(const WCHAR *name, ULONG options)
{
    FILE_DISPOSITION_INFORMATION info = {TRUE};
    IO_STATUS_BLOCK io;
    HANDLE file;

    if (!base_open(name, DELETE, options, &file))
        return FALSE;
    NTSTATUS status =
        NtSetInformationFile(file, &io, &info, sizeof(info), FileDispositionInformation);
    NTSTATUS closed = NtClose(file);
    return base_ok(status) && base_ok(closed);
}

BOOL WINAPI DeleteFileW(const WCHAR *name)
{
    return delete_it(name, FILE_NON_DIRECTORY_FILE);
}

BOOL WINAPI DeleteFileA(const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return FALSE;
    BOOL done = DeleteFileW(wide.text);
    wide_free(&wide);
    return done;
}

BOOL WINAPI RemoveDirectoryW(const WCHAR *name)
{
    return delete_it(name, FILE_DIRECTORY_FILE);
}

BOOL WINAPI RemoveDirectoryA(const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return FALSE;
    BOOL done = RemoveDirectoryW(wide.text);
    wide_free(&wide);
    return done;
}

BOOL WINAPI CreateDirectoryW(const WCHAR *name, SECURITY_ATTRIBUTES *security)
{
    UNICODE_STRING nt_name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file;

    (void)security; /* there are no security descriptors */
    if (!base_nt_name(name, &nt_name, &attributes))
        return FALSE;
    NTSTATUS status =
        NtCreateFile(&file, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io, NULL,
                     FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_CREATE,
                     FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    RtlFreeUnicodeString(&nt_name);
    if (!base_ok(status))
        return FALSE;
    NtClose(file);
    return TRUE;
}

BOOL WINAPI CreateDirectoryA(const char *name, SECURITY_ATTRIBUTES *security)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return FALSE;
    BOOL done = CreateDirectoryW(wide.text, security);
    wide_free(&wide);
    return done;
}

static BOOL rename_to(HANDLE file, const WCHAR *name, bool replace)
{
    UNICODE_STRING nt_name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;

    if (!base_nt_name(name, &nt_name, &attributes))
        return FALSE;
    size_t bytes = offsetof(FILE_RENAME_INFORMATION, FileName) + nt_name.Length;
    FILE_RENAME_INFORMATION *info = base_allocate(bytes);
    NTSTATUS status = STATUS_NO_MEMORY;
    if (info) {
        info->ReplaceIfExists = replace;
        info->RootDirectory = NULL;
        info->FileNameLength = nt_name.Length;
        memcpy(info->FileName, nt_name.Buffer, nt_name.Length);
        status = NtSetInformationFile(file, &io, info, (ULONG)bytes, FileRenameInformation);
        base_free(info);
    }
    RtlFreeUnicodeString(&nt_name);
    return base_ok(status);
}

BOOL WINAPI MoveFileExW(const WCHAR *from, const WCHAR *to, DWORD flags)
{
    HANDLE file;

    if (!to) /* at the next start: nobody would do it */
        return base_fail(ERROR_INVALID_PARAMETER);
    if (!base_open(from, DELETE, FILE_OPEN_FOR_BACKUP_INTENT, &file))
        return FALSE;
    BOOL moved = rename_to(file, to, flags & MOVEFILE_REPLACE_EXISTING);
    NtClose(file);
    if (moved || !(flags & MOVEFILE_COPY_ALLOWED) ||
        RtlGetLastWin32Error() != ERROR_NOT_SAME_DEVICE)
        return moved;
    return CopyFileW(from, to, !(flags & MOVEFILE_REPLACE_EXISTING)) && DeleteFileW(from);
}

BOOL WINAPI MoveFileW(const WCHAR *from, const WCHAR *to)
{
    return MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED);
}

BOOL WINAPI MoveFileExA(const char *from, const char *to, DWORD flags)
{
    struct wide wide_from, wide_to = {NULL};
    BOOL done = wide_make(&wide_from, from) && wide_make(&wide_to, to) &&
                MoveFileExW(wide_from.text, wide_to.text, flags);

    wide_free(&wide_from);
    wide_free(&wide_to);
    return done;
}

BOOL WINAPI MoveFileA(const char *from, const char *to)
{
    return MoveFileExA(from, to, MOVEFILE_COPY_ALLOWED);
}

static bool copy_bytes(HANDLE from, HANDLE to)
{
    char *buffer = base_allocate(COPY_BYTES);
    DWORD bytes, written;
    bool done = buffer || base_fail(ERROR_NOT_ENOUGH_MEMORY);

    while (done) {
        done = ReadFile(from, buffer, COPY_BYTES, &bytes, NULL);
        if (!done || !bytes)
            break;
        done = WriteFile(to, buffer, bytes, &written, NULL) &&
               (written == bytes || base_fail(ERROR_DISK_FULL));
    }
    if (buffer)
        base_free(buffer);
    return done;
}

/* With the times and attributes of the original. */
static bool copy_to(HANDLE from, const WCHAR *name, BOOL fail_if_exists)
{
    BY_HANDLE_FILE_INFORMATION info;

    if (!GetFileInformationByHandle(from, &info))
        return false;
    HANDLE to =
        CreateFileW(name, GENERIC_WRITE | FILE_WRITE_ATTRIBUTES, 0, NULL,
                    fail_if_exists ? CREATE_NEW : CREATE_ALWAYS, info.dwFileAttributes, NULL);
    if (to == INVALID_HANDLE_VALUE)
        return false;
    bool done = copy_bytes(from, to);
    DWORD error = RtlGetLastWin32Error();
    if (done)
        SetFileTime(to, NULL, NULL, &info.ftLastWriteTime);
    NtClose(to);
    if (done)
        return true;
    DeleteFileW(name);
    return base_fail(error);
}

BOOL WINAPI CopyFileW(const WCHAR *from, const WCHAR *to, BOOL fail_if_exists)
{
    HANDLE file = CreateFileW(from, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);

    if (file == INVALID_HANDLE_VALUE)
        return FALSE;
    bool done = copy_to(file, to, fail_if_exists);
    NtClose(file);
    return done;
}

BOOL WINAPI CopyFileA(const char *from, const char *to, BOOL fail_if_exists)
{
    struct wide wide_from, wide_to = {NULL};
    BOOL done = wide_make(&wide_from, from) && wide_make(&wide_to, to) &&
                CopyFileW(wide_from.text, wide_to.text, fail_if_exists);

    wide_free(&wide_from);
    wide_free(&wide_to);
    return done;
}
