/*
 * Code that is written while the program runs. A row of `changes` is a function that returns 1, and
 * a way to make it return 2; each is done without FlushInstructionCache and with it, and the next
 * call must return 2 both times, after the same faults. The faults of all are counted: none is
 * caused by code being code.
 *
 * A row of `sequences` is code that changes itself while it runs, put at every place about a page's
 * end.
 */
#define _WIN32_WINNT 0x0600
#include "faults.h"

enum {
    REHEARSAL, /* what the test itself needs is touched */
    WITHOUT,
    WITH,
    ROUNDS
};

static unsigned current_round;

/* mov eax, value; ret */
static void put_function(char *at, int value)
{
    at[0] = (char)0xB8;
    memcpy(at + 1, &value, sizeof(value));
    at[5] = (char)0xC3;
}

static int result;

static void call_function(char *at)
{
    result = ((int (*)(void))(void *)at)();
}

/* ---- where the function is ------------------------------------------------------------------ */

static char *pages(ULONG protect)
{
    char *at = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    DWORD old;

    put_function(at, 1);
    VirtualProtect(at, 2 * PAGE, protect, &old);
    return at;
}

static char *writable(void)
{
    return pages(PAGE_EXECUTE_READWRITE);
}

static char *data(void)
{
    return pages(PAGE_READWRITE);
}

static char *read_only(void)
{
    return pages(PAGE_EXECUTE_READ);
}

static char *crossing(void)
{
    char *at = writable() + PAGE - 3;

    put_function(at, 1);
    return at;
}

static HANDLE sections[2];
static char *aliases[2]; /* their writable views */

static char *view(void)
{
    for (int i = 0; i < 2; i++) {
        if (!sections[i]) {
            sections[i] = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0,
                                             2 * PAGE, NULL);
            aliases[i] = MapViewOfFile(sections[i], FILE_MAP_WRITE, 0, 0, 0);
        }
        put_function(aliases[i], i + 1);
    }
    return MapViewOfFile(sections[0], FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0);
}

/* Two functions a round, each in a page of the program's own. */
#define IMAGE_PAGE(name)                                                       \
    static void __attribute__((aligned(4096), used, naked)) name(void)         \
    {                                                                          \
        __asm__ volatile(".byte 0xB8, 1, 0, 0, 0, 0xC3; .fill 4090, 1, 0x90"); \
    }

IMAGE_PAGE(image_0)
IMAGE_PAGE(image_1)
IMAGE_PAGE(image_2)
IMAGE_PAGE(image_3)
IMAGE_PAGE(image_4)
IMAGE_PAGE(image_5)

static void (*const images[2][ROUNDS])(void) = {{image_0, image_1, image_2},
                                                {image_3, image_4, image_5}};

static char *image(void)
{
    return (char *)(void *)images[0][current_round];
}

static char *debugged_image(void)
{
    return (char *)(void *)images[1][current_round];
}

/* ---- ways to change it ------------------------------------------------------------------------
 */

static const int two = 2;

static void store(char *at)
{
    *(volatile int *)(void *)(at + 1) = two;
}

static void exchange(char *at)
{
    int value = two;

    __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*(int *)(void *)(at + 1)) : : "memory");
}

/* All of it, by one instruction. */
static void copy(char *at)
{
    char code[6], *from = code;
    unsigned count = sizeof(code);

    put_function(code, two);
    __asm__ volatile("rep movsb" : "+S"(from), "+D"(at), "+c"(count) : : "memory");
}

static void by_write(char *at)
{
    WriteProcessMemory(GetCurrentProcess(), at + 1, &two, sizeof(two), NULL);
}

/* A service stores its results there. */
static void by_service(char *at)
{
    ReadProcessMemory(GetCurrentProcess(), &two, at + 1, sizeof(two), NULL);
}

static void by_alias(char *at)
{
    (void)at;
    store(aliases[0]);
}

static HANDLE go, done;
static char *volatile target;

static DWORD WINAPI writer(void *unused)
{
    for (;;) {
        WaitForSingleObject(go, INFINITE);
        store(target);
        SetEvent(done);
    }
    return (DWORD)(ULONG_PTR)unused;
}

static void by_thread(char *at)
{
    target = at;
    SignalObjectAndWait(go, done, INFINITE, FALSE);
}

static void replace(char *at)
{
    VirtualFree(at, 0, MEM_RELEASE);
    CHECK(VirtualAlloc(at, 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE) == at);
    put_function(at, two);
}

