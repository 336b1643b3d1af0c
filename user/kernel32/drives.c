/*
 * Volumes: their letters, their size, what they are called.
 */
#include "user/kernel32/base.h"

/* Classes and structures of ntifs.h. */
#define FS_VOLUME_CLASS    1
#define FS_SIZE_CLASS      3
#define FS_DEVICE_CLASS    4
#define FS_ATTRIBUTE_CLASS 5
#define DEVICE_CD_ROM      0x02u
#define DEVICE_DISK        0x07u
#define REMOVABLE_MEDIA    0x01u
#define NAME_UNITS         64u

struct fs_volume_information {
    LARGE_INTEGER creation_time;
    ULONG serial_number, label_length;
    BOOLEAN supports_objects;
    WCHAR label[NAME_UNITS];
};

struct fs_size_information {
    LARGE_INTEGER total_units, available_units;
    ULONG sectors_per_unit, bytes_per_sector;
};

struct fs_device_information {
    ULONG device_type, characteristics;
};

struct fs_attribute_information {
    ULONG attributes;
    LONG longest_component;
    ULONG name_length;
    WCHAR name[NAME_UNITS];
};

/* The class INFORMATION_CLASS of the volume that ROOT (NULL: the current directory) is on. */
static bool query(const WCHAR *root, ULONG information_class, void *buffer, ULONG bytes)
{
    IO_STATUS_BLOCK io;
    HANDLE file;

    if (!base_open(root ? root : L"\\", FILE_READ_ATTRIBUTES,
                   FILE_DIRECTORY_FILE | FILE_OPEN_FOR_BACKUP_INTENT, &file))
        return false;
    NTSTATUS status = NtQueryVolumeInformationFile(file, &io, buffer, bytes,
                                                   (FS_INFORMATION_CLASS)information_class);
    NtClose(file);
    return base_ok(status);
}

BOOL WINAPI GetDiskFreeSpaceW(const WCHAR *root, DWORD *sectors, DWORD *bytes, DWORD *available,
                              DWORD *total)
{
    struct fs_size_information size;

    if (!query(root, FS_SIZE_CLASS, &size, sizeof(size)))
        return FALSE;
    *sectors = size.sectors_per_unit;
    *bytes = size.bytes_per_sector;
    *available = size.available_units.LowPart;
    *total = size.total_units.LowPart;
    return TRUE;
}

BOOL WINAPI GetDiskFreeSpaceA(const char *root, DWORD *sectors, DWORD *bytes, DWORD *available,
                              DWORD *total)
{
    struct wide wide;

    if (!wide_make(&wide, root))
        return FALSE;
    BOOL found = GetDiskFreeSpaceW(wide.text, sectors, bytes, available, total);
    wide_free(&wide);
    return found;
}

BOOL WINAPI GetDiskFreeSpaceExW(const WCHAR *directory, ULARGE_INTEGER *caller,
                                ULARGE_INTEGER *total, ULARGE_INTEGER *available)
{
    struct fs_size_information size;

    if (!query(directory, FS_SIZE_CLASS, &size, sizeof(size)))
        return FALSE;
    uint64_t unit = (uint64_t)size.sectors_per_unit * size.bytes_per_sector;
    if (caller)
        caller->QuadPart = (uint64_t)size.available_units.QuadPart * unit;
    if (total)
        total->QuadPart = (uint64_t)size.total_units.QuadPart * unit;
    if (available)
        available->QuadPart = (uint64_t)size.available_units.QuadPart * unit;
    return TRUE;
}

BOOL WINAPI GetDiskFreeSpaceExA(const char *directory, ULARGE_INTEGER *caller,
                                ULARGE_INTEGER *total, ULARGE_INTEGER *available)
{
    struct wide wide;

    if (!wide_make(&wide, directory))
        return FALSE;
    BOOL found = GetDiskFreeSpaceExW(wide.text, caller, total, available);
    wide_free(&wide);
    return found;
}

UINT WINAPI GetDriveTypeW(const WCHAR *root)
{
    struct fs_device_information info;

    if (!query(root, FS_DEVICE_CLASS, &info, sizeof(info)))
        return DRIVE_NO_ROOT_DIR;
    if (info.device_type == DEVICE_CD_ROM)
        return DRIVE_CDROM;
    if (info.device_type != DEVICE_DISK)
        return DRIVE_UNKNOWN;
    return info.characteristics & REMOVABLE_MEDIA ? DRIVE_REMOVABLE : DRIVE_FIXED;
}

UINT WINAPI GetDriveTypeA(const char *root)
{
    struct wide wide;

    if (!wide_make(&wide, root))
        return DRIVE_UNKNOWN;
    UINT type = GetDriveTypeW(wide.text);
    wide_free(&wide);
    return type;
}

/* A bit a letter, the lowest for A. */
DWORD WINAPI GetLogicalDrives(void)
{
    WCHAR root[] = L"A:\\";
    DWORD drives = 0;

    for (DWORD i = 0; i < 26; i++) {
        root[0] = (WCHAR)('A' + i);
        if (GetDriveTypeW(root) != DRIVE_NO_ROOT_DIR)
            drives |= 1u << i;
    }
    return drives;
}

/* A name of LENGTH bytes, of which those that fit in NAME_UNITS are there. => what fits in SIZE. */
static bool give_name(const WCHAR *name, ULONG length, WCHAR *to, DWORD size)
{
    ULONG units = length / sizeof(WCHAR);

    if (!to)
        return true;
    if (units >= NAME_UNITS || units + 1 > size)
        return base_fail(ERROR_BAD_LENGTH);
    memcpy(to, name, units * sizeof(WCHAR));
    to[units] = 0;
    return true;
}

BOOL WINAPI GetVolumeInformationW(const WCHAR *root, WCHAR *label, DWORD label_size, DWORD *serial,
                                  DWORD *longest, DWORD *flags, WCHAR *system, DWORD system_size)
{
    struct fs_volume_information volume;
    struct fs_attribute_information attributes;

    if (!query(root, FS_VOLUME_CLASS, &volume, sizeof(volume)) ||
        !query(root, FS_ATTRIBUTE_CLASS, &attributes, sizeof(attributes)))
        return FALSE;
    if (serial)
        *serial = volume.serial_number;
    if (longest)
        *longest = (DWORD)attributes.longest_component;
    if (flags)
        *flags = attributes.attributes;
    return give_name(volume.label, volume.label_length, label, label_size) &&
           give_name(attributes.name, attributes.name_length, system, system_size);
}

BOOL WINAPI GetVolumeInformationA(const char *root, char *label, DWORD label_size, DWORD *serial,
                                  DWORD *longest, DWORD *flags, char *system, DWORD system_size)
{
    WCHAR wide_label[NAME_UNITS], wide_system[NAME_UNITS];
    struct wide wide;

    if (!wide_make(&wide, root))
        return FALSE;
    BOOL found = GetVolumeInformationW(wide.text, wide_label, NAME_UNITS, serial, longest, flags,
                                       wide_system, NAME_UNITS);
    wide_free(&wide);
    if (!found)
        return FALSE;
    if ((label &&
         base_give_ansi(wide_label, wcslen(wide_label), label, label_size) >= label_size) ||
        (system &&
         base_give_ansi(wide_system, wcslen(wide_system), system, system_size) >= system_size))
        return base_fail(ERROR_BAD_LENGTH);
    return TRUE;
}
