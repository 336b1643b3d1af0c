/*
 * Opening and making files.
 */
#include "user/kernel32/base.h"

#define FILE_ATTRIBUTES_TO_CREATE                                              \
    (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | \
     FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NORMAL | FILE_ATTRIBUTE_TEMPORARY)

static ULONG options_of(DWORD flags)
{
    static const struct {
        DWORD flag;
        ULONG option;
    } pairs[] = {
        {FILE_FLAG_WRITE_THROUGH, FILE_WRITE_THROUGH},
        {FILE_FLAG_NO_BUFFERING, FILE_NO_INTERMEDIATE_BUFFERING},
        {FILE_FLAG_SEQUENTIAL_SCAN, FILE_SEQUENTIAL_ONLY},
        {FILE_FLAG_RANDOM_ACCESS, FILE_RANDOM_ACCESS},
        {FILE_FLAG_DELETE_ON_CLOSE, FILE_DELETE_ON_CLOSE},
        {FILE_FLAG_BACKUP_SEMANTICS, FILE_OPEN_FOR_BACKUP_INTENT},
    };
    ULONG options = 0;

    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (flags & pairs[i].flag)
            options |= pairs[i].option;
    if (!(flags & FILE_FLAG_OVERLAPPED))
        options |= FILE_SYNCHRONOUS_IO_NONALERT;
    if (!(flags & FILE_FLAG_BACKUP_SEMANTICS)) /* else directories may be opened too */
        options |= FILE_NON_DIRECTORY_FILE;
    return options;
}

/* By CreateFile's dispositions, from CREATE_NEW on. */
static const ULONG dispositions[] = {
    [CREATE_NEW] = FILE_CREATE,   [CREATE_ALWAYS] = FILE_OVERWRITE_IF,  [OPEN_EXISTING] = FILE_OPEN,
    [OPEN_ALWAYS] = FILE_OPEN_IF, [TRUNCATE_EXISTING] = FILE_OVERWRITE,
};

/* The last error after CreateFile with DISPOSITION. */
static void tell(NTSTATUS status, DWORD disposition, ULONG_PTR information, const WCHAR *name)
{
    size_t length = wcslen(name);

    if (status == STATUS_OBJECT_NAME_COLLISION && disposition == CREATE_NEW)
        base_fail(ERROR_FILE_EXISTS);
    else if (status == STATUS_FILE_IS_A_DIRECTORY && name[length - 1] == '\\')
        base_fail(ERROR_PATH_NOT_FOUND);
    else if (!base_ok(status))
        return;
    else if ((disposition == CREATE_ALWAYS && information == FILE_OVERWRITTEN) ||
             (disposition == OPEN_ALWAYS && information == FILE_OPENED))
        base_fail(ERROR_ALREADY_EXISTS);
    else
        base_fail(ERROR_SUCCESS);
}

static bool are_arguments_right(const WCHAR *name, DWORD access, DWORD disposition)
{
    if (!name || !name[0])
        return base_fail(ERROR_PATH_NOT_FOUND);
    if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING ||
        (disposition == TRUNCATE_EXISTING && !(access & GENERIC_WRITE)))
        return base_fail(ERROR_INVALID_PARAMETER);
    return true;
}

HANDLE WINAPI CreateFileW(const WCHAR *name, DWORD access, DWORD share,
                          SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags,
                          HANDLE template)
{
    UNICODE_STRING nt_name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io = {.Information = 0};
    HANDLE file;

    (void)template; /* extended attributes, which no file system here has */
    if (!are_arguments_right(name, access, disposition) ||
        !base_nt_name(name, &nt_name, &attributes))
        return INVALID_HANDLE_VALUE;
    if (security && security->bInheritHandle)
        attributes.Attributes |= OBJ_INHERIT;
    if (flags & FILE_FLAG_POSIX_SEMANTICS)
        attributes.Attributes &= ~(ULONG)OBJ_CASE_INSENSITIVE;
    if (flags & FILE_FLAG_DELETE_ON_CLOSE)
        access |= DELETE;
    NTSTATUS status = NtCreateFile(&file, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes,
                                   &io, NULL, flags & FILE_ATTRIBUTES_TO_CREATE, share,
                                   dispositions[disposition], options_of(flags), NULL, 0);
    RtlFreeUnicodeString(&nt_name);
    tell(status, disposition, io.Information, name);
    return nt_failed(status) ? INVALID_HANDLE_VALUE : file;
}

HANDLE WINAPI CreateFileA(const char *name, DWORD access, DWORD share,
                          SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags,
                          HANDLE template)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return INVALID_HANDLE_VALUE;
    HANDLE file = CreateFileW(wide.text, access, share, security, disposition, flags, template);
    wide_free(&wide);
    return file;
}

bool base_open(const WCHAR *name, ACCESS_MASK access, ULONG options, HANDLE *file)
{
    UNICODE_STRING nt_name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;

    if (!base_nt_name(name, &nt_name, &attributes))
        return false;
    NTSTATUS status = NtOpenFile(file, access | SYNCHRONIZE, &attributes, &io,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                 options | FILE_SYNCHRONOUS_IO_NONALERT);
    RtlFreeUnicodeString(&nt_name);
    return base_ok(status);
}
