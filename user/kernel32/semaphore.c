/*
 * Semaphores.
 */
#include "user/kernel32/base.h"

HANDLE WINAPI CreateSemaphoreW(SECURITY_ATTRIBUTES *security, LONG count, LONG maximum,
                               const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE semaphore = NULL;

    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status =
        NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, &attributes, count, maximum);
    RtlFreeUnicodeString(&text);
    return base_created(status, semaphore);
}

HANDLE WINAPI CreateSemaphoreA(SECURITY_ATTRIBUTES *security, LONG count, LONG maximum,
                               const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE semaphore = CreateSemaphoreW(security, count, maximum, wide.text);
    wide_free(&wide);
    return semaphore;
}

HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE semaphore = NULL;

    if (!name)
        base_fail(ERROR_INVALID_PARAMETER);
    else if (base_object_name(name, NULL, inherit ? OBJ_INHERIT : 0, &text, &attributes)) {
        if (!base_ok(NtOpenSemaphore(&semaphore, access, &attributes)))
            semaphore = NULL;
        RtlFreeUnicodeString(&text);
    }
    return semaphore;
}

HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE semaphore = OpenSemaphoreW(access, inherit, wide.text);
    wide_free(&wide);
    return semaphore;
}

BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LONG *previous)
{
    return base_ok(NtReleaseSemaphore(semaphore, count, previous));
}
