/*
 * Threads made by the C library: each has its errno, strtok and rand of its own; streams are
 * locked.
 */
#include "check.h"

#include <errno.h>
#include <process.h>
#include <windows.h>

#define THREADS 8

static HANDLE go;
static LONG wrong;

static unsigned __stdcall worker(void *argument)
{
    int number = (int)(INT_PTR)argument;
    char list[] = "a b c d e f";
    int first;

    errno = number;
    srand((unsigned)number);
    first = rand();
    strtok(list, " ");
    WaitForSingleObject(go, INFINITE);
    for (int i = 0; i < 500; i++) {
        if (errno != number)
            InterlockedIncrement(&wrong);
        Sleep(i % 50 == 0);
    }
    srand((unsigned)number);
    if (rand() != first || strcmp(strtok(NULL, " "), "b"))
        InterlockedIncrement(&wrong);
    return (unsigned)number * 3;
}

static void own_data(void)
{
    HANDLE threads[THREADS];
    int bad_codes = 0;

    go = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < THREADS; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, worker, (void *)(INT_PTR)(i + 1), 0, NULL);
    errno = 77;
    SetEvent(go);
    for (int i = 0; i < THREADS; i++) {
        DWORD code = 0;

        WaitForSingleObject(threads[i], INFINITE);
        GetExitCodeThread(threads[i], &code);
        bad_codes += code != (DWORD)(i + 1) * 3;
        CloseHandle(threads[i]);
    }
    CHECK_INT(errno, 77);
    CHECK_INT(wrong, 0);
    CHECK_INT(bad_codes, 0);
}

static FILE *shared;

static unsigned __stdcall writer(void *argument)
{
    char line[64];

    memset(line, 'a' + (int)(INT_PTR)argument, 50);
    strcpy(line + 50, "\n");
    for (int i = 0; i < 300; i++)
        fputs(line, shared);
    return 0;
}

/* Lines that threads write at the same time do not mix. */
static void locked_stream(void)
{
    HANDLE threads[THREADS];
    char line[128];
    int lines = 0;
    int mixed = 0;

    shared = fopen("threads.tmp", "w+");
    for (int i = 0; i < THREADS; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, writer, (void *)(INT_PTR)i, 0, NULL);
    for (int i = 0; i < THREADS; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
    rewind(shared);
    while (fgets(line, sizeof(line), shared)) {
        lines++;
        mixed += strlen(line) != 51 || strspn(line, (char[]){line[0], 0}) != 50;
    }
    CHECK_INT(lines, THREADS * 300);
    CHECK_INT(mixed, 0);
    fclose(shared);
    remove("threads.tmp");
}

static HANDLE done;

static void __cdecl simple(void *argument)
{
    *(int *)argument = 5;
    SetEvent(done);
    _endthread();
}

static unsigned __stdcall early(void *argument)
{
    (void)argument;
    _endthreadex(9);
    return 1;
}

static void kinds(void)
{
    int value = 0;
    unsigned id = 0;
    DWORD code = 0;
    HANDLE thread;

    done = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK(_beginthread(simple, 0, &value) != (uintptr_t)-1);
    CHECK_INT(WaitForSingleObject(done, 5000), WAIT_OBJECT_0);
    CHECK_INT(value, 5);
    thread = (HANDLE)_beginthreadex(NULL, 0, early, NULL, CREATE_SUSPENDED, &id);
    CHECK(thread != NULL && id != 0);
    CHECK_INT(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
    ResumeThread(thread);
    CHECK_INT(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
    GetExitCodeThread(thread, &code);
    CHECK_INT(code, 9);
    CloseHandle(thread);
}

static DWORD WINAPI plain(void *argument)
{
    (void)argument;
    errno = 5;
    return (DWORD)errno;
}

/* A thread of CreateThread may use the library as well. */
static void foreign(void)
{
    HANDLE thread = CreateThread(NULL, 0, plain, NULL, 0, NULL);
    DWORD code = 0;

    errno = 1;
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CHECK_INT(code, 5);
    CHECK_INT(errno, 1);
    SetLastError(1234);
    errno = 2;
    CHECK_INT(GetLastError(), 1234);
    CloseHandle(thread);
}

int main(void)
{
    own_data();
    locked_stream();
    kinds();
    foreign();
    return check_done();
}
