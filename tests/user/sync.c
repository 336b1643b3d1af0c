/*
 * Waiting, the objects to wait for, critical sections and interlocked operations.
 */
#define _WIN32_WINNT 0x0600
#include <windows.h>
#include "crt/check.h"

static DWORD WINAPI set_soon(void *event)
{
    Sleep(20);
    SetEvent(event);
    return 5;
}

static void events(void)
{
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE automatic = CreateEventA(NULL, FALSE, TRUE, NULL);

    CHECK_INT(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    CHECK_INT(SetEvent(manual), TRUE);
    CHECK_INT(WaitForSingleObject(manual, INFINITE), WAIT_OBJECT_0);
    CHECK_INT(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    CHECK_INT(ResetEvent(manual), TRUE);
    CHECK_INT(WaitForSingleObject(manual, 1), WAIT_TIMEOUT);
    CHECK_INT(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    CHECK_INT(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    HANDLE thread = CreateThread(NULL, 0, set_soon, automatic, 0, NULL);
    CHECK_INT(WaitForSingleObject(automatic, INFINITE), WAIT_OBJECT_0);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(manual);
    CHECK_INT(CloseHandle(automatic), TRUE);
    CHECK_INT(CloseHandle(automatic), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(WaitForSingleObject(automatic, 0), WAIT_FAILED);
}

static void names(void)
{
    HANDLE first = CreateEventA(NULL, TRUE, FALSE, "sync-test");

    CHECK_INT(GetLastError(), ERROR_SUCCESS);
    HANDLE second = CreateEventA(NULL, FALSE, FALSE, "Local\\sync-test");
    CHECK_INT(GetLastError(), ERROR_ALREADY_EXISTS);
    HANDLE third = OpenEventA(EVENT_MODIFY_STATE, FALSE, "sync-test");
    CHECK(third != NULL);
    SetEvent(third);
    CHECK_INT(WaitForSingleObject(first, 0), WAIT_OBJECT_0);
    CHECK(CreateMutexA(NULL, FALSE, "sync-test") == NULL);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK(OpenEventA(SYNCHRONIZE, FALSE, "sync-nothing") == NULL);
    CHECK_INT(GetLastError(), ERROR_FILE_NOT_FOUND);
    CHECK(CreateEventA(NULL, FALSE, FALSE, "a\\b") == NULL);
    CHECK_INT(GetLastError(), ERROR_PATH_NOT_FOUND);
    CloseHandle(first);
    CloseHandle(second);
    CloseHandle(third);
    CHECK(OpenEventA(SYNCHRONIZE, FALSE, "sync-test") == NULL);
}

static void semaphores(void)
{
    LONG previous = -1;
    HANDLE semaphore = CreateSemaphoreA(NULL, 2, 3, NULL);

    CHECK_INT(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    CHECK_INT(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    CHECK_INT(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
    CHECK_INT(ReleaseSemaphore(semaphore, 2, &previous), TRUE);
    CHECK_INT(previous, 0);
    CHECK_INT(ReleaseSemaphore(semaphore, 2, &previous), FALSE);
    CHECK_INT(GetLastError(), ERROR_TOO_MANY_POSTS);
    CloseHandle(semaphore);
    CHECK(CreateSemaphoreA(NULL, 4, 3, NULL) == NULL);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
}

static DWORD WINAPI take_and_end(void *mutex)
{
    return WaitForSingleObject(mutex, INFINITE);
}

static void mutexes(void)
{
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);

    CHECK_INT(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
    CHECK_INT(ReleaseMutex(mutex), TRUE);
    CHECK_INT(ReleaseMutex(mutex), TRUE);
    CHECK_INT(ReleaseMutex(mutex), FALSE);
    CHECK_INT(GetLastError(), ERROR_NOT_OWNER);
    HANDLE thread = CreateThread(NULL, 0, take_and_end, mutex, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK_INT(WaitForSingleObject(mutex, INFINITE), WAIT_ABANDONED);
    CHECK_INT(ReleaseMutex(mutex), TRUE);
    CloseHandle(mutex);
}

static void many(void)
{
    HANDLE events[3];

    for (int i = 0; i < 3; i++)
        events[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
    CHECK_INT(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    SetEvent(events[1]);
    CHECK_INT(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    SetEvent(events[0]);
    SetEvent(events[2]);
    CHECK_INT(WaitForMultipleObjects(3, events, TRUE, 0), WAIT_TIMEOUT);
    SetEvent(events[1]);
    CHECK_INT(WaitForMultipleObjects(3, events, TRUE, 0), WAIT_OBJECT_0);
    CHECK_INT(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    CHECK_INT(WaitForMultipleObjects(0, events, FALSE, 0), WAIT_FAILED);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(SignalObjectAndWait(events[0], events[0], 0, FALSE), WAIT_OBJECT_0);
    for (int i = 0; i < 3; i++)
        CloseHandle(events[i]);
}

static int apc_sum;

static VOID CALLBACK apc(ULONG_PTR data)
{
    apc_sum += (int)data;
}

static void apcs(void)
{
    CHECK_INT(SleepEx(0, TRUE), 0);
    CHECK_INT(QueueUserAPC(apc, GetCurrentThread(), 3) != 0, 1);
    CHECK_INT(QueueUserAPC(apc, GetCurrentThread(), 4) != 0, 1);
    SleepEx(1, FALSE);
    CHECK_INT(apc_sum, 0);
    CHECK_INT(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    CHECK_INT(apc_sum, 7);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    QueueUserAPC(apc, GetCurrentThread(), 1);
    CHECK_INT(WaitForSingleObjectEx(event, INFINITE, TRUE), WAIT_IO_COMPLETION);
    CHECK_INT(apc_sum, 8);
    CloseHandle(event);
}

static int timer_calls;

static VOID CALLBACK timer_routine(void *argument, DWORD low, DWORD high)
{
    (void)low;
    (void)high;
    timer_calls += *(int *)argument;
}

static void timers(void)
{
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    LARGE_INTEGER due = {.QuadPart = -50000};
    int one = 1;

    CHECK_INT(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
    CHECK_INT(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE), TRUE);
    CHECK_INT(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
    CHECK_INT(SetWaitableTimer(timer, &due, 0, timer_routine, &one, FALSE), TRUE);
    CHECK_INT(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    CHECK_INT(timer_calls, 1);
    due.QuadPart = -10000000000ll;
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    CHECK_INT(CancelWaitableTimer(timer), TRUE);
    CHECK_INT(WaitForSingleObject(timer, 1), WAIT_TIMEOUT);
    CloseHandle(timer);
}

static CRITICAL_SECTION section;
static int guarded;
static LONG counted;

static DWORD WINAPI count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2000; i++) {
        EnterCriticalSection(&section);
        int before = guarded;
        if (i % 100 == 0)
            Sleep(0);
        guarded = before + 1;
        LeaveCriticalSection(&section);
        InterlockedIncrement(&counted);
    }
    return 0;
}

static DWORD WINAPI try_enter(void *unused)
{
    (void)unused;
    return (DWORD)TryEnterCriticalSection(&section);
}

static DWORD result_of(LPTHREAD_START_ROUTINE routine)
{
    DWORD code = 99;
    HANDLE thread = CreateThread(NULL, 0, routine, NULL, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

static void critical_sections(void)
{
    HANDLE threads[4];

    InitializeCriticalSection(&section);
    for (int i = 0; i < 4; i++)
        threads[i] = CreateThread(NULL, 0, count, NULL, 0, NULL);
    CHECK_INT(WaitForMultipleObjects(4, threads, TRUE, INFINITE), WAIT_OBJECT_0);
    for (int i = 0; i < 4; i++)
        CloseHandle(threads[i]);
    CHECK_INT(guarded, 8000);
    CHECK_INT(counted, 8000);
    EnterCriticalSection(&section);
    EnterCriticalSection(&section);
    CHECK_INT(TryEnterCriticalSection(&section), TRUE);
    CHECK_INT(result_of(try_enter), FALSE);
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&section);
    CHECK_INT(result_of(try_enter), FALSE);
    LeaveCriticalSection(&section);
    CHECK_INT(result_of(try_enter), TRUE);
    DeleteCriticalSection(&section);
    CHECK_INT(InitializeCriticalSectionAndSpinCount(&section, 4000), TRUE);
    DeleteCriticalSection(&section);
}

/* ---- locks of one word ------------------------------------------------------------------------
 */

static SRWLOCK slim = SRWLOCK_INIT;
static CONDITION_VARIABLE filled = CONDITION_VARIABLE_INIT;
static volatile LONG readers, most_readers, writers, mixed;
static int queue, taken;

static DWORD WINAPI read_or_write(void *unused)
{
    (void)unused;
    for (int i = 0; i < 300; i++) {
        if (i % 5 == 0) {
            AcquireSRWLockExclusive(&slim);
            mixed += readers != 0 || InterlockedIncrement(&writers) != 1;
            Sleep(0);
            InterlockedDecrement(&writers);
            ReleaseSRWLockExclusive(&slim);
        } else {
            AcquireSRWLockShared(&slim);
            LONG inside = InterlockedIncrement(&readers);
            mixed += writers != 0;
            most_readers = inside > most_readers ? inside : most_readers;
            Sleep(0);
            InterlockedDecrement(&readers);
            ReleaseSRWLockShared(&slim);
        }
    }
    return 0;
}

static DWORD WINAPI consume(void *unused)
{
    (void)unused;
    for (int i = 0; i < 100; i++) {
        EnterCriticalSection(&section);
        while (!queue)
            SleepConditionVariableCS(&filled, &section, INFINITE);
        queue--;
        taken++;
        LeaveCriticalSection(&section);
    }
    return 0;
}

static void join(HANDLE *threads, DWORD count)
{
    WaitForMultipleObjects(count, threads, TRUE, INFINITE);
    while (count--)
        CloseHandle(threads[count]);
}

static int initialized;

static BOOL CALLBACK initialize(INIT_ONCE *once, void *parameter, void **context)
{
    (void)once;
    initialized++;
    *context = parameter;
    return initialized > 1; /* the first time it fails */
}

static void slim_locks(void)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    HANDLE threads[3];
    void *context = NULL;
    int place = 0;

    for (int i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, read_or_write, NULL, 0, NULL);
    join(threads, 3);
    CHECK_INT(mixed, 0);
    CHECK(most_readers >= 1);
    CHECK_INT(TryAcquireSRWLockShared(&slim), TRUE);
    CHECK_INT(TryAcquireSRWLockShared(&slim), TRUE);
    CHECK_INT(TryAcquireSRWLockExclusive(&slim), FALSE);
    ReleaseSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);
    CHECK_INT(TryAcquireSRWLockExclusive(&slim), TRUE);
    CHECK_INT(SleepConditionVariableSRW(&filled, &slim, 1, 0), FALSE);
    CHECK_INT(GetLastError(), ERROR_TIMEOUT);
    ReleaseSRWLockExclusive(&slim);
    InitializeCriticalSection(&section);
    for (int i = 0; i < 2; i++)
        threads[i] = CreateThread(NULL, 0, consume, NULL, 0, NULL);
    for (int i = 0; i < 200; i++) {
        EnterCriticalSection(&section);
        queue++;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&filled);
    }
    join(threads, 2);
    CHECK_INT(taken, 200);
    DeleteCriticalSection(&section);
    CHECK_INT(InitOnceExecuteOnce(&once, initialize, &place, &context), FALSE);
    CHECK_INT(InitOnceExecuteOnce(&once, initialize, &place, &context), TRUE);
    CHECK_INT(InitOnceExecuteOnce(&once, initialize, NULL, &context), TRUE);
    CHECK(context == &place);
    CHECK_INT(initialized, 2);
}

/* By their addresses, as the compiler would make instructions of calls. */
static void interlocked(void)
{
    HMODULE kernel32 = GetModuleHandleA("kernel32.dll");
    LONG(WINAPI * increment)(LONG *) = (void *)GetProcAddress(kernel32, "InterlockedIncrement");
    LONG(WINAPI * decrement)(LONG *) = (void *)GetProcAddress(kernel32, "InterlockedDecrement");
    LONG(WINAPI * add)(LONG *, LONG) = (void *)GetProcAddress(kernel32, "InterlockedExchangeAdd");
    LONG(WINAPI * exchange)
    (LONG *, LONG) = (void *)GetProcAddress(kernel32, "InterlockedExchange");
    LONG(WINAPI * compare)
    (LONG *, LONG, LONG) = (void *)GetProcAddress(kernel32, "InterlockedCompareExchange");
    LONG value = 5;

    CHECK_INT(increment(&value), 6);
    CHECK_INT(decrement(&value), 5);
    CHECK_INT(add(&value, 10), 5);
    CHECK_INT(exchange(&value, 3), 15);
    CHECK_INT(compare(&value, 9, 4), 3);
    CHECK_INT(compare(&value, 9, 3), 3);
    CHECK_INT(value, 9);
}

int main(void)
{
    events();
    names();
    semaphores();
    mutexes();
    many();
    apcs();
    timers();
    critical_sections();
    slim_locks();
    interlocked();
    return check_done();
}
