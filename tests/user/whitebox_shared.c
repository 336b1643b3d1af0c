/*
 * Pages that several processes have, through tokos.dll: they are in memory once, and a frame's
 * share count says exactly in how many processes. This program starts itself for that; the new
 * process runs `child`.
 */
#include <windows.h>
#include "crt/check.h"
#include "whitebox.h"

#define CHILDREN   2
#define CHILD_VIEW ((volatile char *)0x30000000)

/* Enough for a page, written to by nobody but the child. */
static volatile char room[3 * PAGE] = {1};

static volatile char *data_page(void)
{
    return (volatile char *)(((DWORD_PTR)room + PAGE) & ~(DWORD_PTR)(PAGE - 1));
}

static HANDLE section, done, go[CHILDREN];

static void child(HANDLE may_write)
{
    MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, 0, (void *)CHILD_VIEW);
    CHILD_VIEW[1]++;
    (void)data_page()[0];
    SetEvent(done);
    WaitForSingleObject(may_write, INFINITE);
    data_page()[0] = 5;
    SetEvent(done);
    Sleep(INFINITE);
}

/* Code that each of these processes has run, in the program and in each of its DLLs. */
static const void *code[4];

static void find_code(void)
{
    code[0] = (void *)child;
    code[1] = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "LdrInitializeThunk");
    code[2] = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "CreateEventA");
    code[3] = (void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), "strstr");
}

static PROCESS_INFORMATION start(unsigned number)
{
    static char name[MAX_PATH], line[MAX_PATH + 20];
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info = {0};

    GetModuleFileNameA(NULL, name, sizeof(name));
    sprintf(line, "\"%s\" child %u", name, number);
    CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup,
                         &info));
    return info;
}

static void end(PROCESS_INFORMATION *info)
{
    TerminateProcess(info->hProcess, 0);
    WaitForSingleObject(info->hProcess, INFINITE);
    CloseHandle(info->hThread);
    CloseHandle(info->hProcess);
}

/* What nobody has touched in a process has no entry there, though the page is in memory for
 * others. */
