/*
 * Mutexes, which the native interface calls mutants.
 */
#include "user/kernel32/base.h"

HANDLE WINAPI CreateMutexW(SECURITY_ATTRIBUTES *security, BOOL owned, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE mutex = NULL;

    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status = NtCreateMutant(&mutex, MUTEX_ALL_ACCESS, &attributes, (BOOLEAN)(owned != 0));
    RtlFreeUnicodeString(&text);
    return base_created(status, mutex);
}

HANDLE WINAPI CreateMutexA(SECURITY_ATTRIBUTES *security, BOOL owned, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE mutex = CreateMutexW(security, owned, wide.text);
    wide_free(&wide);
    return mutex;
}

HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE mutex = NULL;

    if (!name)
        base_fail(ERROR_INVALID_PARAMETER);
    else if (base_object_name(name, NULL, inherit ? OBJ_INHERIT : 0, &text, &attributes)) {
        if (!base_ok(NtOpenMutant(&mutex, access, &attributes)))
            mutex = NULL;
        RtlFreeUnicodeString(&text);
    }
    return mutex;
}

HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE mutex = OpenMutexW(access, inherit, wide.text);
    wide_free(&wide);
    return mutex;
}

BOOL WINAPI ReleaseMutex(HANDLE mutex)
{
    return base_ok(NtReleaseMutant(mutex, NULL));
}

/* The newer ones: flags instead of an argument, and the rights of the handle. */
HANDLE WINAPI CreateMutexExW(SECURITY_ATTRIBUTES *security, const WCHAR *name, DWORD flags,
                             DWORD access)
{
    (void)access; /* the creator may do everything */
    return CreateMutexW(security, flags & CREATE_MUTEX_INITIAL_OWNER, name);
}

HANDLE WINAPI CreateMutexExA(SECURITY_ATTRIBUTES *security, const char *name, DWORD flags,
                             DWORD access)
{
    (void)access;
    return CreateMutexA(security, flags & CREATE_MUTEX_INITIAL_OWNER, name);
}
