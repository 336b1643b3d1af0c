/*
 * From a DLL's name to its file: one of the known DLLs, whose sections the system keeps, or in the
 * program's directory, then in C:\, where the system's are.
 */
#include "user/ntdll/ldr_internal.h"

#define SYSTEM_DIRECTORY L"C:\\"
#define KNOWN_DLLS       L"\\KnownDlls\\"
#define MAP_ACCESS       (SECTION_MAP_READ | SECTION_MAP_WRITE | SECTION_MAP_EXECUTE | SECTION_QUERY)
#define PATH_UNITS       260u

/* In a name without a path. */
static bool has_extension(const UNICODE_STRING *name)
{
    for (size_t i = name->Length / 2; i-- > 0;) {
        if (name->Buffer[i] == '.')
            return true;
        if (name->Buffer[i] == '\\' || name->Buffer[i] == '/')
            break;
    }
    return false;
}

static bool has_path(const UNICODE_STRING *name)
{
    for (size_t i = 0; i < name->Length / 2u; i++)
        if (name->Buffer[i] == '\\' || name->Buffer[i] == '/' || name->Buffer[i] == ':')
            return true;
    return false;
}

/* A '.' at the end says that there is no extension, and is none itself. */
NTSTATUS ldrp_complete_name(const UNICODE_STRING *name, UNICODE_STRING *complete)
{
    static const WCHAR extension[] = L".dll";
    size_t units = name->Length / 2;

    if (units == 0)
        return STATUS_DLL_NOT_FOUND;
    *complete = (UNICODE_STRING){0, (USHORT)(name->Length + sizeof(extension)),
                                 rtlp_allocate(name->Length + sizeof(extension))};
    if (!complete->Buffer)
        return STATUS_NO_MEMORY;
    RtlCopyUnicodeString(complete, name);
    if (!has_extension(name))
        RtlAppendUnicodeToString(complete, extension);
    else if (name->Buffer[units - 1] == '.')
        complete->Length -= 2;
    complete->Buffer[complete->Length / 2] = 0;
    return STATUS_SUCCESS;
}

static bool is_not_there(NTSTATUS status)
{
    return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND ||
           status == STATUS_OBJECT_NAME_INVALID || status == STATUS_OBJECT_PATH_SYNTAX_BAD ||
           status == STATUS_NO_SUCH_FILE || status == STATUS_NOT_A_DIRECTORY ||
           status == STATUS_FILE_IS_A_DIRECTORY;
}

/* The image section of the file with the full path PATH, which has a terminator. */
static NTSTATUS open_section(const WCHAR *path, HANDLE *section)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file;

    if (!RtlDosPathNameToNtPathName_U(path, &name, NULL, NULL))
        return STATUS_OBJECT_NAME_INVALID;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = NtOpenFile(&file, SYNCHRONIZE | FILE_EXECUTE | FILE_READ_DATA, &attributes,
                                 &io, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                 FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    RtlFreeUnicodeString(&name);
    if (nt_failed(status))
        return status;
    status = NtCreateSection(section, MAP_ACCESS, NULL, NULL, PAGE_EXECUTE, SEC_IMAGE, file);
    NtClose(file);
    return status;
}

/* DIRECTORY\NAME, or NAME where DIRECTORY is empty, if it is there. */
static NTSTATUS try_path(const UNICODE_STRING *directory, const UNICODE_STRING *name,
                         UNICODE_STRING *full_name, HANDLE *section)
{
    WCHAR joined[PATH_UNITS], full[PATH_UNITS];
    UNICODE_STRING path = {0, sizeof(joined), joined};

    RtlCopyUnicodeString(&path, directory);
    if (path.Length && joined[path.Length / 2 - 1] != '\\')
        RtlAppendUnicodeToString(&path, L"\\");
    if (nt_failed(RtlAppendUnicodeStringToString(&path, name)) || path.Length == sizeof(joined))
        return STATUS_NAME_TOO_LONG;
    ULONG bytes = RtlGetFullPathName_U(joined, sizeof(full), full, NULL);
    if (bytes == 0 || bytes >= sizeof(full))
        return STATUS_OBJECT_NAME_INVALID;
    NTSTATUS status = open_section(full, section);
    if (nt_failed(status))
        return status;
    if (RtlCreateUnicodeString(full_name, full))
        return STATUS_SUCCESS;
    NtClose(*section);
    return STATUS_NO_MEMORY;
}

static NTSTATUS search_directories(const WCHAR *path, const UNICODE_STRING *name,
                                   UNICODE_STRING *full_name, HANDLE *section)
{
    NTSTATUS status = STATUS_DLL_NOT_FOUND;

    while (*path) {
        size_t length = 0;

        while (path[length] && path[length] != ';')
            length++;
        UNICODE_STRING directory = rtlp_string(path, length);
        status =
            length ? try_path(&directory, name, full_name, section) : STATUS_OBJECT_NAME_NOT_FOUND;
        if (!is_not_there(status))
            return status;
        path += length + (path[length] == ';');
    }
    return STATUS_DLL_NOT_FOUND;
}

/* The program's own. */
static UNICODE_STRING program_directory(void)
{
    UNICODE_STRING path = current_peb()->process_parameters->image_path_name;

    while (path.Length && path.Buffer[path.Length / 2 - 1] != '\\')
        path.Length -= 2;
    return path;
}

/* => the known DLL of this name: one that lies in C:\, and that need not be looked for. */
static NTSTATUS open_known(const UNICODE_STRING *name, UNICODE_STRING *full_name, HANDLE *section)
{
    WCHAR text[PATH_UNITS];
    UNICODE_STRING path = {0, sizeof(text), text};
    OBJECT_ATTRIBUTES attributes;

    RtlAppendUnicodeToString(&path, KNOWN_DLLS);
    if (nt_failed(RtlAppendUnicodeStringToString(&path, name)))
        return STATUS_NAME_TOO_LONG;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = NtOpenSection(section, MAP_ACCESS, &attributes);
    if (nt_failed(status))
        return status;
    path.Length = 0;
    RtlAppendUnicodeToString(&path, SYSTEM_DIRECTORY);
    RtlAppendUnicodeStringToString(&path, name);
    text[path.Length / 2] = 0;
    if (RtlCreateUnicodeString(full_name, text))
        return STATUS_SUCCESS;
    NtClose(*section);
    return STATUS_NO_MEMORY;
}

NTSTATUS ldrp_search(const WCHAR *path, const UNICODE_STRING *name, UNICODE_STRING *full_name,
                     HANDLE *section)
{
    static const UNICODE_STRING nowhere = {0, 0, NULL};
    NTSTATUS status;

    if (!has_path(name) && !nt_failed(open_known(name, full_name, section)))
        return STATUS_SUCCESS;
    if (has_path(name))
        status = try_path(&nowhere, name, full_name, section);
    else if (path)
        status = search_directories(path, name, full_name, section);
    else {
        UNICODE_STRING directory = program_directory();

        status = try_path(&directory, name, full_name, section);
        if (is_not_there(status))
            status = search_directories(SYSTEM_DIRECTORY, name, full_name, section);
    }
    return is_not_there(status) ? STATUS_DLL_NOT_FOUND : status;
}