static void untouched_code(HANDLE process, const void *va, unsigned shares)
{
    struct tokos_page here = look(va), there = look_in(process, va);

    CHECK_INT(here.pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(here.share_count, shares);
    CHECK_INT(there.vad_type, TOKOS_VAD_IMAGE);
    CHECK_INT(there.pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(there.pte, 0);
    CHECK_INT(there.prototype_kind, TOKOS_PTE_VALID);
    CHECK_INT(there.prototype, here.prototype);
    CHECK_INT(there.frame, here.frame);
}

/* The same frame in both, counted once for each process that has it. */
static void shared_code(HANDLE process, const void *va, unsigned shares)
{
    struct tokos_page here = look(va), there = look_in(process, va);

    CHECK_INT(there.pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(there.pte & 2, 0); /* not to be written to */
    CHECK_INT(there.protection, PAGE_EXECUTE_READ);
    CHECK_INT(there.frame, here.frame);
    CHECK_INT(there.share_count, shares);
    CHECK_INT(here.share_count, shares);
    CHECK_INT(here.reference_count, 1);
    CHECK_INT(here.list, TOKOS_LIST_ACTIVE);
}

/* Code is touched in PROCESS from outside: a page, and another that needs no page table more. */
static void touch_once(HANDLE process)
{
    const char *other = (const char *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtClose");
    unsigned available;
    char byte;

    untouched_code(process, code[1], 1);
    ReadProcessMemory(process, code[1], &byte, 1, NULL);
    shared_code(process, code[1], 2);
    ReadProcessMemory(process, code[1], &byte, 1, NULL);
    shared_code(process, code[1], 2);
    (void)*(volatile const char *)other;
    untouched_code(process, other, 1);
    counters(); /* takes a page for its own data, once */
    available = counters()->available_pages;
    ReadProcessMemory(process, other, &byte, 1, NULL);
    CHECK_INT(counters()->available_pages, available); /* it is in memory: none is taken */
    shared_code(process, other, 2);
}

/* The children's view of the section is at another address than this process's. */
static void shared_section(volatile char *view, HANDLE process, unsigned shares)
{
    struct tokos_page here = look(view), there = look_in(process, CHILD_VIEW);

    CHECK_INT(here.share_count, shares);
    CHECK_INT(there.share_count, shares);
    CHECK_INT(there.reference_count, 1);
    CHECK_INT(there.frame, here.frame);
    CHECK_INT(there.prototype, here.prototype);
    CHECK_INT(there.vad_type, TOKOS_VAD_MAPPED);
    CHECK_INT(there.vad_start, (DWORD)CHILD_VIEW);
    CHECK_INT(there.protection, PAGE_READWRITE);
    CHECK_INT(look_in(process, CHILD_VIEW + PAGE).pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(look_in(process, CHILD_VIEW + PAGE).prototype_kind, TOKOS_PTE_DEMAND_ZERO);
}

/* The program's data is one page for all until somebody writes to it. */
static void shared_data(HANDLE process, unsigned shares)
{
    struct tokos_page here = look(data_page()), there = look_in(process, data_page());

    CHECK_INT(here.protection, PAGE_WRITECOPY);
    CHECK_INT(there.protection, PAGE_WRITECOPY);
    CHECK_INT(there.frame, here.frame);
    CHECK_INT(here.share_count, shares);
}

static void copied_data(HANDLE process, unsigned shares)
{
    struct tokos_page here = look(data_page()), there = look_in(process, data_page());

    CHECK(there.frame != here.frame);
    CHECK_INT(there.protection, PAGE_READWRITE);
    CHECK_INT(there.share_count, 1);
    CHECK_INT(there.pte & 2, 2);
    CHECK_INT(there.prototype, here.prototype);
    CHECK_INT(here.protection, PAGE_WRITECOPY);
    CHECK_INT(here.share_count, shares);
    CHECK_INT(data_page()[0], 0);
}

/* Memory of PROCESS alone: at its address this one has nothing. */
static void private_memory(HANDLE process)
{
    char *there =
        VirtualAllocEx(process, (void *)0x31000000, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    CHECK_INT(look_in(process, there).vad_commit, 1);
    CHECK_INT(look_in(process, there).frame, TOKOS_NO_FRAME);
    WriteProcessMemory(process, there, "x", 1, NULL);
    CHECK_INT(look_in(process, there).pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(look_in(process, there).share_count, 1);
    CHECK_INT(look(there).vad_type, TOKOS_VAD_NONE);
    CHECK_INT(look(there).frame, TOKOS_NO_FRAME);
}

/* One child after the other, and each page is shared by one process more. */
static void come(PROCESS_INFORMATION *children, volatile char *view)
{
    for (unsigned i = 0; i < CHILDREN; i++) {
        children[i] = start(i);
        if (i == 0)
            touch_once(children[i].hProcess);
        ResumeThread(children[i].hThread);
        WaitForSingleObject(done, INFINITE);
        for (unsigned c = 0; c < sizeof(code) / sizeof(*code); c++)
            shared_code(children[i].hProcess, code[c], 2 + i);
        shared_section(view, children[i].hProcess, 2 + i);
        shared_data(children[i].hProcess, 2 + i);
    }
    CHECK_INT(view[1], CHILDREN);
}

static void leave(PROCESS_INFORMATION *children, volatile char *view)
{
    struct tokos_page page;

    for (unsigned i = CHILDREN; i-- > 0;) {
        end(&children[i]);
        for (unsigned c = 0; c < sizeof(code) / sizeof(*code); c++)
            CHECK_INT(look(code[c]).share_count, 1 + i);
        CHECK_INT(look(view).share_count, 1 + i);
    }
    children[0] = start(0);
    TerminateProcess(children[0].hProcess, 0);
    WaitForSingleObject(children[0].hProcess, INFINITE);
    CHECK_INT(tokos_query_page(children[0].hProcess, code[0], &page), FALSE); /* it has no memory */
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    end(&children[0]);
}

static void several_processes(void)
{
    PROCESS_INFORMATION children[CHILDREN];
    volatile char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);

    view[0] = 7;
    CHECK_INT(data_page()[0], 0);
    come(children, view);
    private_memory(children[0].hProcess);
    for (unsigned i = 0; i < CHILDREN; i++) {
        shared_data(children[CHILDREN - 1].hProcess, 1 + CHILDREN - i);
        SetEvent(go[i]);
        WaitForSingleObject(done, INFINITE);
        copied_data(children[i].hProcess, CHILDREN - i);
    }
    leave(children, view);
}

static void make_objects(void)
{
    char name[20];

    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 2 * PAGE,
                                 "whitebox section");
    done = CreateEventA(NULL, FALSE, FALSE, "whitebox done");
    for (unsigned i = 0; i < CHILDREN; i++) {
        sprintf(name, "whitebox go %u", i);
        go[i] = CreateEventA(NULL, FALSE, FALSE, name);
    }
}

void mainCRTStartup(void)
{
    const char *number;

    make_objects(); /* or open those that the parent made */
    number = strstr(GetCommandLineA(), " child ");
    if (number)
        child(go[atoi(number + strlen(" child "))]);
    find_code();
    several_processes();
    exit(check_done());
}
