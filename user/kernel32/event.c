/*
 * Events.
 */
#include "user/kernel32/base.h"

HANDLE WINAPI CreateEventW(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL signalled,
                           const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE event = NULL;

    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status = NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes,
                                    manual ? NOTIFICATION_EVENT : SYNCHRONIZATION_EVENT,
                                    (BOOLEAN)(signalled != 0));
    RtlFreeUnicodeString(&text);
    return base_created(status, event);
}

HANDLE WINAPI CreateEventA(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL signalled,
                           const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE event = CreateEventW(security, manual, signalled, wide.text);
    wide_free(&wide);
    return event;
}

HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE event = NULL;

    if (!name)
        base_fail(ERROR_INVALID_PARAMETER);
    else if (base_object_name(name, NULL, inherit ? OBJ_INHERIT : 0, &text, &attributes)) {
        if (!base_ok(NtOpenEvent(&event, access, &attributes)))
            event = NULL;
        RtlFreeUnicodeString(&text);
    }
    return event;
}

HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE event = OpenEventW(access, inherit, wide.text);
    wide_free(&wide);
    return event;
}

BOOL WINAPI SetEvent(HANDLE event)
{
    return base_ok(NtSetEvent(event, NULL));
}

BOOL WINAPI ResetEvent(HANDLE event)
{
    return base_ok(NtResetEvent(event, NULL));
}

BOOL WINAPI PulseEvent(HANDLE event)
{
    return base_ok(NtPulseEvent(event, NULL));
}

/* The newer ones: flags instead of arguments, and the rights of the handle. */
HANDLE WINAPI CreateEventExW(SECURITY_ATTRIBUTES *security, const WCHAR *name, DWORD flags,
                             DWORD access)
{
    (void)access; /* the creator may do everything */
    return CreateEventW(security, flags & CREATE_EVENT_MANUAL_RESET,
                        flags & CREATE_EVENT_INITIAL_SET, name);
}

HANDLE WINAPI CreateEventExA(SECURITY_ATTRIBUTES *security, const char *name, DWORD flags,
                             DWORD access)
{
    (void)access;
    return CreateEventA(security, flags & CREATE_EVENT_MANUAL_RESET,
                        flags & CREATE_EVENT_INITIAL_SET, name);
}
