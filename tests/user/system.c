/* What the system says of itself: clocks, memory, priorities. */
#include <stdio.h>
#include <windows.h>

static int number, failed;

#define CHECK(condition)                                                     \
    do {                                                                     \
        int good_ = (condition);                                             \
        printf("%sok %d - %s\n", good_ ? "" : "not ", ++number, #condition); \
        failed += !good_;                                                    \
    } while (0)

static void clocks(void)
{
    DWORD start = GetTickCount(), ticks;
    LARGE_INTEGER before, after, frequency;
    FILETIME file_time;
    SYSTEMTIME now;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&before);
    while ((ticks = GetTickCount()) == start) /* the page is written while a program computes */
        ;
    QueryPerformanceCounter(&after);
    CHECK(ticks - start >= 15);
    CHECK(after.QuadPart > before.QuadPart && frequency.QuadPart > 0);
    start = GetTickCount();
    Sleep(40);
    CHECK(GetTickCount() - start >= 24);
    GetSystemTimeAsFileTime(&file_time);
    CHECK(FileTimeToSystemTime(&file_time, &now) && now.wYear >= 2000);
}

static void memory(void)
{
    MEMORYSTATUSEX status = {.dwLength = sizeof(status)};
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    CHECK(info.dwPageSize == 4096 && info.dwAllocationGranularity == 65536);
    CHECK(info.lpMinimumApplicationAddress == (void *)0x10000);
    CHECK(info.lpMaximumApplicationAddress == (void *)0x7FFEFFFF);
    CHECK(GlobalMemoryStatusEx(&status));
    CHECK(status.ullAvailPhys && status.ullAvailPhys < status.ullTotalPhys);
    CHECK(status.dwMemoryLoad <= 100);
}

static void priorities(void)
{
    CHECK(GetPriorityClass(GetCurrentProcess()) == NORMAL_PRIORITY_CLASS);
    CHECK(SetPriorityClass(GetCurrentProcess(), HIGH_PRIORITY_CLASS));
    CHECK(GetPriorityClass(GetCurrentProcess()) == HIGH_PRIORITY_CLASS);
    CHECK(GetThreadPriority(GetCurrentThread()) == THREAD_PRIORITY_NORMAL);
    CHECK(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_ABOVE_NORMAL));
    CHECK(GetThreadPriority(GetCurrentThread()) == THREAD_PRIORITY_ABOVE_NORMAL);
    CHECK(!SetPriorityClass(GetCurrentProcess(), 0x1234));
}

int main(void)
{
    clocks();
    memory();
    priorities();
    printf("1..%d\n", number);
    return failed != 0;
}
