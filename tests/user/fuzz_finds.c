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

/* The system's process has no address space that could be cloned. */
static void nobody_clones_the_system(void)
{
    HANDLE system = OpenProcess(PROCESS_ALL_ACCESS, FALSE, 4), process;

    CHECK(system != NULL);
    CHECK_INT(NtCreateProcess(&process, PROCESS_ALL_ACCESS, NULL, system, FALSE, NULL, NULL, NULL),
              STATUS_PROCESS_IS_TERMINATING);
    CloseHandle(system);
}

int main(void)
{
    nobody_clones_the_system();
    nobody_makes_permanent_processes();
    permanent_objects_stay();
    return check_done();
}
