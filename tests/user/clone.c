/*
 * NT's native fork: NtCreateProcess without a section clones the parent's address space. Private
 * pages become copy-on-write, and the last who has one finds it just made writable; views follow
 * their inherit flag; a thread made in the clone runs on.
 */
#include "nt.h"
#include "crt/check.h"

NTSTATUS NTAPI NtCreateProcess(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               HANDLE parent, BOOLEAN inherit, HANDLE section, HANDLE debug_port,
                               HANDLE exception_port);
NTSTATUS NTAPI NtTerminateProcess(HANDLE process, NTSTATUS status);

static query_page_service query_page;
static query_counters_service query_counters;

static struct tokos_page page_in(HANDLE process, const volatile void *va)
{
    struct tokos_page page = {0};

    CHECK_INT(query_page(process, (void *)va, &page), 0);
    return page;
}

/* How many faults of the kind NAME there have been. The first look after a clone makes what it
 * needs this process's own again, which are faults of that kind. */
static uint32_t faults(const char *name)
{
    static struct tokos_counters now = {.fault_kinds = 1};

    query_counters(&now);
    query_counters(&now);
    for (uint32_t i = 0; i < now.fault_kinds; i++)
        if (!strcmp(now.fault_names[i], name))
            return now.faults[i];
    return 0;
}

static int byte_in(HANDLE process, const volatile char *va)
{
    char byte = -1;
    SIZE_T done;

    return ReadProcessMemory(process, (const void *)va, &byte, 1, &done) ? byte : -1;
}

static char *view_of(HANDLE section, ULONG inherit)
{
    void *base = NULL;
    SIZE_T size = 0;

    NtMapViewOfSection(section, THIS_PROCESS, &base, 0, 0, NULL, &size, inherit, 0, PAGE_READWRITE);
    return base;
}

static HANDLE clone(void)
{
    HANDLE process = NULL;

    CHECK_INT(
        NtCreateProcess(&process, PROCESS_ALL_ACCESS, NULL, THIS_PROCESS, FALSE, NULL, NULL, NULL),
        0);
    return process;
}

static void private_pages(void)
{
    volatile char *p = VirtualAlloc(NULL, 3 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    SIZE_T done;

    p[0] = 1;
    p[PAGE] = 2;
    HANDLE child = clone();
    struct tokos_page mine = page_in(THIS_PROCESS, p), its = page_in(child, p);
    CHECK_INT(mine.share_count, 2);
    CHECK_INT(its.frame, mine.frame);
    CHECK_INT(page_in(child, p + 2 * PAGE).frame, TOKOS_NO_FRAME); /* it was not there */

    uint32_t copies = faults("copy-on-write");
    p[0] = 5;
    CHECK_INT(faults("copy-on-write") - copies, 1);
    CHECK_INT(byte_in(child, p), 1);
    CHECK(page_in(THIS_PROCESS, p).frame != mine.frame);
    CHECK_INT(page_in(child, p).frame, mine.frame);
    CHECK_INT(page_in(child, p).share_count, 1);

    uint32_t writable = faults("made-writable");
    CHECK(WriteProcessMemory(child, (void *)p, "\7", 1, &done)); /* the last sharer */
    CHECK_INT(faults("made-writable") - writable, 1);
    CHECK_INT(page_in(child, p).frame, mine.frame);
    CHECK_INT(p[0], 5);
    CHECK_INT(byte_in(child, p), 7);

    CHECK_INT(NtTerminateProcess(child, 0), 0);
    CHECK_INT(WaitForSingleObject(child, INFINITE), WAIT_OBJECT_0);
    CHECK_INT(page_in(THIS_PROCESS, p + PAGE).share_count, 1);
    CloseHandle(child);
    VirtualFree((void *)p, 0, MEM_RELEASE);
}

static void views(void)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};
    MEMORY_BASIC_INFORMATION info;
    HANDLE section;

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
    volatile char *shared = view_of(section, VIEW_SHARE), *mine = view_of(section, VIEW_UNMAP);
    shared[0] = 3;
    HANDLE child = clone();
    shared[0] = 4;
    CHECK_INT(byte_in(child, shared), 4);
    CHECK(VirtualQueryEx(child, (void *)mine, &info, sizeof(info)) && info.State == MEM_FREE);
    NtTerminateProcess(child, 0);
    WaitForSingleObject(child, INFINITE);
    CloseHandle(child);
    CloseHandle(section);
}

static volatile char *said;
static volatile int own = 1;

/* In the clone: what it says is in a view that both have. */
static DWORD WINAPI in_clone(void *argument)
{
    own++;
    said[0] = (char)own;
    return (DWORD)(ULONG_PTR)argument;
}

static void threads(void)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};
    DWORD code = 0;
    HANDLE section;

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
    said = view_of(section, VIEW_SHARE);
    own = 41;
    HANDLE child = clone();
    HANDLE thread = CreateRemoteThread(child, NULL, 0, in_clone, (void *)99, 0, NULL);
    CHECK(thread != NULL);
    CHECK_INT(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code));
    CHECK_INT(code, 99);
    CHECK_INT(said[0], 42);
    CHECK_INT(own, 41);
    CHECK_INT(WaitForSingleObject(child, INFINITE), WAIT_OBJECT_0); /* it was its only thread */
    CloseHandle(thread);
    CloseHandle(child);
    CloseHandle(section);
}

int main(void)
{
    query_page = (query_page_service)(void *)tokos_service("NtTokosQueryPage");
    query_counters = (query_counters_service)(void *)tokos_service("NtTokosQueryCounters");
    private_pages();
    views();
    threads();
    return check_done();
}
