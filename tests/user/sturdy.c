/*
 * A program that takes no for an answer. Each of its parts uses something of Windows, looks at each
 * result, and gives back what it has; when something is refused it says what, and the reason, and
 * goes on to its end. So however short memory is, it ends with exit code 0 (all was there), 1 (not
 * all was) or, where a page of its own cannot be had, with that exception's code.
 *
 *      sturdy          every part in turn, as a test
 *      sturdy PART     only that
 */
#include "sturdy.h"
#include "sturdy_processes.h"
#include <process.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the parts --------------------------------------------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void part_stdio(void)
{
    char line[64];
    int numbers[] = {3, 1, 2};
    FILE *file = fopen(self, "rb");

    if (!have(file != NULL, "fopen"))
        return;
    have(fread(line, 1, sizeof(line), file) == sizeof(line) && line[0] == 'M', "fread");
    have(fseek(file, 0, SEEK_END) == 0 && ftell(file) > 1000, "fseek");
    fclose(file);
    qsort(numbers, 3, sizeof(numbers[0]), by_value);
    sprintf(line, "%d %5.2f %s", numbers[0], 2.5, "text");
    have(!strcmp(line, "1  2.50 text"), "sprintf");
    printf("stdio: %s\n", line);
    char *copy = strdup(line);
    have(copy != NULL, "strdup");
    free(copy);
}

static void part_heap(void)
{
    static const size_t sizes[] = {1, 100, 5000, 70000, 600000};
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block[ROWS(sizes)] = {0}, *own;

    for (size_t i = 0; i < ROWS(sizes); i++) {
        block[i] = malloc(sizes[i]);
        if (have(block[i] != NULL, "malloc"))
            block[i][0] = block[i][sizes[i] - 1] = 1;
        char *more = block[i] ? realloc(block[i], sizes[i] * 3) : NULL;
        if (block[i] && have(more != NULL, "realloc"))
            block[i] = more;
    }
    for (size_t i = 0; i < ROWS(sizes); i++)
        free(block[i]);
    if (!have(heap != NULL, "HeapCreate"))
        return;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        own = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizes[i]);
        if (!own)
            SetLastError(ERROR_NOT_ENOUGH_MEMORY); /* HeapAlloc sets none */
        if (have(own != NULL, "HeapAlloc"))
            have(own[sizes[i] - 1] == 0 && HeapValidate(heap, 0, own), "HeapValidate");
    }
    have(HeapDestroy(heap), "HeapDestroy");
}

static void part_virtual(void)
{
    char *base = VirtualAlloc(NULL, 0x500000, MEM_RESERVE, PAGE_NOACCESS);
    DWORD old;

    if (!have(base != NULL, "VirtualAlloc"))
        return;
    if (have(VirtualAlloc(base + 0x3000, 0x400000, MEM_COMMIT, PAGE_READWRITE) != NULL, "commit")) {
        base[0x3000] = base[0x402000] = 1;
        have(VirtualProtect(base + 0x4000, PAGE, PAGE_READONLY, &old), "VirtualProtect");
        have(VirtualFree(base + 0x10000, 0x8000, MEM_DECOMMIT), "decommit");
        have(VirtualLock(base + 0x3000, 0x2000), "VirtualLock");
        have(base[0x3000] == 1, "contents");
    }
    have(VirtualFree(base, 0, MEM_RELEASE), "release");
}

static void use_view(HANDLE mapping, DWORD access)
{
    char *view = MapViewOfFile(mapping, access, 0, 0, 0);

    if (!have(view != NULL, "MapViewOfFile"))
        return;
    if (access != FILE_MAP_READ)
        view[0x1000] = 1;
    volatile char first = view[0];
    (void)first;
    have(UnmapViewOfFile(view), "UnmapViewOfFile");
}

static void part_mapping(void)
{
    HANDLE mapping =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x40000, "sturdy");
    HANDLE file = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    if (have(mapping != NULL, "CreateFileMapping")) {
        use_view(mapping, FILE_MAP_WRITE);
        use_view(mapping, FILE_MAP_COPY);
        CloseHandle(mapping);
    }
    if (!have(file != INVALID_HANDLE_VALUE, "CreateFile"))
        return;
    mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    if (have(mapping != NULL, "CreateFileMapping of a file")) {
        use_view(mapping, FILE_MAP_READ);
        CloseHandle(mapping);
    }
    CloseHandle(file);
}

static void part_library(void)
{
    HMODULE library = LoadLibraryA("tokos.dll");

    if (!have(library != NULL, "LoadLibrary"))
        return;
    have(GetProcAddress(library, "tokos_query_counters") != NULL, "GetProcAddress");
    have(FreeLibrary(library), "FreeLibrary");
}

static CRITICAL_SECTION section;
static DWORD slot;
static LONG sum;

static DWORD WINAPI work(void *number)
{
    volatile char room[0x5000];

    room[0] = room[sizeof(room) - 1] = 1;
    have(TlsSetValue(slot, number), "TlsSetValue");
    EnterCriticalSection(&section);
    sum += (LONG)(size_t)TlsGetValue(slot);
    LeaveCriticalSection(&section);
    return 0;
}

static unsigned __stdcall work_of_crt(void *number)
{
    return work(number);
}

