/*
 * Sections and handles of two processes: this program starts itself with a word that says what the
 * new one is to do, and they meet in memory with a name.
 */
#include <windows.h>
#include "crt/check.h"

#define NAME  "shared-test"
#define BYTES 0x30000

static char program[MAX_PATH];

static HANDLE start(const char *words, BOOL inherit)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info = {0};
    char line[MAX_PATH * 2];

    sprintf(line, "\"%s\" %s", program, words);
    CHECK(CreateProcessA(NULL, line, NULL, NULL, inherit, 0, NULL, NULL, &startup, &info));
    CloseHandle(info.hThread);
    return info.hProcess;
}

static DWORD code_of(HANDLE process)
{
    DWORD code = 12345;

    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return code;
}

static int *map(HANDLE mapping, DWORD access)
{
    return MapViewOfFile(mapping, access, 0, 0, 0);
}

/* Both write, both see it; the other has it elsewhere, and by a name. */
static void named(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, BYTES, NAME);
    int *view = map(mapping, FILE_MAP_WRITE);

    view[0] = 41;
    CHECK_INT(code_of(start("add", FALSE)), 41);
    CHECK_INT(view[0], 42);
    CHECK_INT(view[BYTES / 4 - 1], 43); /* a page that only the other one touched */
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    CHECK(OpenFileMappingA(FILE_MAP_READ, FALSE, NAME) == NULL); /* the name has gone with it */
    CHECK_INT(code_of(start("add", FALSE)), ERROR_FILE_NOT_FOUND);
}

/* The creator is gone, handle and all; the view of the other one keeps what is in it. */
static void view_outlives_its_creator(void)
{
    HANDLE ready = CreateEventA(NULL, TRUE, FALSE, "shared-ready");
    HANDLE go = CreateEventA(NULL, TRUE, FALSE, "shared-go");
    HANDLE child = start("create", FALSE);

    CHECK_INT(WaitForSingleObject(ready, 30000), WAIT_OBJECT_0);
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, NAME);
    int *view = map(mapping, FILE_MAP_WRITE);
    CloseHandle(mapping);
    SetEvent(go);
    CHECK_INT(code_of(child), 7);
    CHECK_INT(view[5], 55);
    view[6] = 66;
    CHECK_INT(view[6], 66);
    CHECK(OpenFileMappingA(FILE_MAP_READ, FALSE, NAME) == NULL);
    UnmapViewOfFile(view);
    CloseHandle(ready);
    CloseHandle(go);
}

/* A view of the other's making is not ours to see without write access; a copy stays its own. */
static void copies_are_each_ones_own(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, BYTES, NAME);
    int *view = map(mapping, FILE_MAP_WRITE), *copy = map(mapping, FILE_MAP_COPY);

    view[0] = 1;
    copy[0] = 2;
    CHECK_INT(code_of(start("copy", FALSE)), 1); /* it saw 1, and wrote 3 to its copy */
    CHECK_INT(view[0], 1);
    CHECK_INT(copy[0], 2);
    UnmapViewOfFile(view);
    UnmapViewOfFile(copy);
    CloseHandle(mapping);
}

/* A handle is in the new process if both sides agree to it: the handle, and who starts the process.
 */
static void handles(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
    HANDLE yes =
        CreateFileMappingA(INVALID_HANDLE_VALUE, &inheritable, PAGE_READWRITE, 0, BYTES, NULL);
    HANDLE no = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, BYTES, NULL);
    int *view = map(yes, FILE_MAP_WRITE);
    char words[40];

    view[0] = 77;
    sprintf(words, "use %lu", (unsigned long)(ULONG_PTR)yes);
    CHECK_INT(code_of(start(words, TRUE)), 77);
    CHECK_INT(code_of(start(words, FALSE)), ERROR_INVALID_HANDLE);
    sprintf(words, "use %lu", (unsigned long)(ULONG_PTR)no);
    CHECK_INT(code_of(start(words, TRUE)), ERROR_INVALID_HANDLE);
    CHECK(SetHandleInformation(no, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    CHECK_INT(code_of(start(words, TRUE)), 0);
    UnmapViewOfFile(view);
    CloseHandle(yes);
    CloseHandle(no);
}

/* ---- what the new process does ----------------------------------------------------------------
 */

static int add(void)
{
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, NAME);

    if (!mapping)
        return (int)GetLastError();
    VirtualAlloc(NULL, 0x100000, MEM_RESERVE, PAGE_NOACCESS); /* so that it lies elsewhere */
    int *view = map(mapping, FILE_MAP_WRITE);
    view[BYTES / 4 - 1] = 43;
    return view[0]++;
}

static int create(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, BYTES, NAME);

    map(mapping, FILE_MAP_WRITE)[5] = 55;
    SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, "shared-ready"));
    WaitForSingleObject(OpenEventA(SYNCHRONIZE, FALSE, "shared-go"), 30000);
    return 7;
}

static int copy(void)
{
    int *view = map(OpenFileMappingA(FILE_MAP_COPY, FALSE, NAME), FILE_MAP_COPY);
    int seen = view[0];

    view[0] = 3;
    return seen;
}

static int use(HANDLE mapping)
{
    int *view = map(mapping, FILE_MAP_READ);

    return view ? view[0] : (int)GetLastError();
}

static int child(char **words)
{
    if (!strcmp(words[1], "add"))
        return add();
    if (!strcmp(words[1], "create"))
        return create();
    if (!strcmp(words[1], "copy"))
        return copy();
    return use((HANDLE)(ULONG_PTR)strtoul(words[2], NULL, 0));
}

int main(int count, char **words)
{
    if (count > 1)
        return child(words);
    GetModuleFileNameA(NULL, program, sizeof(program));
    named();
    view_outlives_its_creator();
    copies_are_each_ones_own();
    handles();
    return check_done();
}
