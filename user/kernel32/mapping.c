/*
 * File mappings: sections and their views.
 */
#include "user/kernel32/base.h"

#define SECTION_BITS 0xFF000000u /* SEC_ in CreateFileMapping's protection */

static bool is_mapping_protection(DWORD protect)
{
    return protect == PAGE_READONLY || protect == PAGE_READWRITE || protect == PAGE_WRITECOPY ||
           protect == PAGE_EXECUTE_READ || protect == PAGE_EXECUTE_READWRITE ||
           protect == PAGE_EXECUTE_WRITECOPY;
}

static ACCESS_MASK access_of(DWORD protect)
{
    ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;

    if (protect == PAGE_READWRITE || protect == PAGE_EXECUTE_READWRITE)
        access |= SECTION_MAP_WRITE;
    if (protect >= PAGE_EXECUTE)
        access |= SECTION_MAP_EXECUTE;
    return access;
}

HANDLE WINAPI CreateFileMappingW(HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect,
                                 DWORD high, DWORD low, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE section = NULL;
    LARGE_INTEGER size = {.LowPart = low, .HighPart = (LONG)high};
    DWORD allocation = protect & SECTION_BITS;

    protect &= ~SECTION_BITS;
    if (!is_mapping_protection(protect)) {
        base_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!allocation)
        allocation = SEC_COMMIT;
    if (file == INVALID_HANDLE_VALUE) {
        file = NULL;
        if (!size.QuadPart) {
            base_fail(ERROR_INVALID_PARAMETER);
            return NULL;
        }
    }
    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status = NtCreateSection(&section, access_of(protect), &attributes,
                                      size.QuadPart ? &size : NULL, protect, allocation, file);
    RtlFreeUnicodeString(&text);
    return base_created(status, section);
}

HANDLE WINAPI CreateFileMappingA(HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect,
                                 DWORD high, DWORD low, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE section = CreateFileMappingW(file, security, protect, high, low, wide.text);
    wide_free(&wide);
    return section;
}

/* FILE_MAP_ rights are a section's, but for two. */
static ACCESS_MASK section_access(DWORD access)
{
    if (access == FILE_MAP_COPY)
        return SECTION_MAP_READ;
    if (access & FILE_MAP_EXECUTE)
        return (access & ~(DWORD)FILE_MAP_EXECUTE) | SECTION_MAP_EXECUTE;
    return access;
}

HANDLE WINAPI OpenFileMappingW(DWORD access, BOOL inherit, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE section;

    if (!name) {
        base_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!base_object_name(name, NULL, inherit ? OBJ_INHERIT : 0, &text, &attributes))
        return NULL;
    NTSTATUS status = NtOpenSection(&section, section_access(access), &attributes);
    RtlFreeUnicodeString(&text);
    return base_ok(status) ? section : NULL;
}

HANDLE WINAPI OpenFileMappingA(DWORD access, BOOL inherit, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE section = OpenFileMappingW(access, inherit, wide.text);
    wide_free(&wide);
    return section;
}

static ULONG view_protection(DWORD access)
{
    bool execute = access & FILE_MAP_EXECUTE;

    if ((access & ~(DWORD)FILE_MAP_EXECUTE) == FILE_MAP_COPY)
        return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
    if (access & FILE_MAP_WRITE)
        return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    if (access & FILE_MAP_READ)
        return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
    return PAGE_NOACCESS;
}

void *WINAPI MapViewOfFileEx(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T bytes,
                             void *base)
{
    LARGE_INTEGER offset = {.LowPart = low, .HighPart = (LONG)high};

    if (!base_ok(NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, &offset, &bytes,
                                    VIEW_SHARE, 0, view_protection(access))))
        return NULL;
    return base;
}

void *WINAPI MapViewOfFile(HANDLE section, DWORD access, DWORD high, DWORD low, SIZE_T bytes)
{
    return MapViewOfFileEx(section, access, high, low, bytes, NULL);
}

BOOL WINAPI UnmapViewOfFile(const void *base)
{
    return base_ok(NtUnmapViewOfSection(CURRENT_PROCESS, (void *)base));
}

BOOL WINAPI FlushViewOfFile(const void *base, SIZE_T bytes)
{
    void *start = (void *)base;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtFlushVirtualMemory(CURRENT_PROCESS, &start, &bytes, &io);

    /* A view of the paging file has nowhere to be written to: that is no failure. */
    return status == STATUS_NOT_MAPPED_DATA || base_ok(status);
}
