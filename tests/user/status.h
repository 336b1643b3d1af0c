/*
 * What services return, and when: a table a service, a row a call. A row ends with S(status); the
 * names in the rows are compared with those in the kernel's sources by tests/system/test_status.py.
 */
#pragma once

#include "nt.h"
#include "crt/check.h"

#define S(status)   status, #status
#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Addresses at which nothing can be written: of nobody, and of the kernel. */
#define NOWHERE ((void *)0x40)
#define KERNEL  ((void *)0xC0000000)

/* Handles that rows name. */
enum handle_name {
    SELF,       /* this process */
    NOT_OPEN,   /* no handle */
    OTHER_TYPE, /* an event */
    NO_RIGHTS,  /* of the right type, but not for what is wanted */
    ENDED,      /* a process that is no more */
    HANDLES
};

static HANDLE handles[HANDLES];

/* A process that has ended, but is still referred to. */
static HANDLE ended_process(void)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char name[MAX_PATH];

    GetModuleFileNameA(NULL, name, sizeof(name));
    if (!CreateProcessA(name, NULL, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup,
                        &info))
        return NULL;
    TerminateProcess(info.hProcess, 0);
    WaitForSingleObject(info.hProcess, INFINITE);
    CloseHandle(info.hThread);
    return info.hProcess;
}

static inline void make_handles(ACCESS_MASK process_access)
{
    handles[SELF] = THIS_PROCESS;
    handles[NOT_OPEN] = (HANDLE)0x7770;
    handles[OTHER_TYPE] = CreateEventA(NULL, FALSE, FALSE, NULL);
    handles[NO_RIGHTS] = OpenProcess(process_access, FALSE, GetCurrentProcessId());
    handles[ENDED] = ended_process();
    CHECK(handles[OTHER_TYPE] && handles[NO_RIGHTS] && handles[ENDED]);
}

static void check_status(const char *service, size_t row, NTSTATUS got, NTSTATUS expected,
                         const char *expected_name)
{
    char name[128];

    sprintf(name, "%s, row %u: %s", service, (unsigned)row, expected_name);
    check_int_(name, got, expected);
}
