/* See base.h. */
#include "user/kernel32/base.h"
#include "user/ntdll/code_page.h"

#define OBJECTS L"\\BaseNamedObjects\\"

bool base_fail(DWORD error)
{
    RtlSetLastWin32Error(error);
    return false;
}

bool base_ok(NTSTATUS status)
{
    if (!nt_failed(status))
        return true;
    return base_fail(RtlNtStatusToDosError(status));
}

bool wide_make(struct wide *wide, const char *ansi)
{
    wide->text = NULL;
    if (!ansi)
        return true;
    size_t units = strlen(ansi) + 1;
    wide->text = base_allocate(units * sizeof(*wide->text));
    if (!wide->text)
        return base_fail(ERROR_NOT_ENOUGH_MEMORY);
    code_page_to_unicode(&code_page_ansi, wide->text, units, ansi, units);
    return true;
}

void wide_free(struct wide *wide)
{
    if (wide->text)
        base_free(wide->text);
}

DWORD base_give_ansi(const WCHAR *from, size_t units, char *to, DWORD size)
{
    size_t bytes = code_page_from_unicode(&code_page_ansi, NULL, 0, from, units, '?', NULL);

    if (bytes + 1 > size)
        return (DWORD)bytes + 1;
    code_page_from_unicode(&code_page_ansi, to, size, from, units, '?', NULL);
    to[bytes] = 0;
    return (DWORD)bytes;
}

DWORD base_give_wide(const WCHAR *from, size_t units, WCHAR *to, DWORD size)
{
    if (units + 1 > size)
        return (DWORD)units + 1;
    memcpy(to, from, units * sizeof(*to));
    to[units] = 0;
    return (DWORD)units;
}

bool base_nt_name(const WCHAR *path, UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes)
{
    if (!path || !RtlDosPathNameToNtPathName_U(path, name, NULL, NULL))
        return base_fail(ERROR_PATH_NOT_FOUND);
    InitializeObjectAttributes(attributes, name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return true;
}

/* => NAME without "Local\" and "Global\": there is one session. */
static const WCHAR *without_session(const WCHAR *name)
{
    static const WCHAR *const prefixes[] = {L"Local\\", L"Global\\"};

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t k = 0;

        while (prefixes[i][k] && name[k] == prefixes[i][k])
            k++;
        if (!prefixes[i][k])
            return name + k;
    }
    return name;
}

bool base_object_name(const WCHAR *name, const SECURITY_ATTRIBUTES *security, ULONG flags,
                      UNICODE_STRING *text, OBJECT_ATTRIBUTES *attributes)
{
    *text = (UNICODE_STRING){0, 0, NULL};
    if (security && security->bInheritHandle)
        flags |= OBJ_INHERIT;
    InitializeObjectAttributes(attributes, NULL, flags, NULL, NULL);
    if (!name)
        return true;
    name = without_session(name);
    for (size_t i = 0; name[i]; i++)
        if (name[i] == '\\')
            return base_fail(ERROR_PATH_NOT_FOUND);
    if (wcslen(name) > MAX_PATH)
        return base_fail(ERROR_FILENAME_EXCED_RANGE);
    size_t bytes = sizeof(OBJECTS) + wcslen(name) * sizeof(*name);
    *text = (UNICODE_STRING){0, (USHORT)bytes, base_allocate(bytes)};
    if (!text->Buffer)
        return base_fail(ERROR_NOT_ENOUGH_MEMORY);
    RtlAppendUnicodeToString(text, OBJECTS);
    RtlAppendUnicodeToString(text, name);
    attributes->ObjectName = text;
    return true;
}

HANDLE base_created(NTSTATUS status, HANDLE handle)
{
    if (!base_ok(status)) {
        if (status == STATUS_OBJECT_NAME_COLLISION) /* the name is of another kind of object */
            base_fail(ERROR_INVALID_HANDLE);
        return NULL;
    }
    RtlSetLastWin32Error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS
                                                             : ERROR_SUCCESS);
    return handle;
}

LARGE_INTEGER *base_timeout(DWORD milliseconds, LARGE_INTEGER *interval)
{
    if (milliseconds == INFINITE)
        return NULL;
    interval->QuadPart = -(LONGLONG)milliseconds * 10000;
    return interval;
}
