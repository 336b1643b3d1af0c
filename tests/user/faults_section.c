/*
 * Page faults in views: of memory that is shared, of copies, and of a file. The file is this
 * program's own; its data is not its image, so nobody else has these pages.
 */
#include "faults.h"

#define VIEW_PAGES 16u

static HANDLE section;   /* what the cases map views of; a fresh one for each */
static char *first_view; /* where a case is about the second one */

static void make(HANDLE file, DWORD protect)
{
    DWORD bytes = file == INVALID_HANDLE_VALUE ? VIEW_PAGES * PAGE : 0;

    if (first_view)
        UnmapViewOfFile(first_view);
    first_view = NULL;
    if (section)
        CloseHandle(section);
    section = CreateFileMappingA(file, NULL, protect, 0, bytes, NULL);
}

static char *view(DWORD access)
{
    return MapViewOfFile(section, access, 0, 0, 0);
}

static char *touched(char *at)
{
    read_at(at);
    return at;
}

static char *protected(char *at, DWORD protection)
{
    DWORD old;

    VirtualProtect(at, PAGE, protection, &old);
    return at;
}

/* ---- memory without a file ------------------------------------------------------------------- */

static char *fresh_view(void)
{
    make(INVALID_HANDLE_VALUE, PAGE_READWRITE);
    return view(FILE_MAP_WRITE);
}

static char *second_view(void)
{
    first_view = touched(fresh_view());
    return view(FILE_MAP_WRITE);
}

/* Nobody maps the page any more, but the section is there, and the page waits on its list. */
static char *view_again(void)
{
    UnmapViewOfFile(touched(fresh_view()));
    return view(FILE_MAP_WRITE);
}

static char *read_only_view(void)
{
    make(INVALID_HANDLE_VALUE, PAGE_READWRITE);
    return view(FILE_MAP_READ);
}

static char *resident_read_only_view(void)
{
    return touched(read_only_view());
}

static char *no_access_view(void)
{
    return protected(touched(fresh_view()), PAGE_NOACCESS);
}

static char *was_no_access_view(void)
{
    return protected(no_access_view(), PAGE_READWRITE);
}

static char *guard_view(void)
{
    return protected(fresh_view(), PAGE_READWRITE | PAGE_GUARD);
}

static char *resident_guard_view(void)
{
    return protected(touched(fresh_view()), PAGE_READWRITE | PAGE_GUARD);
}

static char *unmapped_view(void)
{
    char *at = touched(fresh_view());

    UnmapViewOfFile(at);
    return at;
}

static char *reserved_view(void)
{
    make(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_RESERVE);
    return view(FILE_MAP_WRITE);
}

/* Committed by the one view, it is for all. */
static char *committed_view(void)
{
    first_view = VirtualAlloc(reserved_view(), PAGE, MEM_COMMIT, PAGE_READWRITE);
    return view(FILE_MAP_WRITE);
}

#define GUARD     (DWORD) STATUS_GUARD_PAGE_VIOLATION
#define VIOLATION (DWORD) STATUS_ACCESS_VIOLATION

static const struct fault_case memory[] = {
    {"view, read", fresh_view, read_at, "demand-zero", 0, 0, "zero/demand-zero, rw",
     "valid/valid active 1, rw"},
    {"view, written", fresh_view, write_at, "demand-zero", 0, 0, "zero/demand-zero, rw",
     "valid/valid active 1, rw"},
    {"second view", second_view, write_at, "shared", 0, 0, "zero/valid active 1, rw",
     "valid/valid active 2, rw"},
    {"view again", view_again, read_at, "transition", 0, 0, "zero/transition modified 0, rw",
     "valid/valid active 1, rw"},
    {"read-only view, written", read_only_view, write_at, "no-access", VIOLATION, TO_WRITE,
     "zero/demand-zero, r", "zero/demand-zero, r"},
    {"read-only view, resident, written", resident_read_only_view, write_at, "read-only", VIOLATION,
     TO_WRITE, "valid/valid active 1, r", "valid/valid active 1, r"},
    {"no access view", no_access_view, read_at, "no-access", VIOLATION, TO_READ,
     "prototype/transition modified 0, none", "prototype/transition modified 0, none"},
    {"no access view, made accessible", was_no_access_view, read_at, "transition", 0, 0,
     "zero/transition modified 0, rw", "valid/valid active 1, rw"},
    {"guard in a view", guard_view, write_at, "guard-page", GUARD, TO_WRITE,
     "prototype/demand-zero, rw guard", "prototype/demand-zero, rw"},
    {"resident guard in a view", resident_guard_view, read_at, "guard-page", GUARD, TO_READ,
     "prototype/transition modified 0, rw guard", "prototype/transition modified 0, rw"},
    {"unmapped view", unmapped_view, read_at, "user-address", VIOLATION, TO_READ, "zero, -",
     "zero, -"},
    {"reserved view", reserved_view, write_at, "user-address", VIOLATION, TO_WRITE, "zero/zero, -",
     "zero/zero, -"},
    {"committed view", committed_view, write_at, "demand-zero", 0, 0, "zero/demand-zero, rw",
     "valid/valid active 1, rw"},
};

