/*
 * Threads made by the C library: each has its errno, strtok and rand of its own; streams are
 * locked.
 */
#include "data.h"

#include <errno.h>
#include <process.h>
#include <windows.h>

#define THREADS 8
#define LINES   300 /* that each writes */

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
static LONG lines, mixed;

/* Whether LINE is what one call wrote, or one line of the file: fifty times the same letter. */
static int is_mixed(const char *line)
{
    return strlen(line) != 51 || strspn(line, (char[]){line[0], 0}) != 50 || line[50] != '\n';
}

static unsigned __stdcall writer(void *argument)
{
    char line[64];

    memset(line, 'a' + (int)(INT_PTR)argument, 50);
    strcpy(line + 50, "\n");
    for (int i = 0; i < LINES; i++)
        fputs(line, shared);
    return 0;
}

static unsigned __stdcall reader(void *argument)
{
    char line[128];

    (void)argument;
    while (fgets(line, sizeof(line), shared)) {
        InterlockedIncrement(&lines);
        if (is_mixed(line))
            InterlockedIncrement(&mixed);
    }
    return 0;
}

static void run_threads(unsigned(__stdcall *function)(void *argument))
{
    HANDLE threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, function, (void *)(INT_PTR)i, 0, NULL);
    for (int i = 0; i < THREADS; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
}

#define PAGE 4096

static char *pages; /* two, the second of which cannot be touched at first */
static HANDLE within;

/* A thread that comes to the second page of `pages` is within a function on a stream: it lets
 * others try the same for a while. */
static LONG WINAPI stop_within(EXCEPTION_POINTERS *info)
{
    char *address = (char *)info->ExceptionRecord->ExceptionInformation[1];
    DWORD old;

    if (info->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
        address < pages + PAGE || address >= pages + 2 * PAGE)
        return EXCEPTION_CONTINUE_SEARCH;
    SetEvent(within);
    Sleep(30);
    VirtualProtect(pages + PAGE, PAGE, PAGE_READWRITE, &old);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static unsigned __stdcall writes_within(void *argument)
{
    (void)argument;
    WaitForSingleObject(within, INFINITE);
    return (unsigned)fputc('+', shared);
}

static unsigned __stdcall reads_within(void *argument)
{
    (void)argument;
    WaitForSingleObject(within, INFINITE);
    return (unsigned)fgetc(shared);
}

/* Starts a thread that will do FUNCTION when this one is within its own. */
static HANDLE start_second(unsigned(__stdcall *function)(void *argument))
{
    DWORD old;

    ResetEvent(within);
    VirtualProtect(pages + PAGE, PAGE, PAGE_NOACCESS, &old);
    return (HANDLE)_beginthreadex(NULL, 0, function, NULL, 0, NULL);
}

/* => the exit code. */
static int end_second(HANDLE thread)
{
    DWORD code = 0;

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return (int)code;
}

/* Who is within a function on a stream has it alone. */
static void alone(void)
{
    static char buffer[64];
    HANDLE second;

    pages = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    within = CreateEventA(NULL, TRUE, FALSE, NULL);
    AddVectoredExceptionHandler(1, stop_within);
    memset(pages, '.', 2 * PAGE);
    shared = fopen("NUL", "w");
    CHECK(shared != NULL);
    if (!shared)
        return;
    setvbuf(shared, buffer, _IOFBF, sizeof(buffer));
    fputc('-', shared);
    second = start_second(writes_within);
    CHECK_INT(fwrite(pages + PAGE - 10, 1, 20, shared), 20);
    CHECK_INT(end_second(second), '+');
    CHECK_STR(buffer, "-....................+");
    fclose(shared);
    shared = open_data("digits.txt", "rb");
    CHECK_INT(fgetc(shared), '0');
    second = start_second(reads_within);
    CHECK_INT(fread(pages + PAGE - 4, 1, 8, shared), 8);
    CHECK_INT(end_second(second), '9');
    CHECK(!memcmp(pages + PAGE - 4, "12345678", 8));
    fclose(shared);
}

/* Lines that threads write at the same time do not mix. They stay in the buffer, which has room. */
static void locked_writing(void)
{
    static char buffer[THREADS * LINES * 51 + 1];
    int wrong_lines = 0;

    shared = fopen("NUL", "w");
    CHECK(shared != NULL);
    if (!shared)
        return;
    CHECK_INT(setvbuf(shared, buffer, _IOFBF, sizeof(buffer)), 0);
    run_threads(writer);
    for (int i = 0; i < THREADS * LINES; i++) {
        char line[52] = "";

        wrong_lines += is_mixed(memcpy(line, buffer + i * 51, 51));
    }
    CHECK_INT(wrong_lines, 0);
    CHECK_INT(buffer[sizeof(buffer) - 1], 0);
    CHECK_INT(fclose(shared), 0);
}

/* Each line of a file goes to one of the threads that read it, and as a whole. */
static void locked_reading(void)
{
    shared = open_data("letters.txt", "r");
    run_threads(reader);
    CHECK_INT(lines, 2400);
    CHECK_INT(mixed, 0);
    fclose(shared);
}

static HANDLE held, opened;

static unsigned __stdcall holds_stdin(void *argument)
{
    (void)argument;
    _lock_file(stdin);
    SetEvent(held);
    WaitForSingleObject(opened, INFINITE);
    _unlock_file(stdin);
    return 0;
}

static unsigned __stdcall opens(void *argument)
{
    FILE *file = fopen("NUL", "w");

    (void)argument;
    return file ? (unsigned)fclose(file) : 1;
}

/* Who reads from a stream, for as long as it likes, keeps nobody from opening another. */
static void opening_meanwhile(void)
{
    HANDLE holder, opener;

    held = CreateEventA(NULL, TRUE, FALSE, NULL);
    opened = CreateEventA(NULL, TRUE, FALSE, NULL);
    holder = (HANDLE)_beginthreadex(NULL, 0, holds_stdin, NULL, 0, NULL);
    WaitForSingleObject(held, INFINITE);
    opener = (HANDLE)_beginthreadex(NULL, 0, opens, NULL, 0, NULL);
    CHECK_INT(WaitForSingleObject(opener, 5000), WAIT_OBJECT_0);
    SetEvent(opened);
    CHECK_INT(end_second(opener), 0);
    CHECK_INT(end_second(holder), 0);
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
    alone();
    locked_writing();
    locked_reading();
    opening_meanwhile();
    kinds();
    foreign();
    return check_done();
}
