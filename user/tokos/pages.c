/*
 * Comparing what there is with what there should be, after the handler has returned: the pages of
 * both ranges, the contents of the page that was wanted, the thread's registers, and the flush.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

static uint16_t state_of(const MEMORY_BASIC_INFORMATION *info)
{
    if (info->State == MEM_COMMIT)
        return (uint16_t)info->Protect;
    return info->State == MEM_RESERVE ? PAGE_IS_RESERVED : PAGE_IS_FREE;
}

bool launch_look_at(struct launch *l, struct range *range)
{
    MEMORY_BASIC_INFORMATION info;
    uint32_t pages = range->bytes / PAGE_BYTES, page = 0;

    while (page < pages) {
        char *at = range->base + page * PAGE_BYTES;

        if (!VirtualQueryEx(l->program.hProcess, at, &info, sizeof(info))) {
            launch_fail(l, TOKOS_LAUNCH_FAILED, "VirtualQueryEx: error %lu", GetLastError());
            return false;
        }
        char *end = (char *)info.BaseAddress + info.RegionSize;
        for (; page < pages && range->base + page * PAGE_BYTES < end; page++)
            range->found[page] = state_of(&info);
    }
    return true;
}

static bool is_committed(uint16_t state)
{
    return state != PAGE_IS_RESERVED && state != PAGE_IS_FREE;
}

/* Pages that are no longer what they were: how many, and the first of them. */
struct change {
    uint32_t pages;
    uintptr_t first;
    uint16_t now; /* what that one is */
};

/* All but the page that was wanted. */
struct changes {
    struct change more;   /* are committed now */
    struct change others; /* were there and are no more, or protected otherwise */
};

static void add_change(struct change *change, uintptr_t address, uint16_t state, uint32_t pages)
{
    if (!change->pages) {
        change->first = address;
        change->now = state;
    }
    change->pages += pages;
}

static void count_changes(const struct range *range, uintptr_t wanted, struct changes *changes)
{
    for (uint32_t page = 0; page < range->bytes / PAGE_BYTES; page++) {
        uintptr_t at = (uintptr_t)range->base + page * PAGE_BYTES;
        struct change *change =
            is_committed(range->pages[page]) ? &changes->others : &changes->more;

        if (at != wanted && range->found[page] != range->pages[page])
            add_change(change, at, range->found[page], 1);
    }
}

