/*
 * Processes: this program starts itself with a word that says what the new one is to do.
 */
#include <windows.h>
#include "crt/check.h"

static char name[MAX_PATH];

/* Starts this program with WORDS. */
static BOOL start(const char *words, BOOL inherit, DWORD flags, char *environment,
                  PROCESS_INFORMATION *info)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char line[MAX_PATH * 2];

    sprintf(line, "\"%s\" %s", name, words);
    return CreateProcessA(NULL, line, NULL, NULL, inherit, flags, environment, NULL, &startup,
                          info);
}

static DWORD code_of(PROCESS_INFORMATION *info)
{
    DWORD code = 12345;

    WaitForSingleObject(info->hProcess, INFINITE);
    GetExitCodeProcess(info->hProcess, &code);
    CloseHandle(info->hProcess);
    CloseHandle(info->hThread);
    return code;
}

static DWORD run(const char *words)
{
    PROCESS_INFORMATION info;

    return start(words, FALSE, 0, NULL, &info) ? code_of(&info) : 54321;
}

static void codes(void)
{
    CHECK_INT(run("return 33"), 33);
    CHECK_INT(run("exit 34"), 34);
    CHECK_INT(run("exit 0x12345678"), 0x12345678);
    CHECK_INT(run("fault"), EXCEPTION_ACCESS_VIOLATION);
    CHECK_INT(run("thread 35"), 35);
}

static void suspended(void)
{
    PROCESS_INFORMATION info;
    DWORD code;

    CHECK_INT(start("return 5", FALSE, CREATE_SUSPENDED, NULL, &info), TRUE);
    CHECK_INT(WaitForSingleObject(info.hProcess, 20), WAIT_TIMEOUT);
    CHECK_INT(GetExitCodeProcess(info.hProcess, &code), TRUE);
    CHECK_INT(code, STILL_ACTIVE);
    CHECK_INT(GetProcessId(info.hProcess), info.dwProcessId);
    CHECK(info.dwProcessId != GetCurrentProcessId());
    CHECK_INT(ResumeThread(info.hThread), 1);
    CHECK_INT(code_of(&info), 5);
    start("wait", FALSE, 0, NULL, &info);
    HANDLE other = OpenProcess(PROCESS_TERMINATE, FALSE, info.dwProcessId);
    CHECK_INT(TerminateProcess(other, 66), TRUE);
    CloseHandle(other);
    CHECK_INT(code_of(&info), 66);
}

