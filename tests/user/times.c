/*
 * How long processes and threads live and run. The clock charges who it finds running, so a test
 * counts the clock's ticks, and never how much real time they take.
 */
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>
#include "crt/check.h"

#define TICKS 20

struct times {
    FILETIME created, exited, kernel, user;
};

static ULONGLONG number(FILETIME time)
{
    return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static struct times of_thread(HANDLE thread)
{
    struct times t;

    memset(&t, 0xFF, sizeof(t));
    CHECK_INT(GetThreadTimes(thread, &t.created, &t.exited, &t.kernel, &t.user), TRUE);
    return t;
}

static struct times of_process(HANDLE process)
{
    struct times t;

    memset(&t, 0xFF, sizeof(t));
    CHECK_INT(GetProcessTimes(process, &t.created, &t.exited, &t.kernel, &t.user), TRUE);
    return t;
}

/* In user mode only, until the clock was written so many times. */
static void spin(int ticks)
{
    for (DWORD start; ticks--;)
        for (start = GetTickCount(); GetTickCount() == start;)
            ;
}

static void running(void)
{
    FILETIME now;
    struct times process = of_process(GetCurrentProcess()), thread = of_thread(GetCurrentThread());
    ULONGLONG user = number(thread.user), total = number(process.user);

    GetSystemTimeAsFileTime(&now);
    CHECK(number(process.created) && number(process.created) <= number(thread.created));
    CHECK_INT(number(process.exited), 0);
    CHECK_INT(number(thread.exited), 0);
    spin(TICKS);
    thread = of_thread(GetCurrentThread());
    process = of_process(GetCurrentProcess());
    CHECK(number(thread.user) - user >= 1000000); /* most of TICKS times 15.625 ms */
    CHECK(number(process.user) - total >= number(thread.user) - user);
}

/* Almost all of it in the kernel, in long services. */
static void kernel_mode(void)
{
    FILETIME created, exited, kernel, user;
    ULONGLONG before = number(of_thread(GetCurrentThread()).kernel);
    DWORD start = GetTickCount();

    do {
        void *p = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        VirtualLock(p, 64 << 10);
        VirtualFree(p, 0, MEM_RELEASE);
        GetThreadTimes(GetCurrentThread(), &created, &exited, &kernel, &user);
    } while (number(kernel) == before && GetTickCount() - start < 20000);
    CHECK(number(kernel) > before);
}

static DWORD WINAPI spin_in_thread(void *ticks)
{
    spin((int)(ULONG_PTR)ticks);
    return 0;
}

static void ended(void)
{
    HANDLE thread = CreateThread(NULL, 0, spin_in_thread, (void *)5, 0, NULL);
    struct times own = of_thread(GetCurrentThread());

    WaitForSingleObject(thread, INFINITE);
    struct times t = of_thread(thread);
    CHECK(number(t.created) >= number(own.created));
    CHECK(number(t.exited) > number(t.created));
    CHECK(number(t.user) > 0);
    CHECK(number(of_process(GetCurrentProcess()).user) >= number(t.user)); /* it remains */
    CloseHandle(thread);
}

static void child(void)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char name[MAX_PATH], line[MAX_PATH + 10];

    GetModuleFileNameA(NULL, name, sizeof(name));
    sprintf(line, "\"%s\" spin", name);
    CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info));
    CHECK_INT(number(of_process(info.hProcess).exited), 0);
    WaitForSingleObject(info.hProcess, INFINITE);
    struct times process = of_process(info.hProcess), thread = of_thread(info.hThread);
    CHECK(number(process.created) >= number(of_process(GetCurrentProcess()).created));
    CHECK(number(process.exited) >= number(thread.exited));
    CHECK(number(thread.exited) > number(thread.created));
    CHECK(number(process.user) > 0);
    CHECK_INT(number(process.user), number(thread.user)); /* its only one */
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
}

static void refused(void)
{
    FILETIME time;
    char small[31];

    CHECK_INT(GetProcessTimes(NULL, &time, &time, &time, &time), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(GetThreadTimes(GetCurrentProcess(), &time, &time, &time, &time), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(NtQueryInformationProcess(GetCurrentProcess(), 4, small, sizeof(small), NULL),
              STATUS_INFO_LENGTH_MISMATCH);
}

int main(int count, char **words)
{
    (void)words;
    if (count > 1) {
        spin(5);
        return 0;
    }
    running();
    kernel_mode();
    ended();
    child();
    refused();
    return check_done();
}
