/*
 * What is called when, and how imports are found: by name, by number, through forwarders. The
 * program runs itself as `child`, whose DLLs keep a log in memory that both have.
 */
#include <windows.h>
#include "crt/check.h"

__declspec(dllimport) int order_second(void);
__declspec(dllimport) int order_forwarded(void);
__declspec(dllimport) int order_numbered(void);
__declspec(dllimport) void order_note(const char *what);

static void NTAPI callback(void *instance, DWORD reason, void *reserved)
{
    static const char *const notes[] = {"exe-tls-", "exe-tls+", "exe-tls-thread+",
                                        "exe-tls-thread-"};

    (void)instance;
    (void)reserved;
    order_note(notes[reason]);
}

__attribute__((section(".CRT$XLC"))) PIMAGE_TLS_CALLBACK order_callback = callback;

static DWORD WINAPI run(void *unused)
{
    (void)unused;
    order_note("thread");
    return 0;
}

static int child(void)
{
    order_note("main");
    HANDLE thread = CreateThread(NULL, 0, run, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    order_note("end");
    return 5;
}

static DWORD run_child(const char *log)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char name[MAX_PATH], line[MAX_PATH + 20];
    DWORD code = 0;

    memset((void *)log, 0, 4096);
    GetModuleFileNameA(NULL, name, sizeof(name));
    sprintf(line, "\"%s\" child", name);
    CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info));
    WaitForSingleObject(info.hProcess, INFINITE);
    GetExitCodeProcess(info.hProcess, &code);
    return code;
}

/* Where WORD stands in LOG, 0 if it is not there; each stands there once. */
static int place(const char *log, const char *word)
{
    char padded[40];

    sprintf(padded, " %s ", word);
    const char *found = strstr(log, padded);
    return found && !strstr(found + 1, padded) ? (int)(found - log) + 1 : 0;
}

/* A DLL's entry point is called when those that it needs are ready, its TLS callbacks before it;
 * the program's callbacks come last, and then the program. At the end all goes the other way round.
 */
static void order(void)
{
    static const char *const words[] = {"first+", "second-tls+", "second+", "exe-tls+", "main",
                                        "end",    "second-tls-", "second-", "first-"};
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, "order-log");
    const char *log = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char text[1000] = " ";
    int before = 0;

    CHECK_INT(run_child(log), 5);
    strcat(text, log);
    for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++) {
        check_int_(words[i], place(text, words[i]) > before, 1);
        before = place(text, words[i]);
    }
    CHECK(place(text, "second-thread+") > place(text, "main"));
    CHECK(place(text, "second-thread+") < place(text, "thread"));
    CHECK(place(text, "exe-tls-thread+") && place(text, "exe-tls-thread+") < place(text, "thread"));
    CHECK(place(text, "second-thread-") > place(text, "thread"));
    CHECK(place(text, "exe-tls-thread-") > place(text, "thread"));
    CHECK(place(text, "second-thread-") < place(text, "end"));
    CHECK(place(text, "exe-tls-") > place(text, "end"));
    if (check_failed)
        printf("# %s\n", text);
}

/* The exports as the loader finds them later. */
static void exports(void)
{
    HMODULE first = GetModuleHandleA("order_first.dll"), second = GetModuleHandleA("order_second");

    CHECK_INT(order_second(), 22);
    CHECK_INT(order_forwarded(), 1234);
    CHECK_INT(order_numbered(), 1234);
    CHECK(GetProcAddress(first, "order_note") == NULL);
    CHECK(GetProcAddress(first, (char *)70) != NULL);
    CHECK(GetProcAddress(first, (char *)72) == NULL);
    CHECK(GetProcAddress(second, "order_forwarded") == GetProcAddress(first, "order_value"));
    CHECK(GetProcAddress(second, "order_numbered") == GetProcAddress(first, (char *)71));
}

int main(int count, char **words)
{
    (void)words;
    if (count > 1)
        return child();
    exports();
    order();
    return check_done();
}