/* ---- copies ---------------------------------------------------------------------------------- */

static char *copy(void)
{
    make(INVALID_HANDLE_VALUE, PAGE_READWRITE);
    return view(FILE_MAP_COPY);
}

static char *resident_copy(void)
{
    return touched(copy());
}

static char *copy_of_shared(void)
{
    first_view = touched(fresh_view());
    return touched(view(FILE_MAP_COPY));
}

static char *written_copy(void)
{
    char *at = copy();

    write_at(at);
    return at;
}

/* A copy is private memory: without access it is in transition, and not the section's page. */
static char *copy_that_was_no_access(void)
{
    return protected(protected(written_copy(), PAGE_NOACCESS), PAGE_WRITECOPY);
}

static const struct fault_case copies[] = {
    {"copy, read", copy, read_at, "demand-zero", 0, 0, "zero/demand-zero, rc",
     "valid/valid active 1, rc"},
    /* The first fault is about where the page is, the second about whose it is. */
    {"copy, written at once", copy, write_at, "demand-zero copy-on-write", 0, 0,
     "zero/demand-zero, rc", "valid/transition active 1, rw"},
    {"copy, written", resident_copy, write_at, "copy-on-write", 0, 0, "valid/valid active 1, rc",
     "valid/transition active 1, rw"},
    {"copy of a shared page, written", copy_of_shared, write_at, "copy-on-write", 0, 0,
     "valid/valid active 2, rc", "valid/valid active 1, rw"},
    {"copy, written again", written_copy, write_at, "", 0, 0, "valid/transition active 1, rw",
     "valid/transition active 1, rw"},
    {"copy that was no access", copy_that_was_no_access, write_at, "transition", 0, 0,
     "transition/transition modified 0, rw", "valid/transition active 1, rw"},
};

/* ---- a file ---------------------------------------------------------------------------------- */

static HANDLE file;

static char *file_view(void)
{
    make(file, PAGE_READONLY);
    return view(FILE_MAP_READ);
}

static char *second_file_view(void)
{
    first_view = touched(file_view());
    return view(FILE_MAP_READ);
}

static char *file_view_again(void)
{
    UnmapViewOfFile(touched(file_view()));
    return view(FILE_MAP_READ);
}

static char *file_copy(void)
{
    make(file, PAGE_WRITECOPY);
    return view(FILE_MAP_COPY);
}

static char *last_page(void)
{
    return file_view() + (GetFileSize(file, NULL) & ~(PAGE - 1));
}

static const struct fault_case files[] = {
    {"file", file_view, read_at, "demand-page", 0, 0, "zero/prototype, r",
     "valid/valid active 1, r"},
    {"file, second view", second_file_view, read_at, "shared", 0, 0, "zero/valid active 1, r",
     "valid/valid active 2, r"},
    {"file, view again", file_view_again, read_at, "transition", 0, 0,
     "zero/transition standby 0, r", "valid/valid active 1, r"},
    {"file, written", file_view, write_at, "no-access", VIOLATION, TO_WRITE, "zero/prototype, r",
     "zero/prototype, r"},
    {"copy of a file, written at once", file_copy, write_at, "demand-page copy-on-write", 0, 0,
     "zero/prototype, rc", "valid/transition active 1, rw"},
    {"last page of a file", last_page, read_at, "demand-page", 0, 0, "zero/prototype, r",
     "valid/valid active 1, r"},
};

/* ---- all --------------------------------------------------------------------------------------
 */

/* Behind the file's end its last page holds zeros. */
static void end_of_file(void)
{
    char *at = last_page(), *end = at + GetFileSize(file, NULL) % PAGE;
    int bytes = 0;

    for (char *p = end; p < at + PAGE; p++)
        bytes += *p != 0;
    CHECK(end != at);
    CHECK_INT(bytes, 0);
    release(at);
}

/* Everybody has it, and the kernel has written to it long ago. */
static char *shared_data(void)
{
    return (char *)0x7FFE0000;
}

/* Its share count is the number of processes: one, but for those that are going. */
static void shared_page(void)
{
    struct tokos_page page;
    char text[TEXT_BYTES];

    read_at(shared_data());
    describe_page(shared_data(), &page, text);
    CHECK_INT(strncmp(text, "valid/valid active ", 19), 0);
    const struct fault_case written = {"shared user data, written",
                                       shared_data,
                                       write_at,
                                       "read-only",
                                       VIOLATION,
                                       TO_WRITE,
                                       text,
                                       text};
    check_case(&written);
}

int main(void)
{
    char name[MAX_PATH];

    GetModuleFileNameA(NULL, name, sizeof(name));
    file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    begin_faults();
    CHECK_CASES(memory);
    CHECK_CASES(copies);
    CHECK_CASES(files);
    end_of_file();
    shared_page();
    return check_done();
}
