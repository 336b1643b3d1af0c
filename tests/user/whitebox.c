/*
 * Memory as the memory manager sees it, through tokos.dll: for each kind of page its entry, its
 * frame and the frame's counts and list, and how many faults it takes to get there.
 */
#include <windows.h>
#include "crt/check.h"
#include "whitebox.h"

static unsigned faults_of(const char *kind)
{
    const struct tokos_counters *now = counters();

    for (unsigned i = 0; i < now->fault_kinds; i++)
        if (!strcmp(now->fault_names[i], kind))
            return now->faults[i];
    return ~0u;
}

/* => how many faults the process takes while STATEMENT runs. What else is touched is touched
 * before. */
#define FAULTS_OF(statement)                           \
    ({                                                 \
        unsigned before_ = counters()->process_faults; \
        statement;                                     \
        counters()->process_faults - before_;          \
    })

/* P: reserved memory, of which two pages are committed, one touched and taken away again. */
static void commit_and_decommit(volatile char *p)
{
    struct tokos_page page;

    CHECK_INT(FAULTS_OF(VirtualAlloc((void *)p, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE)), 0);
    page = look(p);
    CHECK_INT(page.pte_kind, TOKOS_PTE_DEMAND_ZERO);
    CHECK_INT(page.protection, PAGE_READWRITE);
    CHECK_INT(page.frame, TOKOS_NO_FRAME);
    CHECK_INT(page.vad_commit, 2);
    CHECK_INT(look(p + 2 * PAGE).pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(look(p + 2 * PAGE).protection, 0);

    CHECK_INT(FAULTS_OF(p[5] = 1), 1);
    CHECK_INT(FAULTS_OF(p[6] = 1), 0);
    page = look(p);
    CHECK_INT(page.pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.pte & 1, 1);
    CHECK_INT(page.pte >> 12, page.frame);
    CHECK_INT(page.share_count, 1);
    CHECK_INT(page.reference_count, 1);
    CHECK_INT(page.list, TOKOS_LIST_ACTIVE);
    CHECK_INT(page.modified, 1);
    CHECK_INT(page.prototype, 0);
    CHECK_INT(look(p + PAGE).pte_kind, TOKOS_PTE_DEMAND_ZERO);

    VirtualFree((void *)p, PAGE, MEM_DECOMMIT);
    page = look(p);
    CHECK_INT(page.pte_kind, TOKOS_PTE_ZERO); /* as the VAD has it: reserved */
    CHECK_INT(page.frame, TOKOS_NO_FRAME);
    CHECK_INT(page.protection, 0);
    CHECK_INT(page.vad_commit, 1);
}

static void reserved_first(void)
{
    volatile char *p = VirtualAlloc(NULL, 4 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    struct tokos_page page = look(p);

    CHECK_INT(page.pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(page.protection, 0);
    CHECK_INT(page.frame, TOKOS_NO_FRAME);
    CHECK_INT(page.vad_type, TOKOS_VAD_PRIVATE);
    CHECK_INT(page.vad_start, (DWORD)p);
    CHECK_INT(page.vad_end, (DWORD)p + 4 * PAGE - 1);
    CHECK_INT(page.vad_protection, PAGE_READWRITE);
    CHECK_INT(page.vad_commit, 0);
    commit_and_decommit(p);
    VirtualFree((void *)p, 0, MEM_RELEASE);
    CHECK_INT(look(p).vad_type, TOKOS_VAD_NONE);
}

static void committed_at_once(void)
{
    volatile char *p = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    CHECK_INT(look(p).pte_kind, TOKOS_PTE_ZERO); /* the VAD says it all */
    CHECK_INT(look(p).protection, PAGE_READWRITE);
    CHECK_INT(look(p).vad_commit, 2);
    CHECK_INT(FAULTS_OF((void)p[0]), 1);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(FAULTS_OF(p[0] = 1), 0);
    CHECK_INT(VirtualLock((void *)p, PAGE), TRUE);
    CHECK_INT(look(p).reference_count, 2);
    CHECK_INT(VirtualUnlock((void *)p, PAGE), TRUE);
    CHECK_INT(look(p).reference_count, 1);
    VirtualFree((void *)p, PAGE, MEM_DECOMMIT);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_DECOMMITTED); /* for the VAD says the contrary */
    CHECK_INT(look(p).frame, TOKOS_NO_FRAME);
    CHECK_INT(look(p).protection, 0);
    CHECK_INT(look(p).vad_commit, 1);
    CHECK_INT(look(p + PAGE).protection, PAGE_READWRITE);
    VirtualFree((void *)p, 0, MEM_RELEASE);
}

static DWORD last_exception;
static DWORD skipped;

/* A violation by an instruction of TOUCH or WRITE_TO is noted, and the instruction passed over; a
 * guard page is noted, and the access tried again. */
static LONG CALLBACK note(EXCEPTION_POINTERS *exception)
{
    last_exception = exception->ExceptionRecord->ExceptionCode;
    if (last_exception == STATUS_GUARD_PAGE_VIOLATION)
        return EXCEPTION_CONTINUE_EXECUTION;
    if (last_exception != STATUS_ACCESS_VIOLATION || skipped)
        return EXCEPTION_CONTINUE_SEARCH;
    skipped = 1;
    exception->ContextRecord->Eip += 2;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* => the exception that the access raised, or 0. Both instructions are two bytes. */
static DWORD touch(volatile char *p)
{
    last_exception = skipped = 0;
    __asm__ volatile("movb (%0), %%cl" : : "a"(p) : "ecx", "memory");
    return last_exception;
}

static DWORD write_to(volatile char *p)
{
    last_exception = skipped = 0;
    __asm__ volatile("movb %%cl, (%0)" : : "a"(p), "c"(1) : "memory");
    return last_exception;
}

/* P[0] is taken out of its entry, and comes back. */
static void no_access(volatile char *p)
{
    DWORD old, frame;

    p[0] = 42;
    frame = look(p).frame;
    VirtualProtect((void *)p, PAGE, PAGE_NOACCESS, &old);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_TRANSITION);
    CHECK_INT(look(p).frame, frame);
    CHECK_INT(look(p).list, TOKOS_LIST_MODIFIED);
    CHECK_INT(look(p).share_count, 0);
    CHECK_INT(look(p).reference_count, 0);
    CHECK_INT(look(p).protection, PAGE_NOACCESS);
    CHECK_INT(FAULTS_OF(touch(p)), 1);
    CHECK_INT(last_exception, STATUS_ACCESS_VIOLATION);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_TRANSITION);
    VirtualProtect((void *)p, PAGE, PAGE_READWRITE, &old);
    CHECK_INT(old, PAGE_NOACCESS);
    CHECK_INT(FAULTS_OF((void)p[0]), 1);
    CHECK(look(p).frame == frame && p[0] == 42);
}

static void guard(volatile char *p)
{
    DWORD old;

    VirtualProtect((void *)p, PAGE, PAGE_READWRITE | PAGE_GUARD, &old);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_DEMAND_ZERO);
    CHECK_INT(look(p).protection, PAGE_READWRITE | PAGE_GUARD);
    CHECK_INT(FAULTS_OF(touch(p)), 2); /* the guard's, and the page's own */
    CHECK_INT(last_exception, STATUS_GUARD_PAGE_VIOLATION);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(look(p).protection, PAGE_READWRITE);
    CHECK_INT(FAULTS_OF(touch(p)), 0);
    CHECK_INT(last_exception, 0);
}

