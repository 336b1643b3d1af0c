/*
 * The stack pointer anywhere, and then whatever makes the kernel look at it: an exception, a push,
 * a service by INT 2Eh and by SYSENTER, an interrupt, an APC. Where nothing can be written there is
 * nowhere to handle an exception, and the process ends by it; where something can, it is handled.
 */
#include "hostile.h"

typedef void (*deed)(void);

static ULONG_PTR stack_pointer;
static volatile ULONG stack_result;

/* ---- places -------------------------------------------------------------------------------------
 */

static ULONG_PTR memory(DWORD protect)
{
    DWORD old;
    char *at = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);

    memset(at, 0x11, 2 * PAGE);
    VirtualProtect(at, 2 * PAGE, protect, &old);
    return (ULONG_PTR)at + PAGE + 0x800;
}

static ULONG_PTR read_only(void)
{
    return memory(PAGE_READONLY);
}

static ULONG_PTR no_access(void)
{
    return memory(PAGE_NOACCESS);
}

/* Room for a part of what has to be written there. */
static ULONG_PTR too_little_room(void)
{
    return memory(PAGE_READWRITE) - PAGE - 0x700;
}

static ULONG_PTR only_reserved(void)
{
    return (ULONG_PTR)VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_READWRITE) + 0x800;
}

static ULONG_PTR own_code(void)
{
    return (ULONG_PTR)own_code + 0x20;
}

static const struct {
    const char *name;
    ULONG_PTR at;
    ULONG_PTR (*place)(void);
} places[] = {
    {"null", 0, NULL},
    {"3", 3, NULL},
    {"the first page", 0x1000, NULL},
    {"shared data", MM_SHARED_USER_DATA + 0x800, NULL},
    {"the end of user space", MM_HIGHEST_USER_ADDRESS + 1u, NULL},
    {"behind it", MM_HIGHEST_USER_ADDRESS + 0x101u, NULL},
    {"the system", MM_SYSTEM_RANGE_START + 0x1000u, NULL},
    {"the page tables", PTE_BASE + 0x1000u, NULL},
    {"the page directory", PDE_BASE + 0xC00u, NULL},
    {"hyperspace", HYPER_SPACE + 0x1000u, NULL},
    {"the kernel's data", KERNEL_BASE + KERNEL_PHYSICAL + 0x80000u, NULL},
    {"the PFN database", MM_PFN_DATABASE + 0x1000u, NULL},
    {"the last word", 0xFFFFFFFC, NULL},
    {"the last byte", 0xFFFFFFFF, NULL},
    {"read-only memory", 0, read_only},
    {"memory without access", 0, no_access},
    {"the beginning of memory", 0, too_little_room},
    {"reserved memory", 0, only_reserved},
    {"the program's code", 0, own_code},
};

/* ---- deeds: with esp = stack_pointer from here on
 * ------------------------------------------------
 */

static void illegal(void)
{
    __asm__ volatile("movl %0, %%esp; ud2" : : "m"(stack_pointer));
}

static void privileged(void)
{
    __asm__ volatile("movl %0, %%esp; hlt" : : "m"(stack_pointer));
}

static void fault(void)
{
    __asm__ volatile("movl %0, %%esp; movl $0, 0x40" : : "m"(stack_pointer));
}

static void push(void)
{
    __asm__ volatile("movl %0, %%esp; 1: pushl $0; jmp 1b" : : "m"(stack_pointer));
}

/* A service needs no stack if its arguments are elsewhere; then the process says how it went. */
static void service(void)
{
    __asm__ volatile("movl %0, %%esp; xorl %%eax, %%eax; movl $0x7FFE0000, %%edx; int $0x2E\n\t"
                     "testl %%eax, %%eax; jnz 1f; ud2; 1: hlt"
                     :
                     : "m"(stack_pointer)
                     : "eax", "edx");
}

/* SYSENTER goes on by a return from where edx says. */
static void fast_service(void)
{
    __asm__ volatile("movl %0, %%edx; xorl %%eax, %%eax; sysenter" : : "m"(stack_pointer));
}

/* .. and takes the arguments from there. */
static void fast_service_with_arguments(void)
{
    __asm__ volatile("movl %0, %%edx; movl $1, %%eax; sysenter" : : "m"(stack_pointer));
}

/* No service has this number. */
static void no_service(void)
{
    __asm__ volatile("movl %0, %%esp; movl $0x1234, %%eax; xorl %%edx, %%edx; int $0x2E\n\t"
                     "cmpl $0xC000001C, %%eax; jne 1f; ud2; 1: hlt"
                     :
                     : "m"(stack_pointer)
                     : "eax", "edx");
}

/* Arguments of INT 2Eh where the stack is: NtClose has one. */
static void service_with_arguments(void)
{
    __asm__ volatile("movl %0, %%esp; movl $12, %%eax; movl %%esp, %%edx; int $0x2E\n\t"
                     "testl %%eax, %%eax; jns 1f; ud2; 1: hlt"
                     :
                     : "m"(stack_pointer)
                     : "eax", "edx");
}

