/*
 * Mutexes, which the native interface calls mutants.
 */
#include "user/kernel32/base.h"

/* With the rights ACCESS, where the older functions give all. */
HANDLE WINAPI CreateMutexExW(SECURITY_ATTRIBUTES *security, const WCHAR *name, DWORD flags,
                             DWORD access)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE mutex = NULL;

    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status =
        NtCreateMutant(&mutex, access, &attributes, (flags & CREATE_MUTEX_INITIAL_OWNER) != 0);
    RtlFreeUnicodeString(&text);
    return base_created(status, mutex);
}

HANDLE WINAPI CreateMutexExA(SECURITY_ATTRIBUTES *security, const char *name, DWORD flags,
                             DWORD access)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE mutex = CreateMutexExW(security, wide.text, flags, access);
    wide_free(&wide);
    return mutex;
}

HANDLE WINAPI CreateMutexW(SECURITY_ATTRIBUTES *security, BOOL owned, const WCHAR *name)
{
    return CreateMutexExW(security, name, owned ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
}

HANDLE WINAPI CreateMutexA(SECURITY_ATTRIBUTES *security, BOOL owned, const char *name)
{
    return CreateMutexExA(security, name, owned ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
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