static void part_threads(void)
{
    HANDLE thread[3] = {0};

    slot = TlsAlloc();
    if (!have(slot != TLS_OUT_OF_INDEXES, "TlsAlloc"))
        return;
    InitializeCriticalSection(&section);
    for (size_t i = 0; i < 2; i++) {
        thread[i] = CreateThread(NULL, 0, work, (void *)(i + 1), 0, NULL);
        have(thread[i] != NULL, "CreateThread");
    }
    thread[2] = (HANDLE)_beginthreadex(NULL, 0, work_of_crt, (void *)3, 0, NULL);
    have(thread[2] != NULL, "_beginthreadex");
    for (size_t i = 0; i < 3; i++) {
        if (!thread[i])
            continue;
        WaitForSingleObject(thread[i], INFINITE);
        CloseHandle(thread[i]);
    }
    if (!refused && sum != 6)
        have(FALSE, "the threads' sum");
    DeleteCriticalSection(&section);
    TlsFree(slot);
}

static void part_files(void)
{
    WIN32_FIND_DATAA found;
    char buffer[512], *file_part;
    DWORD done;
    HANDLE file = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    if (have(file != INVALID_HANDLE_VALUE, "CreateFile")) {
        have(ReadFile(file, buffer, sizeof(buffer), &done, NULL) && done == sizeof(buffer),
             "ReadFile");
        have(GetFileSize(file, NULL) > sizeof(buffer), "GetFileSize");
        CloseHandle(file);
    }
    HANDLE search = FindFirstFileA("C:\\*.dll", &found);
    if (have(search != INVALID_HANDLE_VALUE, "FindFirstFile")) {
        have(FindNextFileA(search, &found), "FindNextFile");
        FindClose(search);
    }
    have(GetFullPathNameA("sturdy.exe", sizeof(buffer), buffer, &file_part) != 0,
         "GetFullPathName");
    have(GetFileAttributesA(self) != INVALID_FILE_ATTRIBUTES, "GetFileAttributes");
    have(SetEnvironmentVariableA("STURDY", "yes"), "SetEnvironmentVariable");
}

static LONG CALLBACK first_look(EXCEPTION_POINTERS *pointers)
{
    (void)pointers;
    return EXCEPTION_CONTINUE_SEARCH;
}

static jmp_buf back;

static LONG CALLBACK go_back(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != 0xE0000001)
        return EXCEPTION_CONTINUE_SEARCH;
    longjmp(back, 1);
}

static int deep(int depth)
{
    volatile char room[0x1800];

    room[0] = (char)depth;
    return depth ? deep(depth - 1) + room[0] - (char)depth : 0;
}

static void part_exceptions(void)
{
    void *first = AddVectoredExceptionHandler(1, first_look);
    void *second = AddVectoredExceptionHandler(0, go_back);

    have(first != NULL, "AddVectoredExceptionHandler");
    if (have(second != NULL, "AddVectoredExceptionHandler") && !setjmp(back))
        RaiseException(0xE0000001, 0, 0, NULL);
    if (first)
        RemoveVectoredExceptionHandler(first);
    if (second)
        RemoveVectoredExceptionHandler(second);
    have(deep(16) == 0, "recursion");
}

static void CALLBACK note(ULONG_PTR target)
{
    *(LONG *)target = 1;
}

static void part_objects(void)
{
    LONG noted = 0;
    LARGE_INTEGER due = {.QuadPart = -1};
    HANDLE made[] = {CreateEventA(NULL, TRUE, TRUE, "sturdy event"),
                     CreateMutexA(NULL, FALSE, "sturdy mutex"), CreateSemaphoreA(NULL, 1, 2, NULL),
                     CreateWaitableTimerA(NULL, TRUE, "sturdy timer")};
    BOOL all = TRUE;

    for (size_t i = 0; i < ROWS(made); i++)
        all &= have(made[i] != NULL, "an object");
    if (all) {
        have(SetWaitableTimer(made[3], &due, 0, NULL, NULL, FALSE), "SetWaitableTimer");
        have(WaitForMultipleObjects(ROWS(made), made, TRUE, INFINITE) == WAIT_OBJECT_0, "wait");
        ReleaseMutex(made[1]);
        HANDLE again = OpenEventA(EVENT_ALL_ACCESS, FALSE, "sturdy event");
        if (have(again != NULL, "OpenEvent"))
            CloseHandle(again);
    }
    if (have(QueueUserAPC(note, GetCurrentThread(), (ULONG_PTR)&noted), "QueueUserAPC")) {
        SleepEx(0, TRUE);
        have(noted, "the APC");
    }
    for (size_t i = 0; i < ROWS(made); i++)
        if (made[i])
            CloseHandle(made[i]);
}

static const struct {
    const char *name;
    void (*run)(void);
} parts[] = {
    {"stdio", part_stdio},     {"heap", part_heap},       {"virtual", part_virtual},
    {"mapping", part_mapping}, {"library", part_library}, {"threads", part_threads},
    {"files", part_files},     {"child", part_child},     {"exceptions", part_exceptions},
    {"objects", part_objects}, {"leaf", part_leaf},       {"debug", part_debug},
    {"attach", part_attach},   {"clone", part_clone},
};

static void run_as_test(size_t i)
{
    LONG before = refused;

    parts[i].run();
    printf("%sok %u %s\n", refused == before ? "" : "not ", (unsigned)i + 1, parts[i].name);
}

int main(int count, char **words)
{
    if (!have(GetModuleFileNameA(NULL, self, sizeof(self)) != 0, "GetModuleFileName"))
        return 1;
    if (count == 1)
        printf("1..%u\n", (unsigned)ROWS(parts));
    for (size_t i = 0; i < ROWS(parts); i++) {
        if (count == 1)
            run_as_test(i);
        else if (!strcmp(words[1], parts[i].name))
            parts[i].run();
    }
    return (int)refused;
}
