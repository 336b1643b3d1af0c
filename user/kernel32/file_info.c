/*
 * What files are: type, attributes, times, volume.
 */
#include "user/kernel32/base.h"

/* Device types of ntddk.h, and the structures of volumes that winternl.h leaves out. */
#define DEVICE_CD_ROM  0x02u
#define DEVICE_DISK    0x07u
#define DEVICE_FILES   0x08u /* FILE_DEVICE_DISK_FILE_SYSTEM */
#define DEVICE_PIPE    0x11u
#define DEVICE_NETWORK 0x14u

#define FILE_ATTRIBUTES_TO_SET                                                 \
    (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | \
     FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NORMAL | FILE_ATTRIBUTE_TEMPORARY)

#define FS_VOLUME_CLASS 1
#define FS_DEVICE_CLASS 4

struct fs_device_information {
    ULONG device_type, characteristics;
};

struct fs_volume_information {
    LARGE_INTEGER creation_time;
    ULONG serial_number;
    ULONG label_length;
    BOOLEAN supports_objects;
    WCHAR label[32];
};

DWORD WINAPI GetFileType(HANDLE file)
{
    struct fs_device_information info;
    IO_STATUS_BLOCK io;

    if (!base_ok(NtQueryVolumeInformationFile(file, &io, &info, sizeof(info), FS_DEVICE_CLASS)))
        return FILE_TYPE_UNKNOWN;
    RtlSetLastWin32Error(ERROR_SUCCESS);
    switch (info.device_type) {
    case DEVICE_CD_ROM:
    case DEVICE_DISK:
    case DEVICE_FILES:
    case DEVICE_NETWORK:
        return FILE_TYPE_DISK;
    case DEVICE_PIPE:
        return FILE_TYPE_PIPE;
    default:
        return FILE_TYPE_CHAR;
    }
}

static bool query_basic(HANDLE file, FILE_BASIC_INFORMATION *info)
{
    IO_STATUS_BLOCK io;

    return base_ok(NtQueryInformationFile(file, &io, info, sizeof(*info), FileBasicInformation));
}

static bool query_standard(HANDLE file, FILE_STANDARD_INFORMATION *info)
{
    IO_STATUS_BLOCK io;

    return base_ok(NtQueryInformationFile(file, &io, info, sizeof(*info), FileStandardInformation));
}

static FILETIME file_time(LARGE_INTEGER time)
{
    return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}

static ULONG volume_serial(HANDLE file)
{
    struct fs_volume_information info = {.serial_number = 0};
    IO_STATUS_BLOCK io;

    NtQueryVolumeInformationFile(file, &io, &info, sizeof(info), FS_VOLUME_CLASS);
    return info.serial_number;
}

BOOL WINAPI GetFileInformationByHandle(HANDLE file, BY_HANDLE_FILE_INFORMATION *info)
{
    FILE_BASIC_INFORMATION basic;
    FILE_STANDARD_INFORMATION standard;
    FILE_INTERNAL_INFORMATION index = {.IndexNumber.QuadPart = 0};
    IO_STATUS_BLOCK io;

    if (!query_basic(file, &basic) || !query_standard(file, &standard))
        return FALSE;
    NtQueryInformationFile(file, &io, &index, sizeof(index), FileInternalInformation);
    *info = (BY_HANDLE_FILE_INFORMATION){
        .dwFileAttributes = basic.FileAttributes,
        .ftCreationTime = file_time(basic.CreationTime),
        .ftLastAccessTime = file_time(basic.LastAccessTime),
        .ftLastWriteTime = file_time(basic.LastWriteTime),
        .dwVolumeSerialNumber = volume_serial(file),
        .nFileSizeHigh = (DWORD)standard.EndOfFile.HighPart,
        .nFileSizeLow = standard.EndOfFile.LowPart,
        .nNumberOfLinks = standard.NumberOfLinks,
        .nFileIndexHigh = (DWORD)index.IndexNumber.HighPart,
        .nFileIndexLow = index.IndexNumber.LowPart,
    };
    return TRUE;
}

BOOL WINAPI GetFileTime(HANDLE file, FILETIME *created, FILETIME *accessed, FILETIME *written)
{
    FILE_BASIC_INFORMATION info;

    if (!query_basic(file, &info))
        return FALSE;
    if (created)
        *created = file_time(info.CreationTime);
    if (accessed)
        *accessed = file_time(info.LastAccessTime);
    if (written)
        *written = file_time(info.LastWriteTime);
    return TRUE;
}