static void recommit(char *at)
{
    VirtualFree(at, PAGE, MEM_DECOMMIT);
    VirtualAlloc(at, PAGE, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    put_function(at, two);
}

static void map_another(char *at)
{
    UnmapViewOfFile(at);
    MapViewOfFileEx(sections[1], FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0, at);
}

static void by_turns(char *at)
{
    DWORD old;

    VirtualProtect(at, PAGE, PAGE_READWRITE, &old);
    store(at);
    VirtualProtect(at, PAGE, PAGE_EXECUTE_READ, &old);
}

/* The page of the function's end is in transition when it is fetched. */
static void take_away(char *at)
{
    DWORD old;

    store(at);
    VirtualProtect(at + 5, 1, PAGE_NOACCESS, &old);
    VirtualProtect(at + 5, 1, PAGE_EXECUTE_READ, &old);
}

static void copy_image(char *at)
{
    DWORD old;

    VirtualProtect(at, PAGE, PAGE_EXECUTE_READWRITE, &old);
    store(at);
}

#define BUFFER "demand-zero" /* the kernel's, in paged pool, for what it copies */

static const struct change {
    const char *name;
    char *(*place)(void);
    void (*change)(char *at);
    const char *changing, *calling; /* their faults */
    const char *after;              /* how the function's page is */
} changes[] = {
    {"store", writable, store, "", "", "valid active 1, xrw"},
    {"exchange", writable, exchange, "", "", "valid active 1, xrw"},
    {"copy", writable, copy, "", "", "valid active 1, xrw"},
    {"WriteProcessMemory", writable, by_write, BUFFER, "", "valid active 1, xrw"},
    {"WriteProcessMemory, read-only", read_only, by_write, BUFFER, "", "valid active 1, xr"},
    {"a service's results", writable, by_service, BUFFER, "", "valid active 1, xrw"},
    {"another thread", writable, by_thread, "", "", "valid active 1, xrw"},
    {"another address", view, by_alias, "", "", "valid/valid active 2, xr"},
    {"other memory at the address", writable, replace, "demand-zero", "", "valid active 1, xrw"},
    {"committed again", writable, recommit, "demand-zero", "", "valid active 1, xrw"},
    {"another section at the address", view, map_another, "", "shared", "valid/valid active 2, xr"},
    {"writable and executable by turns", read_only, by_turns, "", "", "valid active 1, xr"},
    {"taken away", writable, take_away, "", "transition", "valid active 1, xr"},
    {"across two pages", crossing, store, "", "", "valid active 1, xrw"},
    {"the second of two pages taken away", crossing, take_away, "", "transition",
     "valid active 1, xrw"},
    /* Without PAE there is no bit that forbids it. */
    {"data", data, store, "", "", "valid active 1, rw"},
    {"image", image, copy_image, "copy-on-write", "", "valid/transition active 1, xrw"},
    {"image, WriteProcessMemory", debugged_image, by_write, BUFFER " copy-on-write", "",
     "valid/transition active 1, xr"},
};

static void check_faults(const struct change *c, const char *what, const char *expected)
{
    char text[TEXT_BYTES];

    describe_faults(text);
    if (current_round != REHEARSAL)
        check_string_(named(c->name, what), text, expected);
}

static void check_change(const struct change *c)
{
    struct tokos_page page;
    char *at = c->place(), text[TEXT_BYTES];

    call_function(at);
    check_int_(named(c->name, "at first"), result, 1);
    check_int_(named(c->name, "change"), count_faults(c->change, at), 0);
    check_faults(c, "faults of the change", c->changing);
    if (current_round == WITH)
        check_int_(named(c->name, "flush"), FlushInstructionCache(GetCurrentProcess(), at, 6),
                   TRUE);
    check_int_(named(c->name, "call"), count_faults(call_function, at), 0);
    check_int_(named(c->name, current_round == WITH ? "with flush" : "without"), result, 2);
    check_faults(c, "faults of the call", c->calling);
    describe_page(at, &page, text);
    if (current_round != REHEARSAL)
        check_string_(named(c->name, "after"), text, c->after);
    release(at);
}

/* ---- code that changes itself ------------------------------------------------------------------
 */

#define SEQUENCE_BYTES 20

/* Each is called with its address in ecx. */
static const struct {
    const char *name;
    unsigned char code[SEQUENCE_BYTES];
    int expected;
} sequences[] = {
    /* mov byte [ecx+5], 2; mov eax, 1; ret */
    {"the next instruction's operand", {0xC6, 0x41, 5, 2, 0xB8, 1, 0, 0, 0, 0xC3}, 2},
    /* the same with a jump to the next instruction between, as the 486's manual wants it */
    {"a jump first", {0xC6, 0x41, 7, 2, 0xEB, 0, 0xB8, 1, 0, 0, 0, 0xC3}, 2},
    /* mov dword [ecx+9], "inc eax; inc eax; ret; ret"; xor eax, eax; nop; nop; nop; nop; ret */
    {"four instructions",
     {0xC7, 0x41, 9, 0x40, 0x40, 0xC3, 0xC3, 0x31, 0xC0, 0x90, 0x90, 0x90, 0x90, 0xC3},
     2},
    /* push edi; lea edi, [ecx+16]; mov al, 40h; mov ecx, 3; rep stosb; pop edi; xor eax, eax;
     * nop, nop, nop become inc eax; ret */
    {"a string instruction",
     {0x57, 0x8D, 0x79, 16,   0xB0, 0x40, 0xB9, 3,    0,    0,
      0,    0xF3, 0xAA, 0x5F, 0x31, 0xC0, 0x90, 0x90, 0x90, 0xC3},
     3},
    /* mov edx, 5; again: inc dword [ecx+9]; mov eax, 0; dec edx; jnz again; ret */
    {"in each turn of a loop",
     {0xBA, 5, 0, 0, 0, 0xFF, 0x41, 9, 0xB8, 0, 0, 0, 0, 0x4A, 0x75, 0xF5, 0xC3},
     5},
    /* again: mov eax, 1; cmp eax, 2; je end; mov byte [ecx+1], 2; jmp again; end: ret */
    {"an instruction before",
     {0xB8, 1, 0, 0, 0, 0x83, 0xF8, 2, 0x74, 6, 0xC6, 0x41, 1, 2, 0xEB, 0xF0, 0xC3},
     2},
};

typedef int __attribute__((fastcall)) (*sequence_function)(char *at);

/* => how often sequence I does not return what it should, at all places about the end of the first
 * of the pages at MEMORY. */
static unsigned wrong_results(size_t i, char *memory)
{
    unsigned wrong = 0;

    for (char *at = memory + PAGE - SEQUENCE_BYTES; at <= memory + PAGE; at++) {
        memcpy(at, sequences[i].code, SEQUENCE_BYTES);
        wrong += ((sequence_function)(void *)at)(at) != sequences[i].expected;
    }
    return wrong;
}

static void run_sequences(char *memory)
{
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
        check_int_(sequences[i].name, wrong_results(i, memory), 0);
}

static void self_changing(void)
{
    char *memory = writable(), text[TEXT_BYTES];

    memory[PAGE] = 0;
    run_sequences(memory);
    CHECK_INT(count_faults(run_sequences, memory), 0);
    describe_faults(text);
    CHECK_STR(text, "");
    VirtualFree(memory, 0, MEM_RELEASE);
}

/* ---- the flush itself --------------------------------------------------------------------------
 */

static char *untouched;

static HANDLE this_process(void)
{
    return GetCurrentProcess();
}

static HANDLE not_open(void)
{
    return (HANDLE)0x7770;
}

static HANDLE other_type(void)
{
    return go;
}

static HANDLE without_rights(void)
{
    return OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, GetCurrentProcessId());
}

