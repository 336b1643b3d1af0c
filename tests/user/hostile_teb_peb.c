/*
 * The blocks that a thread and a process have in user space, spoilt in every way and then used: by
 * an exception, by a service, by the end of a thread and of the process. They are the program's own
 * and it may do to them what it likes; the process ends as it would have, or by the fault that its
 * own libraries take, and the kernel believes nothing that is in them.
 */
#include "hostile.h"

#define TEB_BYTES 0xFF8u

#define DONE     77u /* the child's exit code where nothing is wrong */
#define VIOLATED ((DWORD)STATUS_ACCESS_VIOLATION)
#define ILLEGAL  ((DWORD)STATUS_ILLEGAL_INSTRUCTION)
#define GUARDED  ((DWORD)STATUS_GUARD_PAGE_VIOLATION)

static UCHAR *teb(void)
{
    return (UCHAR *)NtCurrentTeb();
}

static UCHAR *peb(void)
{
    return *(UCHAR **)(void *)(teb() + 0x30);
}

static void put(UCHAR *at, ULONG value)
{
    *(ULONG *)(void *)at = value;
}

/* ---- how they are spoilt ------------------------------------------------------------------------
 */

static void fill(UCHAR *at, UCHAR value)
{
    for (unsigned i = 0; i < TEB_BYTES; i++)
        ((volatile UCHAR *)at)[i] = value;
}

static void teb_of_ones(void)
{
    fill(teb(), 0xFF);
}

static void teb_of_zeros(void)
{
    fill(teb(), 0);
}

static void teb_of_addresses(void)
{
    UCHAR *at = teb();

    for (unsigned i = 0; i < TEB_BYTES; i += 4)
        put(at + i, KERNEL_BASE + KERNEL_PHYSICAL + i);
}

static void peb_of_ones(void)
{
    fill(peb(), 0xFF);
}

static void peb_of_zeros(void)
{
    fill(peb(), 0);
}

static void both_of_ones(void)
{
    UCHAR *process = peb();

    fill(teb(), 0xFF);
    fill(process, 0xFF);
}

static void chain_in_the_kernel(void)
{
    put(teb(), PTE_BASE);
}

static void chain_unaligned(void)
{
    put(teb(), (ULONG)(ULONG_PTR)&chain_unaligned | 1);
}

static void chain_of_null(void)
{
    put(teb(), 0);
}

static void no_stack(void)
{
    put(teb() + 4, 0);
    put(teb() + 8, 0xFFFFFFFF);
}

static void stack_of_the_kernel(void)
{
    put(teb() + 4, 0xFFFFF000);
    put(teb() + 8, 0xE0900000);
}

static void self_is_elsewhere(void)
{
    put(teb() + 0x18, 0xC0300000);
}

static void peb_is_elsewhere(void)
{
    put(teb() + 0x30, 0xC0300000);
}

static void tls_in_the_kernel(void)
{
    put(teb() + 0x2C, 0xC0000000);
}

static void loader_in_the_kernel(void)
{
    put(peb() + 0x0C, 0xE0900000);
}

static void heap_in_the_kernel(void)
{
    put(peb() + 0x18, 0xE1000000);
}

static void no_segment(void)
{
    __asm__ volatile("xorl %%eax, %%eax; movl %%eax, %%fs" : : : "eax");
}

static void nothing(void)
{
}

/* What the libraries need for an exception is in the TEB, the kernel's growth of a stack needs its
 * limits, and ExitProcess all of it. */
enum need {
    BY_DISPATCHER,
    BY_STACK,
    BY_LIBRARY,
    BY_NOTHING
};