static void inheritance(void)
{
    SECURITY_ATTRIBUTES security = {sizeof(security), NULL, TRUE};
    HANDLE event = CreateEventA(&security, TRUE, FALSE, NULL);
    PROCESS_INFORMATION info;
    char words[50];

    sprintf(words, "set %lu", (unsigned long)(ULONG_PTR)event);
    start(words, TRUE, 0, NULL, &info);
    CHECK_INT(code_of(&info), TRUE);
    CHECK_INT(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    ResetEvent(event);
    start(words, FALSE, 0, NULL, &info);
    CHECK_INT(code_of(&info), FALSE);
    CHECK_INT(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    CloseHandle(event);
}

static void environments(void)
{
    static char block[] = "PROCESS_test=special\0PATH=C:\\\0";
    PROCESS_INFORMATION info;

    SetEnvironmentVariableA("PROCESS_test", "inherited");
    CHECK_INT(run("environment inherited"), TRUE);
    start("environment special", FALSE, 0, block, &info);
    CHECK_INT(code_of(&info), TRUE);
}

/* A page of PROCESS with that protection, and 77 in it. */
static int *page_with(HANDLE process, DWORD protection)
{
    int value = 77,
        *page = VirtualAllocEx(process, NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    DWORD old;

    CHECK_INT(WriteProcessMemory(process, page, &value, sizeof(value), NULL), TRUE);
    CHECK_INT(VirtualProtectEx(process, page, 4096, protection, &old), TRUE);
    return page;
}

static DWORD protection_of(HANDLE process, const void *page)
{
    MEMORY_BASIC_INFORMATION info = {0};

    VirtualQueryEx(process, page, &info, sizeof(info));
    return info.Protect;
}

/* Code may be written whatever its protection says, as breakpoints must; data that is not to be
 * written is not. The protection is the same afterwards. */
static void writing(HANDLE process)
{
    static const struct {
        DWORD protection, error; /* 0: it is written */
    } pages[] = {
        {PAGE_READWRITE, 0},
        {PAGE_EXECUTE, 0},
        {PAGE_EXECUTE_READ, 0},
        {PAGE_EXECUTE_READWRITE, 0},
        {PAGE_READWRITE | PAGE_GUARD, 0},
        {PAGE_EXECUTE_READ | PAGE_GUARD, 0},
        {PAGE_READONLY, ERROR_NOACCESS},
        {PAGE_NOACCESS, ERROR_NOACCESS},
        {PAGE_READONLY | PAGE_GUARD, ERROR_NOACCESS},
    };

    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        int value = 78, back = 0, *page = page_with(process, pages[i].protection);
        SIZE_T done = 99;
        DWORD old;

        SetLastError(0);
        CHECK_INT(WriteProcessMemory(process, page, &value, sizeof(value), &done), !pages[i].error);
        CHECK_INT(GetLastError(), pages[i].error);
        if (!pages[i].error)
            CHECK_INT(done, sizeof(value));
        CHECK_INT(protection_of(process, page), pages[i].protection);
        VirtualProtectEx(process, page, 4096, PAGE_READWRITE, &old);
        CHECK_INT(ReadProcessMemory(process, page, &back, sizeof(back), &done), TRUE);
        CHECK_INT(back, pages[i].error ? 77 : 78);
    }
}

/* What can be read is, up to the page that is not there. */
static void reading(HANDLE process)
{
    static const struct {
        SIZE_T at, bytes, done;
    } reads[] = {
        {0, 4096, 4096}, {0, 8192, 4096}, {4096 - 10, 11, 10}, {4095, 4096, 1}, {4096, 4, 0},
    };
    char *page = VirtualAllocEx(process, NULL, 8192, MEM_RESERVE, PAGE_NOACCESS), back[8192];

    VirtualAllocEx(process, page, 4096, MEM_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        BOOL all = reads[i].done == reads[i].bytes;
        SIZE_T done = 99999;

        memset(back, 'x', sizeof(back));
        SetLastError(0);
        CHECK_INT(ReadProcessMemory(process, page + reads[i].at, back, reads[i].bytes, &done), all);
        CHECK_INT(GetLastError(), all ? 0 : ERROR_PARTIAL_COPY);
        CHECK_INT(done, reads[i].done);
        CHECK(done == 0 || back[done - 1] == 0);
        CHECK(done == sizeof(back) || back[done] == 'x');
    }
}

static void memory(void)
{
    PROCESS_INFORMATION info;
    int value = 77, back = 0;
    SIZE_T done;

    start("wait", FALSE, CREATE_SUSPENDED, NULL, &info);
    int *there =
        VirtualAllocEx(info.hProcess, NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK(there != NULL);
    CHECK_INT(WriteProcessMemory(info.hProcess, there, &value, sizeof(value), &done), TRUE);
    CHECK_INT(ReadProcessMemory(info.hProcess, there, &back, sizeof(back), &done), TRUE);
    CHECK_INT(back, 77);
    CHECK_INT(ReadProcessMemory(info.hProcess, (void *)8, &back, sizeof(back), &done), FALSE);
    CHECK_INT(GetLastError(), ERROR_PARTIAL_COPY);
    writing(info.hProcess);
    reading(info.hProcess);
    TerminateProcess(info.hProcess, 1);
    code_of(&info);
}

static void failing(void)
{
    PROCESS_INFORMATION info;
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char line[] = "no-such-program with words";

    CHECK_INT(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info), FALSE);
    CHECK_INT(GetLastError(), ERROR_FILE_NOT_FOUND);
    CHECK_INT(
        CreateProcessA("C:\\ntdll.dll", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info),
        FALSE);
    CHECK_INT(GetLastError(), ERROR_BAD_EXE_FORMAT);
}

static DWORD WINAPI end_process(void *code)
{
    ExitProcess((UINT)(ULONG_PTR)code);
}

/* What the new process does. */
static int child(int count, char **words)
{
    char text[100];
    UINT number = count > 2 ? strtoul(words[2], NULL, 0) : 0;

    if (!strcmp(words[1], "return"))
        return (int)number;
    if (!strcmp(words[1], "exit"))
        ExitProcess(number);
    if (!strcmp(words[1], "fault"))
        *(volatile int *)4 = 1;
    if (!strcmp(words[1], "thread")) {
        CreateThread(NULL, 0, end_process, (void *)(ULONG_PTR)number, 0, NULL);
        Sleep(INFINITE);
    }
    if (!strcmp(words[1], "set"))
        return SetEvent((HANDLE)(ULONG_PTR)number);
    if (!strcmp(words[1], "environment"))
        return GetEnvironmentVariableA("PROCESS_test", text, sizeof(text)) &&
               !strcmp(text, words[2]) && SetEnvironmentVariableA("PROCESS_test", "changed") &&
               GetEnvironmentVariableA("PROCESS_test", text, sizeof(text)) &&
               !strcmp(text, "changed");
    Sleep(INFINITE);
    return 0;
}

int main(int count, char **words)
{
    if (count > 1)
        return child(count, words);
    GetModuleFileNameA(NULL, name, sizeof(name));
    codes();
    suspended();
    inheritance();
    environments();
    memory();
    failing();
    return check_done();
}