static void read_only(volatile char *p)
{
    DWORD old;

    p[0] = 1;
    VirtualProtect((void *)p, PAGE, PAGE_READONLY, &old);
    CHECK_INT(look(p).pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(look(p).pte & 2, 0);
    CHECK_INT(look(p).protection, PAGE_READONLY);
    CHECK_INT(FAULTS_OF(touch(p)), 0);
    CHECK_INT(FAULTS_OF(write_to(p)), 1);
    CHECK_INT(last_exception, STATUS_ACCESS_VIOLATION);
}

static void protections(void)
{
    volatile char *p = VirtualAlloc(NULL, 4 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    void *handler = AddVectoredExceptionHandler(TRUE, note);

    touch(NULL); /* all that the way of an exception needs is there from now on */
    CHECK_INT(last_exception, STATUS_ACCESS_VIOLATION);
    no_access(p);
    guard(p + PAGE);
    read_only(p + 2 * PAGE);
    RemoveVectoredExceptionHandler(handler);
    VirtualFree((void *)p, 0, MEM_RELEASE);
}

static void shared_views(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 2 * PAGE, NULL);
    volatile char *a = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    volatile char *b = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    struct tokos_page page = look(a);

    CHECK_INT(page.vad_type, TOKOS_VAD_MAPPED);
    CHECK_INT(page.pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(page.prototype_kind, TOKOS_PTE_DEMAND_ZERO);
    CHECK_INT(page.protection, PAGE_READWRITE);
    CHECK_INT(FAULTS_OF(a[0] = 7), 1);
    page = look(a);
    CHECK_INT(page.pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.prototype_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.share_count, 1);
    CHECK_INT(look(b).pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(look(b).frame, page.frame); /* the prototype's */

    unsigned shared = faults_of("shared");
    CHECK_INT(FAULTS_OF((void)b[0]), 1);
    CHECK_INT(faults_of("shared") - shared, 1);
    CHECK_INT(look(a).share_count, 2);
    CHECK_INT(look(b).share_count, 2);
    CHECK_INT(look(b).reference_count, 1);
    CHECK_INT(look(b).frame, page.frame);
    CHECK_INT(look(b).prototype >> 12, page.frame);
    UnmapViewOfFile((void *)b);
    CHECK_INT(look(a).share_count, 1);
    CHECK_INT(look(b).vad_type, TOKOS_VAD_NONE);
    UnmapViewOfFile((void *)a);
    CloseHandle(section);
}

static void copy_on_write(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGE, NULL);
    volatile char *a = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    volatile char *c = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);

    a[0] = 7;
    CHECK_INT(look(c).protection, PAGE_WRITECOPY);
    CHECK_INT(look(c).vad_commit, 1);
    CHECK_INT(FAULTS_OF((void)c[0]), 1);
    CHECK_INT(look(c).frame, look(a).frame);
    CHECK_INT(look(c).share_count, 2);
    CHECK_INT(look(c).pte & 2, 0); /* the processor lets nobody write to it */

    unsigned copies = faults_of("copy-on-write");
    CHECK_INT(FAULTS_OF(c[0] = 8), 1);
    CHECK_INT(faults_of("copy-on-write") - copies, 1);
    CHECK(look(c).frame != look(a).frame);
    CHECK_INT(look(c).protection, PAGE_READWRITE);
    CHECK_INT(look(c).share_count, 1);
    CHECK_INT(look(a).share_count, 1);
    CHECK_INT(look(c).prototype_kind, TOKOS_PTE_VALID);
    CHECK(a[0] == 7 && c[0] == 8);
    UnmapViewOfFile((void *)a);
    UnmapViewOfFile((void *)c);
    CloseHandle(section);
}

/* A page of the volume's file, in two views: read once. */
static void file_view(void)
{
    HANDLE file = CreateFileA("C:\\kernel32.dll", GENERIC_READ, FILE_SHARE_READ, NULL,
                              OPEN_EXISTING, 0, NULL);
    HANDLE section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    volatile char *a = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    volatile char *b = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);

    CHECK(a && b);
    CHECK_INT(look(a).prototype_kind, TOKOS_PTE_PROTOTYPE); /* in its file */
    unsigned reads = faults_of("demand-page");
    CHECK_INT(FAULTS_OF((void)a[0]), 1);
    CHECK_INT(faults_of("demand-page") - reads, 1);
    CHECK_INT(FAULTS_OF((void)b[0]), 1);
    CHECK_INT(faults_of("demand-page") - reads, 1);
    CHECK_INT(look(b).share_count, 2);
    CHECK_INT(look(b).modified, 0);
    CHECK_INT(look(b).protection, PAGE_READONLY);
    UnmapViewOfFile((void *)a);
    UnmapViewOfFile((void *)b);
    CloseHandle(section);
    CloseHandle(file);
}

