/*
 * Page faults, counted. A case is an access to one page: how the page is before and after it, which
 * faults it causes, and which exception, if any.
 *
 * A page's state is written as a text:
 *
 *      valid active 1, rw              the entry; the list that the frame is on and its share
 *      zero, r                         count, if there is a frame; and the protection
 *      zero/valid active 2, rc         of a view: the entry, and the prototype PTE
 *      zero, -                         nothing is committed
 *
 * and faults as the kernel's names of their kinds, in the kernel's order, a word each. All faults
 * of the machine are counted: there must be no others.
 *
 * The causes, as the course lists them, and where each is tested:
 *
 *      page in a mapped file                    faults_section, faults_image
 *      page in a page file                      (needs a disk)
 *      page table not there yet                 faults_private
 *      page table paged out                     (needs a disk)
 *      collided fault; page taken away, or its  faults_threads: with slowpager as it is on a disk
 *      protection changed, while it is read
 *      page on the standby or modified list     faults_private, faults_section, faults_memory
 *      no committed storage                     faults_private, faults_section
 *      kernel page from user mode               faults_private, faults_large_address
 *      write to a read-only page                faults_private, faults_section, faults_image
 *      guard page, growth of a stack, its end   faults_guard
 *      write to a copy-on-write page            faults_section, faults_image
 *      system page whose PDE is not there       (a program cannot make the kernel's pools that
 * large: tests/kernel/test_address_space.c) first write, on a multiprocessor         (there is one
 * processor: faults_guard shows that a write to a page that is not dirty is no fault) demand zero
 * faults_private unknown: the VADs decide                 faults_private ("zero", no page table)
 *      prototype PTE, active / transition /     faults_section, faults_image
 *      demand zero / mapped file
 *      prototype PTE, page file                 (needs a disk)
 *      the read fails                           (needs a disk)
 *      any of these in the kernel, on behalf    faults_service
 *      of a program
 */
#pragma once

#include "nt.h"
#include "crt/check.h"
#include "frames.h"

#define TEXT_BYTES 96

struct fault_case {
    const char *name;
    char *(*prepare)(void);  /* => the address that is touched */
    void (*touch)(char *at); /* read_at, ... */
    const char *faults;
    DWORD code;   /* of the exception; 0: none */
    ULONG access; /* what its record says that was tried: 0 to read, 1 to write */
    const char *before, *after;
};

enum {
    TO_READ,
    TO_WRITE
};

static query_page_service query_page;
static query_counters_service query_counters;
static struct tokos_counters counters_before, counters_after;
static EXCEPTION_RECORD fault_record; /* of the last exception */

/* ---- texts -----------------------------------------------------------------------------------
 */

static const char *const entry_names[] = {"zero",      "valid",     "demand-zero", "transition",
                                          "prototype", "page-file", "decommitted", "free"};
static const char *const list_names[] = {
    "zeroed", "free", "standby", "modified", "modified-no-write", "bad", "active", "transition"};

static const char *protection_name(ULONG protection)
{
    static const struct {
        ULONG protection;
        const char *name;
    } names[] = {
        {0, "-"},
        {PAGE_NOACCESS, "none"},
        {PAGE_READONLY, "r"},
        {PAGE_READWRITE, "rw"},
        {PAGE_WRITECOPY, "rc"},
        {PAGE_EXECUTE, "x"},
        {PAGE_EXECUTE_READ, "xr"},
        {PAGE_EXECUTE_READWRITE, "xrw"},
        {PAGE_EXECUTE_WRITECOPY, "xrc"},
        {PAGE_READONLY | PAGE_GUARD, "r guard"},
        {PAGE_READWRITE | PAGE_GUARD, "rw guard"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].protection == protection)
            return names[i].name;
    return "?";
}

/* TEXT becomes the state of the page at AT, and *PAGE all that is known of it. */
static void describe_page(const char *at, struct tokos_page *page, char *text)
{
    if (query_page(THIS_PROCESS, (void *)at, page) != STATUS_SUCCESS) {
        memset(page, 0, sizeof(*page));
        strcpy(text, "not the program's");
        return;
    }
    text += sprintf(text, "%s", entry_names[page->pte_kind]);
    if (page->vad_type == TOKOS_VAD_MAPPED || page->vad_type == TOKOS_VAD_IMAGE)
        text += sprintf(text, "/%s", entry_names[page->prototype_kind]);
    if (page->frame != TOKOS_NO_FRAME)
        text += sprintf(text, " %s %u", list_names[page->list], page->share_count);
    sprintf(text, ", %s", protection_name(page->protection));
}