static const struct {
    const char *name;
    void (*spoil)(void);
    DWORD ends[BY_NOTHING]; /* how deeds end, by what they need */
} ways[] = {
    {"not at all", nothing, {ILLEGAL, DONE, DONE}},
    {"the TEB of ones", teb_of_ones, {VIOLATED, VIOLATED, VIOLATED}},
    {"the TEB of zeros", teb_of_zeros, {VIOLATED, VIOLATED, VIOLATED}},
    {"the TEB of addresses of the kernel", teb_of_addresses, {VIOLATED, VIOLATED, VIOLATED}},
    {"the PEB of ones", peb_of_ones, {ILLEGAL, DONE, VIOLATED}},
    {"the PEB of zeros", peb_of_zeros, {ILLEGAL, DONE, VIOLATED}},
    {"both of ones", both_of_ones, {VIOLATED, VIOLATED, VIOLATED}},
    {"handlers in the page tables", chain_in_the_kernel, {ILLEGAL, DONE, DONE}},
    {"handlers that are not aligned", chain_unaligned, {ILLEGAL, DONE, DONE}},
    {"handlers at 0", chain_of_null, {ILLEGAL, DONE, DONE}},
    {"a stack that ends before it begins", no_stack, {ILLEGAL, GUARDED, DONE}},
    {"a stack in the kernel", stack_of_the_kernel, {ILLEGAL, DONE, DONE}},
    {"a TEB elsewhere", self_is_elsewhere, {VIOLATED, DONE, VIOLATED}},
    {"a PEB elsewhere", peb_is_elsewhere, {ILLEGAL, DONE, VIOLATED}},
    {"thread-local storage in the kernel", tls_in_the_kernel, {ILLEGAL, DONE, DONE}},
    {"the loader's lists in the kernel", loader_in_the_kernel, {ILLEGAL, DONE, DONE}},
    {"the heap in the kernel", heap_in_the_kernel, {ILLEGAL, DONE, VIOLATED}},
    {"fs without a segment", no_segment, {ILLEGAL, DONE, VIOLATED}},
};

/* ---- what is done then: by services only, no library looks at the blocks
 * -------------------------
 */

static FARPROC terminate_process, terminate_thread, allocate;

static void end_process(ULONG code)
{
    const ULONG arguments[] = {(ULONG)-1, code};

    call(terminate_process, 2, arguments);
}

static void a_service(void)
{
    ULONG base = 0, size = 0x10000;
    const ULONG arguments[] = {(ULONG)-1,  (ULONG)(ULONG_PTR)&base, 0, (ULONG)(ULONG_PTR)&size,
                               MEM_COMMIT, PAGE_READWRITE};

    end_process(call(allocate, 6, arguments) == STATUS_SUCCESS && base ? DONE : 1);
}

static void an_exception(void)
{
    __asm__ volatile("ud2");
}

static void a_fault(void)
{
    *(volatile ULONG *)PTE_BASE = 0;
}

/* The stack grows by what the kernel finds in the TEB. */
static int deep(volatile char *above, int depth)
{
    volatile char room[0x700];

    room[0] = *above;
    return depth ? deep(room, depth - 1) + room[0] : 0;
}

static void a_deep_stack(void)
{
    volatile char top = 0;

    deep(&top, 40);
    end_process(DONE);
}

static void the_end_of_the_thread(void)
{
    const ULONG arguments[] = {(ULONG)-2, DONE};

    call(terminate_thread, 2, arguments);
}

static void the_end_of_the_process(void)
{
    end_process(DONE);
}

static void the_librarys_end(void)
{
    ExitProcess(DONE);
}

static const struct {
    const char *name;
    void (*act)(void);
    enum need need;
    DWORD ends; /* where it needs nothing */
} deeds[] = {
    {"a service", a_service, BY_NOTHING, DONE},
    {"an exception", an_exception, BY_DISPATCHER, 0},
    {"a fault", a_fault, BY_NOTHING, VIOLATED},
    {"the growth of the stack", a_deep_stack, BY_STACK, 0},
    {"the end of the only thread", the_end_of_the_thread, BY_NOTHING, DONE},
    {"the end of the process", the_end_of_the_process, BY_NOTHING, DONE},
    {"ExitProcess", the_librarys_end, BY_LIBRARY, 0},
};

static void ready(void)
{
    terminate_process = tokos_service("NtTerminateProcess");
    terminate_thread = tokos_service("NtTerminateThread");
    allocate = tokos_service("NtAllocateVirtualMemory");
}

static void spoilt(void)
{
    char words[32];

    for (unsigned i = 0; i < COUNT(deeds); i++) {
        for (unsigned way = 0; way < COUNT(ways); way++) {
            sprintf(words, "%u %u", way, i);
            DWORD code = exit_code_of(words);
            DWORD expected =
                deeds[i].need == BY_NOTHING ? deeds[i].ends : ways[way].ends[deeds[i].need];
            if (code == expected)
                continue;
            wrong++;
            printf("# %s: %08lX, expected %08lX\n", ways[way].name, code, expected);
        }
        check_all(deeds[i].name);
    }
}

