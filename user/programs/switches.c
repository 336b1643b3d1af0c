/*
 * switches: what it costs to enter the kernel, and what it costs to change to another address
 * space. Two threads hand a turn to each other, by two events; they belong to one process, or to
 * two.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "user/tokos/tokos.h"

#define BATCHES    5u /* of which the quickest counts: the others were disturbed */
#define CALLS      4000u
#define ROUNDS     200u
#define PAGES_MOST 64
#define PING       "switches ping"
#define PONG       "switches pong"

static volatile char pages[PAGES_MOST][TOKOS_PAGE_BYTES];
static HANDLE ping, pong;
static volatile LONG touched; /* pages in each turn */

static unsigned long long now(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    return (unsigned long long)count.QuadPart * 1000000000 / (unsigned long long)frequency.QuadPart;
}

static void touch(void)
{
    for (LONG i = 0; i < touched; i++)
        pages[i][0]++;
}

/* Take turns for ever: whoever began it ends it. */
static DWORD WINAPI answer(void *unused)
{
    (void)unused;
    while (!WaitForSingleObject(ping, INFINITE)) {
        touch();
        SetEvent(pong);
    }
    return 0;
}

static void take_turns(unsigned rounds)
{
    while (rounds--) {
        touch();
        SignalObjectAndWait(ping, pong, INFINITE, FALSE);
    }
}

/* => nanoseconds that REPEAT(COUNT) takes, divided by COUNT. */
static unsigned long best_time(void (*repeat)(unsigned count), unsigned count)
{
    unsigned long long best = ~0ull;

    repeat(10);
    for (unsigned i = 0; i < BATCHES; i++) {
        unsigned long long start = now();
        repeat(count);
        unsigned long long time = now() - start;
        best = min(best, time);
    }
    return (unsigned long)(best / count);
}

/* => whether OTHER, a thread or a process, answers; it may have come to its end instead. */
static BOOL answers(HANDLE other)
{
    HANDLE either[2] = {pong, other};

    SetEvent(ping);
    BOOL does = WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0;
    ResetEvent(ping);
    return does;
}

/* => 0: there could be no other thread. */
static unsigned long time_with_thread(int count)
{
    touched = count;
    HANDLE thread = CreateThread(NULL, 0, answer, NULL, 0, NULL);
    if (!thread)
        return 0;
    unsigned long time = answers(thread) ? best_time(take_turns, ROUNDS) : 0;
    TerminateThread(thread, 0);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return time;
}

/* => 0: the other process could not be started. */
static unsigned long time_with_process(int count)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char line[32];

    touched = count;
    snprintf(line, sizeof(line), "switches --answer %d", count);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info))
        return 0;
    unsigned long time = answers(info.hProcess) ? best_time(take_turns, ROUNDS) : 0;
    TerminateProcess(info.hProcess, 0);
    WaitForSingleObject(info.hProcess, INFINITE);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
    return time;
}

static int __attribute__((noinline)) function(void)
{
    __asm__ volatile("");
    return 0;
}

static int (*called)(void);

static void make_calls(unsigned count)
{
    while (count--)
        called();
}

static void print_calls(const char *name, int (*call)(void))
{
    called = call;
    printf("%-44s %8lu\n", name, best_time(make_calls, CALLS));
}

static void print_turns(int count)
{
    unsigned long thread = time_with_thread(count), process = time_with_process(count);

    printf("a turn there and back, %2d pages touched each\n", count);
    printf("  %-42s %8lu\n", "two threads of one process", thread);
    printf("  %-42s %8lu\n", "two processes", process);
}

int main(int argc, char **argv)
{
    int (*null_call)(void) =
        (int (*)(void))(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtTokosNull");

    ping = CreateEventA(NULL, FALSE, FALSE, PING);
    pong = CreateEventA(NULL, FALSE, FALSE, PONG);
    if (argc == 3 && !strcmp(argv[1], "--answer")) {
        touched = min(atoi(argv[2]), PAGES_MOST);
        return (int)answer(NULL);
    }
    if (argc != 1 || !null_call) {
        fprintf(stderr, "usage: switches\nTimes system calls and switches.\n");
        return 2;
    }
    printf("%-44s %8s\n", "", "ns");
    print_calls("a function", function);
    print_calls("a system call that does nothing", null_call);
    print_turns(1);
    print_turns(PAGES_MOST);
    return 0;
}
