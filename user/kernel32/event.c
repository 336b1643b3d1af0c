/*
 * Events.
 */
#include "user/kernel32/base.h"

/* With the rights ACCESS, where the older functions give all. */
HANDLE WINAPI CreateEventExW(SECURITY_ATTRIBUTES *security, const WCHAR *name, DWORD flags,
                             DWORD access)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE event = NULL;

    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status = NtCreateEvent(&event, access, &attributes,
                                    flags & CREATE_EVENT_MANUAL_RESET ? NOTIFICATION_EVENT
                                                                      : SYNCHRONIZATION_EVENT,
                                    (flags & CREATE_EVENT_INITIAL_SET) != 0);
    RtlFreeUnicodeString(&text);
    return base_created(status, event);
}

HANDLE WINAPI CreateEventExA(SECURITY_ATTRIBUTES *security, const char *name, DWORD flags,
                             DWORD access)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE event = CreateEventExW(security, wide.text, flags, access);
    wide_free(&wide);
    return event;
}

static DWORD event_flags(BOOL manual, BOOL signalled)
{
    return (manual ? CREATE_EVENT_MANUAL_RESET : 0) | (signalled ? CREATE_EVENT_INITIAL_SET : 0);
}

HANDLE WINAPI CreateEventW(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL signalled,
                           const WCHAR *name)
{
    return CreateEventExW(security, name, event_flags(manual, signalled), EVENT_ALL_ACCESS);
}

HANDLE WINAPI CreateEventA(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL signalled,
                           const char *name)
{
    return CreateEventExA(security, name, event_flags(manual, signalled), EVENT_ALL_ACCESS);
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