/* 0 leaves a time as it is, for the service too. */
static LARGE_INTEGER nt_time(const FILETIME *time)
{
    LARGE_INTEGER value = {.QuadPart = 0};

    if (time) {
        value.LowPart = time->dwLowDateTime;
        value.HighPart = (LONG)time->dwHighDateTime;
    }
    return value;
}

BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *created, const FILETIME *accessed,
                        const FILETIME *written)
{
    FILE_BASIC_INFORMATION info = {
        .CreationTime = nt_time(created),
        .LastAccessTime = nt_time(accessed),
        .LastWriteTime = nt_time(written),
    };
    IO_STATUS_BLOCK io;

    return base_ok(NtSetInformationFile(file, &io, &info, sizeof(info), FileBasicInformation));
}

/* ---- by name --------------------------------------------------------------------------------- */

DWORD WINAPI GetFileAttributesW(const WCHAR *name)
{
    UNICODE_STRING nt_name;
    OBJECT_ATTRIBUTES attributes;
    FILE_BASIC_INFORMATION info;

    if (!base_nt_name(name, &nt_name, &attributes))
        return INVALID_FILE_ATTRIBUTES;
    NTSTATUS status = NtQueryAttributesFile(&attributes, &info);
    RtlFreeUnicodeString(&nt_name);
    return base_ok(status) ? info.FileAttributes : INVALID_FILE_ATTRIBUTES;
}

DWORD WINAPI GetFileAttributesA(const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return INVALID_FILE_ATTRIBUTES;
    DWORD attributes = GetFileAttributesW(wide.text);
    wide_free(&wide);
    return attributes;
}

BOOL WINAPI GetFileAttributesExW(const WCHAR *name, GET_FILEEX_INFO_LEVELS level, void *buffer)
{
    UNICODE_STRING nt_name;
    OBJECT_ATTRIBUTES attributes;
    FILE_NETWORK_OPEN_INFORMATION info;

    if (level != GetFileExInfoStandard)
        return base_fail(ERROR_INVALID_PARAMETER);
    if (!base_nt_name(name, &nt_name, &attributes))
        return FALSE;
    NTSTATUS status = NtQueryFullAttributesFile(&attributes, &info);
    RtlFreeUnicodeString(&nt_name);
    if (!base_ok(status))
        return FALSE;
    *(WIN32_FILE_ATTRIBUTE_DATA *)buffer = (WIN32_FILE_ATTRIBUTE_DATA){
        .dwFileAttributes = info.FileAttributes,
        .ftCreationTime = file_time(info.CreationTime),
        .ftLastAccessTime = file_time(info.LastAccessTime),
        .ftLastWriteTime = file_time(info.LastWriteTime),
        .nFileSizeHigh = (DWORD)info.EndOfFile.HighPart,
        .nFileSizeLow = info.EndOfFile.LowPart,
    };
    return TRUE;
}

BOOL WINAPI GetFileAttributesExA(const char *name, GET_FILEEX_INFO_LEVELS level, void *buffer)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return FALSE;
    BOOL found = GetFileAttributesExW(wide.text, level, buffer);
    wide_free(&wide);
    return found;
}

BOOL WINAPI SetFileAttributesW(const WCHAR *name, DWORD attributes)
{
    FILE_BASIC_INFORMATION info = {
        .FileAttributes = (attributes & FILE_ATTRIBUTES_TO_SET) | FILE_ATTRIBUTE_NORMAL,
    };
    IO_STATUS_BLOCK io;
    HANDLE file;

    if (!base_open(name, FILE_WRITE_ATTRIBUTES, FILE_OPEN_FOR_BACKUP_INTENT, &file))
        return FALSE;
    NTSTATUS status = NtSetInformationFile(file, &io, &info, sizeof(info), FileBasicInformation);
    NtClose(file);
    return base_ok(status);
}

BOOL WINAPI SetFileAttributesA(const char *name, DWORD attributes)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return FALSE;
    BOOL set = SetFileAttributesW(wide.text, attributes);
    wide_free(&wide);
    return set;
}