/* Until the clock has interrupted twice: KUSER_SHARED_DATA's InterruptTime. */
static void interrupts(void)
{
    __asm__ volatile("movl %0, %%esp; movl $2, %%ecx\n\t"
                     "1: movl 0x7FFE0008, %%eax\n"
                     "2: cmpl 0x7FFE0008, %%eax; je 2b\n\t"
                     "decl %%ecx; jnz 1b; ud2"
                     :
                     : "m"(stack_pointer)
                     : "eax", "ecx");
}

static void NTAPI apc(ULONG_PTR unused)
{
    (void)unused;
    ExitProcess(99);
}

/* An APC waits; NtTestAlert, whose number is in its stub, takes it. */
static void with_apc(void)
{
    const UCHAR *stub = (const UCHAR *)(void *)tokos_service("NtTestAlert");
    ULONG number;

    memcpy(&number, stub + 1, sizeof(number)); /* mov eax, number */
    QueueUserAPC(apc, GetCurrentThread(), 0);
    __asm__ volatile("movl %0, %%esp; int $0x2E; hlt" : : "m"(stack_pointer), "a"(number));
}

static const struct {
    const char *name;
    deed act;
    NTSTATUS ends; /* how, where nothing can be written */
} deeds[] = {
    {"an illegal instruction", illegal, STATUS_ILLEGAL_INSTRUCTION},
    {"a privileged instruction", privileged, STATUS_PRIVILEGED_INSTRUCTION},
    {"a fault", fault, STATUS_ACCESS_VIOLATION},
    {"push", push, STATUS_ACCESS_VIOLATION},
    {"int 2E", service, STATUS_ILLEGAL_INSTRUCTION},
    {"int 2E of no service", no_service, STATUS_ILLEGAL_INSTRUCTION},
    {"int 2E with arguments there", service_with_arguments, STATUS_ILLEGAL_INSTRUCTION},
    {"sysenter", fast_service, STATUS_ACCESS_VIOLATION},
    {"sysenter with arguments there", fast_service_with_arguments, STATUS_ACCESS_VIOLATION},
    {"interrupts", interrupts, STATUS_ILLEGAL_INSTRUCTION},
    {"an APC", with_apc, STATUS_ACCESS_VIOLATION},
};

static void do_it(unsigned place, unsigned i)
{
    stack_pointer = places[place].place ? places[place].place() : places[place].at;
    deeds[i].act();
}

static void nowhere(void)
{
    char words[32];

    for (unsigned i = 0; i < COUNT(deeds); i++) {
        for (unsigned place = 0; place < COUNT(places); place++) {
            sprintf(words, "%u %u", place, i);
            DWORD code = exit_code_of(words);
            if (code == (DWORD)deeds[i].ends)
                continue;
            wrong++;
            printf("# %s: %08lX\n", places[place].name, code);
        }
        check_all(deeds[i].name);
    }
}

/* ---- stacks that are as good as another
 * ----------------------------------------------------------
 */

static ULONG_PTR old_stack;

/* Back to the old stack, behind the instruction. */
static LONG CALLBACK come_back(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;

    stack_result = context->Esp;
    if (pointers->ExceptionRecord->ExceptionCode != (DWORD)STATUS_ILLEGAL_INSTRUCTION)
        return EXCEPTION_CONTINUE_SEARCH;
    context->Esp = (DWORD)old_stack;
    context->Eip += 2;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static ULONG_PTR raise_at(ULONG_PTR at)
{
    stack_result = 0;
    stack_pointer = at;
    __asm__ volatile("movl %%esp, %0; movl %1, %%esp; ud2"
                     : "=m"(old_stack)
                     : "m"(stack_pointer)
                     : "memory");
    return stack_result;
}

static void elsewhere(void)
{
    void *handler = AddVectoredExceptionHandler(TRUE, come_back);
    char *other = VirtualAlloc(NULL, 0x10000, MEM_COMMIT, PAGE_READWRITE);
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x10000, NULL);
    char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);

    for (ULONG_PTR i = 0; i < 8; i++) {
        ULONG_PTR at = (ULONG_PTR)other + 0x8000 + i;
        wrong += raise_at(at) != at;
    }
    check_all("an exception on other memory, aligned or not");
    CHECK_INT(raise_at((ULONG_PTR)view + 0x10000), (ULONG_PTR)view + 0x10000);
    ULONG_PTR limit = (ULONG_PTR)((NT_TIB *)NtCurrentTeb())->StackLimit;
    CHECK_INT(raise_at(limit + 0x101), limit + 0x101); /* and over the guard page, by growing */
    CHECK((ULONG_PTR)((NT_TIB *)NtCurrentTeb())->StackLimit < limit);
    RemoveVectoredExceptionHandler(handler);
    VirtualFree(other, 0, MEM_RELEASE);
    UnmapViewOfFile(view);
    CloseHandle(section);
}

int main(int count, char **words)
{
    if (count > 2) {
        do_it((unsigned)atoi(words[1]), (unsigned)atoi(words[2]));
        return 98;
    }
    elsewhere();
    exit_code_of("0 0");
    struct tokos_counters before = kernel_counters();
    nowhere();
    check_nothing_lost(&before);
    return check_done();
}