/* ---- the blocks' memory -------------------------------------------------------------------------
 */

static void check_block(const char *name, void *block)
{
    void *base = block;
    SIZE_T size = PAGE;
    MEMORY_BASIC_INFORMATION info;
    DWORD old;

    for (int type = 0; type < 2; type++) {
        base = block, size = type ? 0 : PAGE;
        wrong += NT_SUCCESS(
            NtFreeVirtualMemory(THIS_PROCESS, &base, &size, type ? MEM_RELEASE : MEM_DECOMMIT));
    }
    wrong += NT_SUCCESS(NtUnmapViewOfSection(THIS_PROCESS, block));
    base = block, size = PAGE;
    wrong += NT_SUCCESS(
        NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE));
    VirtualProtect(block, PAGE, PAGE_NOACCESS, &old);
    VirtualProtect(block, PAGE, PAGE_READONLY, &old);
    VirtualQuery(block, &info, sizeof(info));
    if (info.State != MEM_COMMIT)
        wrong++;
    VirtualProtect(block, PAGE, PAGE_READWRITE, &old);
    check_all(name);
}

static void own_blocks(void)
{
    void *thread = teb(), *process = peb(), *shared = (void *)MM_SHARED_USER_DATA;
    MEMORY_BASIC_INFORMATION info;

    check_block("the TEB stays where it is", thread);
    check_block("the PEB stays where it is", process);
    check_block("the shared page stays where it is", shared);
    VirtualQuery(shared, &info, sizeof(info));
    CHECK_INT(info.Protect, PAGE_READONLY);
}

/* ---- a thread's end by what its TEB says --------------------------------------------------------
 */

#define TEB_STACK 0xE0Cu /* DeallocationStack */
#define TEB_FREE  0xF75u /* FreeStackOnTermination */

static ULONG stack_to_free;

static DWORD WINAPI free_another_stack(void *unused)
{
    (void)unused;
    put(teb() + TEB_STACK, stack_to_free);
    teb()[TEB_FREE] = 1;
    the_end_of_the_thread();
    return 0;
}

static void free_by_thread(ULONG_PTR at)
{
    stack_to_free = (ULONG)at;
    HANDLE thread = CreateThread(NULL, 0, free_another_stack, NULL, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static DWORD state_of(const void *at)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(at, &info, sizeof(info));
    return info.State;
}

static void stacks_that_are_none(void)
{
    void *own = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    const ULONG_PTR kept[] = {MM_PEB,
                              MM_SHARED_USER_DATA,
                              (ULONG_PTR)GetModuleHandleA(NULL),
                              (ULONG_PTR)GetModuleHandleA("ntdll.dll"),
                              (ULONG_PTR)teb(),
                              (ULONG_PTR)own + PAGE};

    for (unsigned i = 0; i < COUNT(kernel_places); i++)
        free_by_thread(kernel_places[i].at);
    for (unsigned i = 0; i < COUNT(kept); i++) {
        free_by_thread(kept[i]);
        expect(state_of((void *)kept[i]) == MEM_COMMIT, "memory that went");
    }
    check_all("a thread's end frees no memory that is no allocation");
    free_by_thread((ULONG_PTR)own);
    CHECK_INT(state_of(own), MEM_FREE); /* but what is one, as the program could itself */
}

static volatile int alive = 1;

static DWORD WINAPI without_teb(void *unused)
{
    (void)unused;
    DWORD old;
    UCHAR *own = teb();

    VirtualProtect(own, PAGE, PAGE_NOACCESS, &old);
    the_end_of_the_thread();
    return 0;
}

static void teb_without_access(void)
{
    HANDLE thread = CreateThread(NULL, 0, without_teb, NULL, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK(alive);
}

int main(int count, char **words)
{
    ready();
    if (count > 2) {
        ways[atoi(words[1])].spoil();
        deeds[atoi(words[2])].act();
        end_process(98);
    }
    own_blocks();
    stacks_that_are_none();
    teb_without_access();
    exit_code_of("0 0");
    struct tokos_counters before = kernel_counters();
    spoilt();
    check_nothing_lost(&before);
    return check_done();
}
