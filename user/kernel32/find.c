/*
 * FindFirstFile and its like: a directory that is open, and the entries that it last gave.
 */
#include "user/kernel32/base.h"
#include "user/kernel32/pattern.h"

#define BUFFER_BYTES 4096u

struct search {
    HANDLE directory;
    ULONG offset; /* of the next entry in the buffer; ~0: it is used up */
    uint64_t buffer[BUFFER_BYTES / 8];
};

#define USED_UP (~0u)

/* The directory of PATH, and the pattern behind it, in its place. => NULL: the last error. */
static WCHAR *split(const WCHAR *path, WCHAR *full)
{
    WCHAR *pattern = NULL;
    DWORD units = GetFullPathNameW(path, MAX_PATH, full, &pattern);

    if (!units || units >= MAX_PATH) {
        base_fail(units ? ERROR_FILENAME_EXCED_RANGE : ERROR_PATH_NOT_FOUND);
        return NULL;
    }
    size_t length = wcslen(path); /* a '.' at the end of a pattern says something */
    if (pattern && length && path[length - 1] == '.' && units + 1 < MAX_PATH && wcslen(pattern) &&
        pattern[wcslen(pattern) - 1] == '*') {
        full[units] = '.';
        full[units + 1] = 0;
    }
    if (!pattern)
        base_fail(ERROR_FILE_NOT_FOUND);
    return pattern;
}

static NTSTATUS fill(struct search *search, UNICODE_STRING *pattern)
{
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryDirectoryFile(search->directory, NULL, NULL, NULL, &io, search->buffer,
                                           sizeof(search->buffer), FileBothDirectoryInformation,
                                           FALSE, pattern, FALSE);

    search->offset = nt_failed(status) ? USED_UP : 0;
    return status;
}

/* The next entry, if the buffer has one. */
static const FILE_BOTH_DIR_INFORMATION *next_entry(struct search *search)
{
    if (search->offset == USED_UP)
        return NULL;
    const FILE_BOTH_DIR_INFORMATION *entry =
        (const void *)((const char *)search->buffer + search->offset);
    search->offset = entry->NextEntryOffset ? search->offset + entry->NextEntryOffset : USED_UP;
    return entry;
}

static FILETIME file_time(LARGE_INTEGER time)
{
    return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}

static void give(const FILE_BOTH_DIR_INFORMATION *entry, WIN32_FIND_DATAW *data)
{
    size_t units = entry->FileNameLength / sizeof(WCHAR);
    size_t short_units = (size_t)(uint8_t)entry->ShortNameLength / sizeof(WCHAR);

    *data = (WIN32_FIND_DATAW){
        .dwFileAttributes = entry->FileAttributes,
        .ftCreationTime = file_time(entry->CreationTime),
        .ftLastAccessTime = file_time(entry->LastAccessTime),
        .ftLastWriteTime = file_time(entry->LastWriteTime),
        .nFileSizeHigh = (DWORD)entry->EndOfFile.HighPart,
        .nFileSizeLow = entry->EndOfFile.LowPart,
    };
    units = units < MAX_PATH ? units : MAX_PATH - 1;
    short_units = short_units < 13 ? short_units : 13;
    memcpy(data->cFileName, entry->FileName, units * sizeof(WCHAR));
    memcpy(data->cAlternateFileName, entry->ShortName, short_units * sizeof(WCHAR));
}

static struct search *begin(const WCHAR *path)
{
    WCHAR full[MAX_PATH + 1], saved[MAX_PATH + 1];
    WCHAR *name = split(path, full);
    UNICODE_STRING pattern;

    if (!name)
        return NULL;
    size_t units = wcslen(name);
    memcpy(saved, name, (units + 1) * sizeof(*saved));
    *name = 0;
    struct search *search = base_allocate(sizeof(*search));
    if (!search) {
        base_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (!base_open(full, FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE | FILE_OPEN_FOR_BACKUP_INTENT,
                   &search->directory)) {
        if (RtlGetLastWin32Error() == ERROR_FILE_NOT_FOUND)
            base_fail(ERROR_PATH_NOT_FOUND);
        base_free(search);
        return NULL;
    }
    units = pattern_translate(saved, units);
    pattern = (UNICODE_STRING){(USHORT)(units * 2), (USHORT)(units * 2), saved};
    NTSTATUS status = fill(search, &pattern);
    if (base_ok(status))
        return search;
    if (status == STATUS_NO_MORE_FILES)
        base_fail(ERROR_FILE_NOT_FOUND);
    NtClose(search->directory);
    base_free(search);
    return NULL;
}

HANDLE WINAPI FindFirstFileW(const WCHAR *path, WIN32_FIND_DATAW *data)
{
    struct search *search = begin(path);

    if (!search)
        return INVALID_HANDLE_VALUE;
    give(next_entry(search), data);
    return search;
}

BOOL WINAPI FindNextFileW(HANDLE handle, WIN32_FIND_DATAW *data)
{
    struct search *search = handle;
    const FILE_BOTH_DIR_INFORMATION *entry = next_entry(search);

    if (!entry) {
        if (!base_ok(fill(search, NULL)))
            return FALSE;
        entry = next_entry(search);
    }
    give(entry, data);
    return TRUE;
}

BOOL WINAPI FindClose(HANDLE handle)
{
    struct search *search = handle;

    if (!search || handle == INVALID_HANDLE_VALUE)
        return base_fail(ERROR_INVALID_HANDLE);
    NtClose(search->directory);
    base_free(search);
    return TRUE;
}

static void narrow(const WIN32_FIND_DATAW *wide, WIN32_FIND_DATAA *data)
{
    memcpy(data, wide, offsetof(WIN32_FIND_DATAW, cFileName));
    if (base_give_ansi(wide->cFileName, wcslen(wide->cFileName), data->cFileName, MAX_PATH) >=
        MAX_PATH)
        data->cFileName[0] = 0;
    base_give_ansi(wide->cAlternateFileName, wcslen(wide->cAlternateFileName),
                   data->cAlternateFileName, sizeof(data->cAlternateFileName));
}

HANDLE WINAPI FindFirstFileA(const char *path, WIN32_FIND_DATAA *data)
{
    WIN32_FIND_DATAW found;
    struct wide wide;

    if (!wide_make(&wide, path))
        return INVALID_HANDLE_VALUE;
    HANDLE search = FindFirstFileW(wide.text, &found);
    wide_free(&wide);
    if (search != INVALID_HANDLE_VALUE)
        narrow(&found, data);
    return search;
}

BOOL WINAPI FindNextFileA(HANDLE search, WIN32_FIND_DATAA *data)
{
    WIN32_FIND_DATAW found;

    if (!FindNextFileW(search, &found))
        return FALSE;
    narrow(&found, data);
    return TRUE;
}