/* Enough of the program's own data for a page that has nothing else in it. */
static volatile char own_data[3 * PAGE] = {1};

/* A page of kernel32's code, which has run. */
static void dll_code(void)
{
    struct tokos_page page;

    GetTickCount();
    page = look((void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetTickCount"));
    CHECK_INT(page.vad_type, TOKOS_VAD_IMAGE);
    CHECK_INT(page.vad_start, (DWORD)GetModuleHandleA("kernel32.dll"));
    CHECK_INT(page.vad_protection, PAGE_EXECUTE_WRITECOPY);
    CHECK_INT(page.pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.prototype_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.prototype >> 12, page.frame);
    CHECK_INT(page.protection, PAGE_EXECUTE_READ);
    CHECK(page.share_count >= 1);
    CHECK_INT(page.list, TOKOS_LIST_ACTIVE);
}

static void program_data(void)
{
    volatile char *data = (volatile char *)(((DWORD_PTR)own_data + PAGE) & ~(DWORD_PTR)(PAGE - 1));
    struct tokos_page page = look(data);

    CHECK_INT(page.vad_start, (DWORD)GetModuleHandleA(NULL));
    CHECK_INT(page.pte_kind, TOKOS_PTE_ZERO);
    CHECK_INT(page.prototype_kind, TOKOS_PTE_PROTOTYPE);
    CHECK_INT(page.protection, PAGE_WRITECOPY);
    CHECK_INT(FAULTS_OF((void)data[0]), 1);
    page = look(data);
    CHECK_INT(page.pte_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.prototype_kind, TOKOS_PTE_VALID);
    CHECK_INT(page.protection, PAGE_WRITECOPY);
    CHECK_INT(page.share_count, 1);
    CHECK_INT(FAULTS_OF(data[0] = 2), 1);
    CHECK(look(data).frame != page.frame);
    CHECK_INT(look(data).protection, PAGE_READWRITE);
    CHECK_INT(look(data).share_count, 1);
    CHECK_INT(look(data).prototype_kind,
              TOKOS_PTE_TRANSITION); /* nobody maps the file's any more */
    CHECK_INT(FAULTS_OF(data[1] = 2), 0);
}

static void other_processes(void)
{
    struct tokos_page page;
    HANDLE self = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId());
    HANDLE system = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, 4);
    HANDLE weak = OpenProcess(PROCESS_VM_READ, FALSE, GetCurrentProcessId());

    CHECK(system != NULL);
    CHECK_INT(tokos_query_page(self, &page, &page), TRUE);
    CHECK_INT(page.frame, look(&page).frame);
    CHECK_INT(tokos_query_page(weak, &page, &page), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(tokos_query_page(system, &page, &page), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(tokos_query_page((HANDLE)0x7770, &page, &page), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(tokos_query_page(self, (void *)0x80000000, &page), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(tokos_query_page(self, &page, NULL), FALSE);
    CHECK_INT(GetLastError(), ERROR_NOACCESS);
    CHECK_INT(tokos_query_counters((void *)0xC0000000), FALSE);
    CHECK_INT(GetLastError(), ERROR_NOACCESS);
    CloseHandle(self);
    CloseHandle(weak);
    CloseHandle(system);
}

static void names(void)
{
    CHECK_STR(tokos_pte_kind_name(TOKOS_PTE_DEMAND_ZERO), "demand-zero");
    CHECK_STR(tokos_pte_kind_name(TOKOS_PTE_FREE + 1), "?");
    CHECK_STR(tokos_list_name(TOKOS_LIST_ACTIVE), "active");
    CHECK_STR(tokos_list_name(~0u), "?");
    CHECK_STR(tokos_vad_type_name(TOKOS_VAD_IMAGE), "image");
    CHECK_STR(tokos_vad_type_name(TOKOS_VAD_WRITE_WATCH + 1), "?");
}

void mainCRTStartup(void)
{
    printf("# %u faults so far\n",
           counters()->process_faults); /* and the way to ask for them is in memory */
    reserved_first();
    committed_at_once();
    protections();
    shared_views();
    copy_on_write();
    file_view();
    dll_code();
    program_data();
    other_processes();
    names();
    exit(check_done());
}
