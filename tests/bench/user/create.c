/* Processes and threads, from their creation until somebody knows that they have ended. */
#include "tests/bench/user/win32.h"

static void run_program(const char *name)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;

    expect(CreateProcessA(name, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info), name);
    WaitForSingleObject(info.hProcess, INFINITE);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
}

static void run_minimal(uint32_t sample)
{
    (void)sample;
    run_program("C:\\minimal.exe");
}

static void run_with_kernel32(uint32_t sample)
{
    (void)sample;
    run_program("C:\\minimal_kernel32.exe");
}

static DWORD WINAPI thread(void *parameter)
{
    (void)parameter;
    return 0;
}

static void run_thread(uint32_t sample)
{
    HANDLE handle = CreateThread(NULL, 0, thread, NULL, 0, NULL);

    (void)sample;
    expect(handle != NULL, "thread");
    WaitForSingleObject(handle, INFINITE);
    CloseHandle(handle);
}

const struct bench create_benches[] = {
    {"process.minimal", 1, 21, 1, 0, frames_zero, run_minimal, NULL},
    {"process.with_kernel32", 1, 21, 1, 0, frames_zero, run_with_kernel32, NULL},
    {"thread", 1, 51, 1, 0, frames_zero, run_thread, NULL},
    {0},
};