/* What the handler has allocated in the program, but in neither range. */
static void count_allocations(const struct launch *l, struct changes *changes)
{
    for (uint32_t i = 0; i < l->call_count && i < CALLS_KEPT; i++) {
        const struct call *call = &l->calls[i];

        if (call->kind != CALL_ALLOCATES || !call->worked || launch_is_in(&l->code, call->from) ||
            launch_is_in(&l->stack, call->from))
            continue;
        add_change(&changes->more, call->from, call->protection,
                   (call->bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    }
}

static struct word state_word(uint16_t state)
{
    if (state == PAGE_IS_FREE)
        return (struct word){"free"};
    return state == PAGE_IS_RESERVED ? (struct word){"only reserved"}
                                     : launch_protection_word(state);
}

/* The wanted page is not there. */
static void say_missing(struct launch *l, uintptr_t wanted, const struct changes *changes)
{
    struct place page = launch_place(l, wanted);
    const struct change *change = changes->more.pages ? &changes->more : &changes->others;

    if (change->pages)
        launch_fail(l, TOKOS_LAUNCH_WRONG_PAGE,
                    "the page that was wanted, %s, is still not there, but %s is %s now", page.text,
                    launch_place(l, change->first).text, state_word(change->now).text);
    else
        launch_fail(l, TOKOS_LAUNCH_NOT_COMMITTED,
                    "the page that was wanted, %s, is still not there: nothing was committed in it",
                    page.text);
}

static void check_pages(struct launch *l, uintptr_t wanted, uint16_t state)
{
    struct changes changes = {0};
    const struct change *more = &changes.more, *others = &changes.others;

    count_changes(&l->code, wanted, &changes);
    count_changes(&l->stack, wanted, &changes);
    count_allocations(l, &changes);
    if (!is_committed(state))
        say_missing(l, wanted, &changes);
    else if (others->pages)
        launch_fail(l, TOKOS_LAUNCH_OTHERS_CHANGED, "%u %s there before and changed: %s is %s now",
                    (unsigned)others->pages, others->pages == 1 ? "page was" : "pages were",
                    launch_place(l, others->first).text, state_word(others->now).text);
    else if (more->pages)
        launch_fail(l, TOKOS_LAUNCH_TOO_MUCH,
                    "%u %s committed that nobody has touched yet, first %s", (unsigned)more->pages,
                    more->pages == 1 ? "page was" : "pages were",
                    launch_place(l, more->first).text);
}

static void check_protection(struct launch *l, uintptr_t wanted, uint16_t state)
{
    bool code = l->range == &l->code;

    if (state == l->range->protection || (code && state == PAGE_EXECUTE_READ))
        return;
    if (state & PROTECTION_MODIFIERS)
        l->about = "modifier";
    launch_fail(l, TOKOS_LAUNCH_PROTECTION, "page %s is %s, and a page of %s must be %s",
                launch_place(l, wanted).text, launch_protection_word(state).text, l->range->name,
                code ? "PAGE_EXECUTE_READ or PAGE_EXECUTE_READWRITE" : "PAGE_READWRITE");
}

static void check_contents(struct launch *l, uintptr_t wanted)
{
    static unsigned char page[PAGE_BYTES];
    static const unsigned char zeros[PAGE_BYTES];
    const unsigned char *right = zeros;
    unsigned at = 0;

    if (l->range == &l->code)
        right = (unsigned char *)l->code_contents + (wanted - (uintptr_t)l->code.base);
    if (!launch_read(l, (void *)wanted, page, PAGE_BYTES)) {
        launch_fail(l, TOKOS_LAUNCH_FAILED, "ReadProcessMemory: error %lu", GetLastError());
        return;
    }
    if (!memcmp(page, right, PAGE_BYTES))
        return;
    while (page[at] == right[at])
        at++;
    launch_fail(l, TOKOS_LAUNCH_CONTENTS, "at %s there is the byte %02x where %02x belongs",
                launch_place(l, wanted + at).text, page[at], right[at]);
}

static void check_context(struct launch *l)
{
    CONTEXT now;

    if (!launch_read_context(l, &now) || launch_same_context(&now, &l->context))
        return;
    launch_fail(l, TOKOS_LAUNCH_CONTEXT,
                "the thread's registers have changed: eip was %s and is %s, esp was %s and is %s",
                launch_place(l, l->context.Eip).text, launch_place(l, now.Eip).text,
                launch_place(l, l->context.Esp).text, launch_place(l, now.Esp).text);
}

/* => whether the call was one of KIND about the whole page, or for a write, any of it. */
static bool is_about(const struct call *call, enum call_kind kind, uintptr_t page)
{
    uintptr_t end = call->from + call->bytes < call->from ? UINTPTR_MAX : call->from + call->bytes;

    if (call->kind != kind || !call->worked)
        return false;
    if (kind == CALL_WRITES)
        return call->from < page + PAGE_BYTES && end > page;
    return call->from <= page && end >= page + PAGE_BYTES;
}

static void check_flush(struct launch *l, uintptr_t wanted)
{
    bool ever = false, since_write = false;

    if (l->range != &l->code || !l->watched || l->call_count > CALLS_KEPT)
        return;
    for (uint32_t i = 0; i < l->call_count; i++) {
        if (is_about(&l->calls[i], CALL_WRITES, wanted))
            since_write = false;
        if (is_about(&l->calls[i], CALL_FLUSHES, wanted))
            ever = since_write = true;
    }
    if (!since_write)
        launch_fail(l, TOKOS_LAUNCH_NOT_FLUSHED, "page %s was %s the instruction cache",
                    launch_place(l, wanted).text,
                    ever ? "written to after it was flushed from" : "not flushed from");
}

/* => whether the handler has closed what it was given. */
static bool is_closed(struct launch *l)
{
    DWORD flags;

    if (GetHandleInformation(l->given_process, &flags) &&
        GetHandleInformation(l->given_thread, &flags))
        return false;
    launch_fail(l, TOKOS_LAUNCH_HANDLES, "the handler closed fault->process or fault->thread");
    return true;
}

/* The next fault is compared with what is there now. */
static void accept(struct range *range, uint32_t page)
{
    range->pages[page] = range->found[page];
}

void launch_check(struct launch *l)
{
    uintptr_t wanted = (uintptr_t)l->fault.address & ~(uintptr_t)(PAGE_BYTES - 1);
    uint32_t page = (wanted - (uintptr_t)l->range->base) / PAGE_BYTES;

    if (is_closed(l) || !launch_look_at(l, &l->code) || !launch_look_at(l, &l->stack))
        return;
    check_pages(l, wanted, l->range->found[page]);
    if (l->status != TOKOS_LAUNCHED)
        return;
    check_protection(l, wanted, l->range->found[page]);
    check_contents(l, wanted);
    check_context(l);
    check_flush(l, wanted);
    accept(l->range, page);
}
