/* What the system-call fuzzer has found, each with the few calls that it takes. */
#include "nt.h"
#include "crt/check.h"

NTSTATUS NTAPI NtOpenSymbolicLinkObject(HANDLE *link, ACCESS_MASK access,
                                        OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtMakeTemporaryObject(HANDLE handle);
NTSTATUS NTAPI NtCreateProcess(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               HANDLE parent, BOOLEAN inherit, HANDLE section, HANDLE debug_port,
                               HANDLE exception_port);
NTSTATUS NTAPI NtTerminateProcess(HANDLE process, NTSTATUS status);
NTSTATUS NTAPI NtCreateDebugObject(HANDLE *object, ACCESS_MASK access,
                                   OBJECT_ATTRIBUTES *attributes, ULONG flags);
NTSTATUS NTAPI NtWaitForDebugEvent(HANDLE object, BOOLEAN alertable, LARGE_INTEGER *timeout,
                                   void *change);

/* A program could take drive C: away from everybody. */
static void permanent_objects_stay(void)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    HANDLE link;

    RtlInitUnicodeString(&name, L"\\??\\C:");
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    CHECK_INT(NtOpenSymbolicLinkObject(&link, DELETE, &attributes), STATUS_SUCCESS);
    CHECK_INT(NtMakeTemporaryObject(link), STATUS_ACCESS_DENIED);
    CHECK_INT(NtClose(link), STATUS_SUCCESS);
    CHECK_INT(NtOpenSymbolicLinkObject(&link, DELETE, &attributes), STATUS_SUCCESS);
    CHECK_INT(NtClose(link), STATUS_SUCCESS);
}

/* A process or thread could be made to stay for ever. */
static void nobody_makes_permanent_processes(void)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    HANDLE process;

    RtlInitUnicodeString(&name, L"\\BaseNamedObjects\\process");
    InitializeObjectAttributes(&attributes, &name, OBJ_PERMANENT, NULL, NULL);
    CHECK_INT(NtCreateProcess(&process, PROCESS_ALL_ACCESS, &attributes, THIS_PROCESS, FALSE, NULL,
                              NULL, NULL),
              STATUS_PRIVILEGE_NOT_HELD);
    attributes.Attributes = 0;
    CHECK_INT(NtCreateProcess(&process, PROCESS_ALL_ACCESS, &attributes, THIS_PROCESS, FALSE, NULL,
                              NULL, NULL),
              STATUS_SUCCESS);
    CHECK_INT(NtTerminateProcess(process, 0), STATUS_SUCCESS);
    NtClose(process);
}

/* Of a process that has ended nothing is left to be cloned. */
static void nobody_clones_the_dead(void)
{
    HANDLE process, clone;

    CHECK_INT(
        NtCreateProcess(&process, PROCESS_ALL_ACCESS, NULL, THIS_PROCESS, FALSE, NULL, NULL, NULL),
        STATUS_SUCCESS);
    CHECK_INT(NtTerminateProcess(process, 0), STATUS_SUCCESS);
    CHECK_INT(NtCreateProcess(&clone, PROCESS_ALL_ACCESS, NULL, process, FALSE, NULL, NULL, NULL),
              STATUS_PROCESS_IS_TERMINATING);
    NtClose(process);
}

/* A handle that was put into the system's table stayed, and others could be closed there. */
static void the_system_is_only_looked_at(void)
{
    FILETIME times[4];
    HANDLE system;

    CHECK(OpenProcess(PROCESS_DUP_HANDLE, FALSE, 4) == NULL);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK(OpenThread(THREAD_SET_INFORMATION, FALSE, 8) == NULL);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    system = OpenProcess(MAXIMUM_ALLOWED, FALSE, 4);
    CHECK(GetProcessTimes(system, &times[0], &times[1], &times[2], &times[3]));
    CHECK_INT(WaitForSingleObject(system, 0), WAIT_TIMEOUT);
    CHECK_INT(SetPriorityClass(system, HIGH_PRIORITY_CLASS), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CloseHandle(system);
}

static void CALLBACK nothing(ULONG_PTR unused)
{
    (void)unused;
}

/* The longest timeout from now on ends behind the last moment that there is: UBSan's kernel
 * stopped. */
static void the_longest_timeout(void)
{
    UCHAR change[96]; /* DBGUI_WAIT_STATE_CHANGE */
    LARGE_INTEGER timeout = {.QuadPart = INT64_MIN};
    HANDLE object;

    CHECK_INT(NtCreateDebugObject(&object, MAXIMUM_ALLOWED, NULL, 0), STATUS_SUCCESS);
    CHECK(QueueUserAPC(nothing, GetCurrentThread(), 0));
    CHECK_INT(NtWaitForDebugEvent(object, TRUE, &timeout, change), STATUS_USER_APC);
    NtClose(object);
}

int main(void)
{
    the_longest_timeout();
    nobody_clones_the_dead();
    the_system_is_only_looked_at();
    nobody_makes_permanent_processes();
    permanent_objects_stay();
    return check_done();
}
