/*
 * Locked pages: whatever is done with a page, its lock is one reference of one frame, and unlocking
 * gives it back; or it was unlocked when its access was taken away.
 */
#include "faults.h"

#define VIEW_BYTES (4 * PAGE)

static HANDLE section;

static char *private_page(void)
{
    return VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READWRITE);
}

static char *view(void)
{
    return MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
}

static char *copy(void)
{
    return MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
}

static void nothing(char *at)
{
    (void)at;
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

static void forbid_and_allow(char *at)
{
    protect(at, PAGE_NOACCESS);
    protect(at, PAGE_READWRITE);
}

static void make_copy(char *at)
{
    protect(at, PAGE_WRITECOPY);
}

static void make_copy_and_write(char *at)
{
    protect(at, PAGE_WRITECOPY);
    write_at(at);
}

static const struct {
    const char *name;
    char *(*prepare)(void);
    void (*change)(char *at);
    const char *locked, *unlocked;
} cases[] = {
    {"private", private_page, nothing, "valid active 1, rw", "valid active 1, rw"},
    {"private, no access", private_page, forbid, "transition modified 0, none",
     "transition modified 0, none"},
    {"view", view, write_at, "valid/valid active 1, rw", "valid/valid active 1, rw"},
    {"view, no access", view, forbid, "prototype/transition modified 0, none",
     "prototype/transition modified 0, none"},
    {"view, no access and back", view, forbid_and_allow, "zero/transition modified 0, rw",
     "zero/transition modified 0, rw"},
    /* What would be copied is copied at once: a lock is of a frame. */
    {"view, made a copy", view, make_copy, "valid/transition active 1, rw",
     "valid/transition active 1, rw"},
    {"view, made a copy and written", view, make_copy_and_write, "valid/transition active 1, rw",
     "valid/transition active 1, rw"},
    {"copy", copy, nothing, "valid/transition active 1, rw", "valid/transition active 1, rw"},
    {"copy, written", copy, write_at, "valid/transition active 1, rw",
     "valid/transition active 1, rw"},
    {"copy, no access", copy, forbid, "transition/transition modified 0, none",
     "transition/transition modified 0, none"},
};

static void check_lock(size_t i)
{
    struct tokos_page page;
    char text[TEXT_BYTES], *at = cases[i].prepare();
    BOOL lost = cases[i].change == forbid || cases[i].change == forbid_and_allow;

    CHECK(VirtualLock(at, PAGE));
    query_page(THIS_PROCESS, at, &page);
    check_int_(named(cases[i].name, "references"), page.reference_count, 2);
    cases[i].change(at);
    describe_page(at, &page, text);
    check_string_(named(cases[i].name, "locked"), text, cases[i].locked);
    uint32_t active = page.list == TOKOS_LIST_ACTIVE;
    check_int_(named(cases[i].name, "references"), page.reference_count, !lost + active);
    CHECK_INT(VirtualUnlock(at, PAGE), !lost);
    describe_page(at, &page, text);
    check_string_(named(cases[i].name, "unlocked"), text, cases[i].unlocked);
    check_int_(named(cases[i].name, "references"), page.reference_count, active);
    release(at);
}

int main(void)
{
    begin_faults();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        section =
            CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, VIEW_BYTES, NULL);
        check_lock(i);
        CloseHandle(section);
    }
    return check_done();
}
