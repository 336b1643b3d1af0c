/*
 * Two threads and one page. A fault whose page must be read takes its time, with no lock held:
 * others may want the page meanwhile, or take it away, or change what may be done with it. The boot
 * option slowpager makes reads, and pages of zeros too, take that time; without it a fault is over
 * before another thread can run, and the same cases are tests of the order "first the fault, then
 * the rest".
 */
#include "faults.h"

static HANDLE go, done;
static char *touched;              /* by the other thread */
static volatile DWORD thread_code; /* of its exception */

/* It is of a higher priority: it runs until it must wait, as soon as it is told to go. */
static DWORD WINAPI other_thread(void *unused)
{
    (void)unused;
    for (;;) {
        struct frame frame;

        WaitForSingleObject(go, INFINITE);
        if (!touched)
            return 0;
        if (TRY(&frame, take_fault)) {
            read_at(touched);
            thread_code = 0;
        } else {
            thread_code = frame.code;
        }
        LEAVE(&frame);
        SetEvent(done);
    }
}

struct race {
    const char *name;
    char *(*prepare)(void);
    void (*meanwhile)(char *at);
    struct {
        const char *faults;
        DWORD code; /* of the exception of the thread that came first */
        const char *after;
    } quick, slow;
};

static void (*meanwhile)(char *at);

static void start_race(char *at)
{
    touched = at;
    SetEvent(go);
    meanwhile(at);
    WaitForSingleObject(done, INFINITE);
}

static void check_race(const struct race *r, BOOL slow)
{
    char text[TEXT_BYTES], *at = r->prepare();
    struct tokos_page page;

    meanwhile = r->meanwhile;
    count_faults(start_race, at);
    describe_faults(text);
    check_string_(named(r->name, "faults"), text, slow ? r->slow.faults : r->quick.faults);
    check_int_(named(r->name, "exception"), thread_code, slow ? r->slow.code : r->quick.code);
    describe_page(at, &page, text);
    check_string_(named(r->name, "after"), text, slow ? r->slow.after : r->quick.after);
    release(at);
}

/* ---- the cases ------------------------------------------------------------------------------- */

static char *fresh(void)
{
    return VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

static char *file_view(void)
{
    char name[MAX_PATH];

    GetModuleFileNameA(NULL, name, sizeof(name));
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    char *at = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);

    CloseHandle(section);
    CloseHandle(file);
    return at;
}

static void nothing(char *at)
{
    (void)at;
}

static void decommit(char *at)
{
    VirtualFree(at, PAGE, MEM_DECOMMIT);
}

static void free_all(char *at)
{
    VirtualFree(at, 0, MEM_RELEASE);
}

static void protect(char *at, DWORD protection)
{
    DWORD old;

    VirtualProtect(at, PAGE, protection, &old);
}

static void forbid(char *at)
{
    protect(at, PAGE_NOACCESS);
}

static void make_read_only(char *at)
{
    protect(at, PAGE_READONLY);
}

static void make_guard(char *at)
{
    protect(at, PAGE_READWRITE | PAGE_GUARD);
}

/* What was read with the old protection has the new one. */
static void make_read_only_and_write(char *at)
{
    struct frame frame;

    make_read_only(at);
    if (TRY(&frame, take_fault)) {
        read_at(at);
        write_at(at);
    }
    LEAVE(&frame);
}

static void unmap(char *at)
{
    UnmapViewOfFile(at);
}

#define VIOLATION (DWORD) STATUS_ACCESS_VIOLATION

static const struct race races[] = {
    {"alone",
     fresh,
     nothing,
     {"demand-zero", 0, "valid active 1, rw"},
     {"demand-zero", 0, "valid active 1, rw"}},
    {"the same page",
     fresh,
     read_at,
     {"demand-zero", 0, "valid active 1, rw"},
     {"demand-zero collided", 0, "valid active 1, rw"}},
    {"decommitted",
     fresh,
     decommit,
     {"demand-zero", 0, "decommitted, -"},
     {"demand-zero user-address", VIOLATION, "decommitted, -"}},
    {"released",
     fresh,
     free_all,
     {"demand-zero", 0, "zero, -"},
     {"demand-zero user-address", VIOLATION, "zero, -"}},
    {"made inaccessible",
     fresh,
     forbid,
     {"demand-zero", 0, "transition modified 0, none"},
     {"demand-zero no-access", VIOLATION, "transition modified 0, none"}},
    {"made read-only",
     fresh,
     make_read_only,
     {"demand-zero", 0, "valid active 1, r"},
     {"demand-zero", 0, "valid active 1, r"}},
    {"made a guard page",
     fresh,
     make_guard,
     {"demand-zero", 0, "transition modified 0, rw guard"},
     {"demand-zero guard-page", (DWORD)STATUS_GUARD_PAGE_VIOLATION, "transition modified 0, rw"}},
    {"made read-only and written",
     fresh,
     make_read_only_and_write,
     {"demand-zero read-only", 0, "valid active 1, r"},
     {"demand-zero collided read-only", 0, "valid active 1, r"}},
    {"a file's page, the same",
     file_view,
     read_at,
     {"demand-page", 0, "valid/valid active 1, r"},
     {"demand-page collided", 0, "valid/valid active 1, r"}},
    {"a file's page, unmapped",
     file_view,
     unmap,
     {"demand-page", 0, "zero, -"},
     {"user-address", VIOLATION, "zero, -"}},
    {"a file's page, inaccessible",
     file_view,
     forbid,
     {"demand-page", 0, "prototype/transition standby 0, none"},
     {"no-access", VIOLATION, "prototype/transition standby 0, none"}},
};

/* => how many milliseconds a page of zeros takes: none, or a pager's delay. The least of some, as
 * the machine may have been busy with something else. */
static LONGLONG pager_delay(void)
{
    LARGE_INTEGER before, after, frequency;
    LONGLONG least = MAXLONGLONG;

    QueryPerformanceFrequency(&frequency);
    for (int i = 0; i < 4; i++) {
        char *at = fresh();
        QueryPerformanceCounter(&before);
        read_at(at);
        QueryPerformanceCounter(&after);
        release(at);
        if (after.QuadPart - before.QuadPart < least)
            least = after.QuadPart - before.QuadPart;
    }
    return least * 1000 / frequency.QuadPart;
}

#define LONG_ENOUGH 50 /* milliseconds, for a thread to do something meanwhile */

int main(void)
{
    LONGLONG delay = pager_delay();

    go = CreateEventA(NULL, FALSE, FALSE, NULL);
    done = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, other_thread, NULL, 0, NULL);
    SetThreadPriority(thread, THREAD_PRIORITY_TIME_CRITICAL);
    begin_faults();
    meanwhile = make_read_only_and_write; /* once for nothing: all that it needs has come */
    start_race(fresh());
    meanwhile = nothing;
    start_race((char *)1);
    CHECK(delay >= 0);
    for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++)
        if (delay == 0 || delay >= LONG_ENOUGH) /* else nobody knows who is first */
            check_race(&races[i], delay != 0);
    touched = NULL;
    SetEvent(go);
    WaitForSingleObject(thread, INFINITE);
    return check_done();
}