static void describe_faults(char *text)
{
    char *const start = text;

    *text = 0;
    for (uint32_t i = 0; i < counters_after.fault_kinds; i++)
        for (uint32_t n = counters_before.faults[i]; n < counters_after.faults[i]; n++)
            if (text - start < TEXT_BYTES - TOKOS_KIND_NAME - 1)
                text +=
                    sprintf(text, "%s%s", text == start ? "" : " ", counters_after.fault_names[i]);
}

/* ---- accesses --------------------------------------------------------------------------------
 */

static inline void read_at(char *at)
{
    (void)*(volatile char *)at;
}

static inline void write_at(char *at)
{
    *(volatile char *)at = 0x55;
}

static inline void call_at(char *at)
{
    ((void (*)(void))(void *)at)();
}

static LONG take_fault(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)context;
    fault_record = *record;
    return EXCEPTION_EXECUTE_HANDLER;
}

/* TOUCH AT, counting. => the code of the exception that it causes, or 0. */
static DWORD count_faults(void (*touch)(char *), char *at)
{
    struct frame frame;
    volatile DWORD code = 0;

    memset(&fault_record, 0, sizeof(fault_record));
    query_counters(&counters_before);
    if (TRY(&frame, take_fault))
        touch(at);
    else
        code = frame.code;
    LEAVE(&frame);
    query_counters(&counters_after);
    return code;
}

/* ---- cases -----------------------------------------------------------------------------------
 */

static const char *named(const char *name, const char *what)
{
    static char text[128];

    sprintf(text, "%s: %s", name, what);
    return text;
}

static void check_record(const struct fault_case *c, const char *at)
{
    if (!c->code || c->code == (DWORD)STATUS_STACK_OVERFLOW)
        return;
    check_int_(named(c->name, "parameters"), fault_record.NumberParameters, 2);
    check_int_(named(c->name, "access"), fault_record.ExceptionInformation[0], c->access);
    check_int_(named(c->name, "address"), fault_record.ExceptionInformation[1], (ULONG_PTR)at);
    if (c->touch == call_at)
        check_int_(named(c->name, "instruction"), (ULONG_PTR)fault_record.ExceptionAddress,
                   (ULONG_PTR)at);
}

static char *allocation_of(const char *at)
{
    MEMORY_BASIC_INFORMATION info;

    return VirtualQuery(at, &info, sizeof(info)) ? info.AllocationBase : NULL;
}

/* What AT was prepared for goes; images and the thread's stack stay. */
static void release(char *at)
{
    MEMORY_BASIC_INFORMATION info;

    if (!VirtualQuery(at, &info, sizeof(info)) ||
        info.AllocationBase == allocation_of((char *)&info))
        return;
    if (info.Type == MEM_PRIVATE)
        VirtualFree(info.AllocationBase, 0, MEM_RELEASE);
    else if (info.Type == MEM_MAPPED)
        UnmapViewOfFile(info.AllocationBase);
}

/* => of how many faults the process's own count does not know: those at addresses that are not its
 * own. */
static uint32_t uncounted(const char *before)
{
    return !strcmp(before, "not the program's");
}

static inline void check_case(const struct fault_case *c)
{
    struct tokos_page before, after;
    char text[TEXT_BYTES], *at = c->prepare();

    describe_page(at, &before, text);
    check_string_(named(c->name, "before"), text, c->before);
    DWORD code = count_faults(c->touch, at);
    check_int_(named(c->name, "exception"), code, c->code);
    check_record(c, at);
    describe_faults(text);
    check_string_(named(c->name, "faults"), text, c->faults);
    uint32_t words = *c->faults != 0;
    for (const char *p = c->faults; *p; p++)
        words += *p == ' ';
    check_int_(named(c->name, "the process's count"),
               counters_after.process_faults - counters_before.process_faults,
               words - uncounted(c->before));
    describe_page(at, &after, text);
    check_string_(named(c->name, "after"), text, c->after);
    if (c->code == (DWORD)STATUS_ACCESS_VIOLATION)
        check_int_(named(c->name, "nothing changed"), memcmp(&before, &after, sizeof(after)), 0);
    release(at);
}

/* What an exception and a count need is touched before anything is counted. */
static void begin_faults(void)
{
    char *page = VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    volatile char deep[4 * PAGE];

    for (size_t i = sizeof(deep); i > 0; i -= PAGE)
        deep[i - 1] = 0;
    query_page = (query_page_service)(void *)tokos_service("NtTokosQueryPage");
    query_counters = (query_counters_service)(void *)tokos_service("NtTokosQueryCounters");
    count_faults(write_at, page);
    count_faults(write_at, page);
    count_faults(write_at, NULL);
    VirtualFree(page, 0, MEM_RELEASE);
}

static inline void check_cases(const struct fault_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_case(&cases[i]);
}

#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))