static HANDLE with_rights(void)
{
    return OpenProcess(PROCESS_VM_WRITE, FALSE, GetCurrentProcessId());
}

/* An address is a hint; nothing is read there, whatever it is. */
static const struct {
    HANDLE (*process)(void);
    ULONG_PTR at;
    SIZE_T bytes;
    DWORD error;
} flushes[] = {
    {this_process, 0, 0, 0},
    {this_process, 0, PAGE, 0},
    {this_process, 0x40, 1, 0},
    {this_process, 0xC0000000, PAGE, 0},
    {this_process, 0x7FFF0000, 0xFFFFFFFF, 0},
    {with_rights, 0, 0, 0},
    {not_open, 0, 0, ERROR_INVALID_HANDLE},
    {other_type, 0, 0, ERROR_INVALID_HANDLE},
    {without_rights, 0, 0, ERROR_ACCESS_DENIED},
};

static void flush_untouched(char *at)
{
    FlushInstructionCache(GetCurrentProcess(), at, 2 * PAGE);
}

static void flush_writes(char *at)
{
    (void)at;
    FlushProcessWriteBuffers();
}

static void flushing(void)
{
    struct tokos_page page;
    char text[TEXT_BYTES];

    for (size_t i = 0; i < sizeof(flushes) / sizeof(flushes[0]); i++) {
        HANDLE process = flushes[i].process();
        SetLastError(0);
        CHECK_INT(FlushInstructionCache(process, (void *)flushes[i].at, flushes[i].bytes),
                  !flushes[i].error);
        CHECK_INT(GetLastError(), flushes[i].error);
    }
    untouched = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    flush_writes(untouched);
    CHECK_INT(count_faults(flush_untouched, untouched), 0);
    describe_faults(text);
    CHECK_STR(text, "");
    describe_page(untouched, &page, text);
    CHECK_STR(text, "zero, xrw");
    SetLastError(1234);
    CHECK_INT(count_faults(flush_writes, untouched), 0);
    CHECK_INT(GetLastError(), 1234);
    describe_faults(text);
    CHECK_STR(text, "");
}

int main(void)
{
    begin_faults();
    go = CreateEventA(NULL, FALSE, FALSE, NULL);
    done = CreateEventA(NULL, FALSE, FALSE, NULL);
    CHECK(CreateThread(NULL, 0, writer, NULL, 0, NULL) != NULL);
    for (; current_round < ROUNDS; current_round++)
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
            check_change(&changes[i]);
    self_changing();
    flushing();
    return check_done();
}
