/*
 * Instructions that are not the program's: each is put into a page and run, and its exception is
 * compared whole - code, address, parameters. Privileged ones are STATUS_PRIVILEGED_INSTRUCTION;
 * a general protection fault for another reason is an access violation of an address that is not
 * known, FFFFFFFF, as on NT. QEMU 7.2 stops for the machine's debugger at F1 (ICEBP), raises
 * nothing for unmasked SSE exceptions, looks at no segment's limit, and lets lock stand before some
 * moves: those are left out.
 */
#include "hostile.h"

#define MOST_BYTES 16

static UCHAR *code; /* a page that can be run and written, and one behind it that cannot be read */

static void run(ULONG_PTR at)
{
    ((void (*)(void))at)();
}

/* What is run, padded with RET. */
static DWORD exception_of_bytes(const void *bytes, unsigned count)
{
    memset(code, 0xC3, MOST_BYTES + 8);
    memcpy(code, bytes, count);
    return exception_of(run, (ULONG_PTR)code);
}

struct instruction {
    const char *name;
    UCHAR count;
    UCHAR bytes[MOST_BYTES];
};

/* clang-format off */
static const struct instruction privileged[] = {
    {"hlt", 1, {0xF4}},
    {"cli", 1, {0xFA}},
    {"sti", 1, {0xFB}},
    {"in al, imm", 2, {0xE4, 0x60}},
    {"in eax, imm", 2, {0xE5, 0x60}},
    {"out imm, al", 2, {0xE6, 0xF4}},
    {"out imm, eax", 2, {0xE7, 0xF4}},
    {"in al, dx", 1, {0xEC}},
    {"in eax, dx", 1, {0xED}},
    {"in ax, dx", 2, {0x66, 0xED}},
    {"out dx, al", 1, {0xEE}},
    {"out dx, eax", 1, {0xEF}},
    {"insb", 1, {0x6C}},
    {"rep insd", 2, {0xF3, 0x6D}},
    {"outsb", 1, {0x6E}},
    {"rep outsd from fs", 3, {0xF3, 0x64, 0x6F}},
    {"outsb from ss", 2, {0x36, 0x6E}},
    {"outsb from es", 2, {0x26, 0x6E}},
    {"outsb from gs", 2, {0x65, 0x6E}},
    {"lldt ax", 3, {0x0F, 0x00, 0xD0}},
    {"ltr ax", 3, {0x0F, 0x00, 0xD8}},
    {"lgdt", 7, {0x0F, 0x01, 0x15, 0x00, 0x00, 0x40, 0x00}},
    {"lidt", 7, {0x0F, 0x01, 0x1D, 0x00, 0x00, 0x40, 0x00}},
    {"lmsw ax", 3, {0x0F, 0x01, 0xF0}},
    {"invlpg", 7, {0x0F, 0x01, 0x3D, 0x00, 0x00, 0x40, 0x00}},
    {"clts", 2, {0x0F, 0x06}},
    {"invd", 2, {0x0F, 0x08}},
    {"wbinvd", 2, {0x0F, 0x09}},
    {"mov eax, cr0", 3, {0x0F, 0x20, 0xC0}},
    {"mov eax, cr2", 3, {0x0F, 0x20, 0xD0}},
    {"mov eax, cr3", 3, {0x0F, 0x20, 0xD8}},
    {"mov eax, cr4", 3, {0x0F, 0x20, 0xE0}},
    {"mov cr0, eax", 3, {0x0F, 0x22, 0xC0}},
    {"mov cr3, eax", 3, {0x0F, 0x22, 0xD8}},
    {"mov cr4, eax", 3, {0x0F, 0x22, 0xE0}},
    {"mov eax, dr0", 3, {0x0F, 0x21, 0xC0}},
    {"mov eax, dr7", 3, {0x0F, 0x21, 0xF8}},
    {"mov dr0, eax", 3, {0x0F, 0x23, 0xC0}},
    {"mov dr7, eax", 3, {0x0F, 0x23, 0xF8}},
    {"wrmsr", 2, {0x0F, 0x30}},
    {"rdmsr", 2, {0x0F, 0x32}},
    {"sysexit", 2, {0x0F, 0x35}},
    {"hlt behind 14 prefixes", 15, {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0xF4}},
};

/* General protection faults, but not for what the instruction is. */
static const struct instruction protection[] = {
    {"16 bytes", 16, {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90}},
    {"16 bytes, the last one hlt", 16, {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0xF4}},
    {"a far jump to no segment", 7, {0xEA, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00}},
    {"a far jump to the kernel's code", 7, {0xEA, 0x00, 0x00, 0x90, 0xE0, 0x08, 0x00}},
    {"a far call of the kernel's code", 7, {0x9A, 0x00, 0x00, 0x90, 0xE0, 0x08, 0x00}},
    {"a far jump to the task", 7, {0xEA, 0x00, 0x00, 0x00, 0x00, 0x28, 0x00}},
    {"a far call of the double fault's task", 7, {0x9A, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00}},
    {"a far jump to a local descriptor", 7, {0xEA, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00}},
    {"a far call behind the table", 7, {0x9A, 0x00, 0x00, 0x00, 0x00, 0xF8, 0xFF}},
    {"iret to the kernel's code", 9, {0x9C, 0x6A, 0x08, 0x68, 0x00, 0x00, 0x90, 0xE0, 0xCF}},
    {"lret to the kernel's code", 8, {0x6A, 0x08, 0x68, 0x00, 0x00, 0x90, 0xE0, 0xCB}},
    {"iret to ring 2", 9, {0x9C, 0x6A, 0x1A, 0x68, 0x00, 0x00, 0x40, 0x00, 0xCF}},
};

static const struct instruction illegal[] = {
    {"ud2", 2, {0x0F, 0x0B}},
    {"mov cs, eax", 2, {0x8E, 0xC8}},
    {"mov from no segment", 2, {0x8C, 0xF0}},
    {"lea of a register", 2, {0x8D, 0xC0}},
    {"FF /7", 2, {0xFF, 0xF8}},
    {"FE /2", 2, {0xFE, 0xD0}},
    {"lds of a register", 2, {0xC5, 0xC0}},
    {"lgdt of a register", 3, {0x0F, 0x01, 0xD0}},
    {"0F 3F", 2, {0x0F, 0x3F}},
    {"rsm", 2, {0x0F, 0xAA}},
    {"sysret", 2, {0x0F, 0x07}},
    {"vmcall", 3, {0x0F, 0x01, 0xC1}},
};

static const struct instruction locked[] = {
    {"lock nop", 2, {0xF0, 0x90}},
    {"lock add eax, ecx", 3, {0xF0, 0x01, 0xC8}},
    {"lock cmp [esp], eax", 4, {0xF0, 0x39, 0x04, 0x24}},
    {"lock cmpxchg8b eax", 4, {0xF0, 0x0F, 0xC7, 0xC8}},
    {"lock behind another prefix", 3, {0x66, 0xF0, 0x90}},
};
/* clang-format on */

/* The offset in BYTES of the instruction that raises: behind what is pushed for it. */
static unsigned offset_of(const struct instruction *i)
{
    return i->bytes[0] == 0x9C || i->bytes[0] == 0x6A ? i->count - 1u : 0;
}

static void check_instructions(const struct instruction *instructions, unsigned count, DWORD status,
                               unsigned parameters, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        exception_of_bytes(instructions[i].bytes, instructions[i].count);
        expect(caught.ExceptionCode == status && caught.NumberParameters == parameters &&
                   (!parameters || (caught.ExceptionInformation[0] == 0 &&
                                    caught.ExceptionInformation[1] == NOT_KNOWN)) &&
                   caught.ExceptionAddress == code + offset_of(&instructions[i]) &&
                   caught_context.Eip == (DWORD)(ULONG_PTR)caught.ExceptionAddress,
               instructions[i].name);
    }
    check_all(name);
}

/* ---- interrupts by number -----------------------------------------------------------------------
 */

static void check_interrupt(unsigned n)
{
    const UCHAR bytes[2] = {0xCD, (UCHAR)n};
    char name[16];

    sprintf(name, "int %02X", n);
    DWORD status = exception_of_bytes(bytes, sizeof(bytes));
    if (n == 3)
        expect(status == (DWORD)STATUS_BREAKPOINT && caught.ExceptionAddress == code + 1 &&
                   caught.NumberParameters == 1 && caught.ExceptionInformation[0] == 0,
               name);
    else if (n == 4)
        expect(status == (DWORD)STATUS_INTEGER_OVERFLOW && caught.ExceptionAddress == code + 1 &&
                   caught_context.Eip == (DWORD)(ULONG_PTR)code + 2,
               name);
    else if (n == 0x2E)
        expect(status == 0, name); /* what it says is in eax */
    else
        expect(violated(0, NOT_KNOWN) && caught.ExceptionAddress == code, name);
}

static void interrupts(void)
{
    for (unsigned n = 0; n < 256; n++)
        check_interrupt(n);
    check_all("int 00 to FF: only 3, 4 and 2E are there");
}

/* ---- the program's own mistakes -----------------------------------------------------------------
 */

static void check_one(const char *name, const void *bytes, unsigned count, DWORD status)
{
    exception_of_bytes(bytes, count);
    expect(caught.ExceptionCode == status, name);
    check_all(name);
}

static void own_mistakes(void)
{
    static const LONG bounds[2] = {1, 2};
    UCHAR bound[] = {0x31, 0xC0, 0x62, 0x05, 0, 0, 0, 0}; /* xor eax, eax; bound eax, [..] */
    const LONG *at = bounds;

    memcpy(bound + 4, &at, sizeof(at));
    check_one("bound", bound, sizeof(bound), STATUS_ARRAY_BOUNDS_EXCEEDED);
    check_one("into", "\xB8\xFF\xFF\xFF\x7F\x40\xCE", 7, STATUS_INTEGER_OVERFLOW);
    CHECK_INT((UCHAR *)caught.ExceptionAddress - code, 6);
    check_one("into without overflow", "\x31\xC0\xCE", 3, 0);
    check_one("aam 0", "\xD4\x00", 2, STATUS_INTEGER_DIVIDE_BY_ZERO);
    check_one("int3", "\xCC", 1, STATUS_BREAKPOINT);
    CHECK_INT((UCHAR *)caught.ExceptionAddress - code, 0);
}

/* ---- the ends of memory -------------------------------------------------------------------------
 */

/* The first byte of an instruction is there, the next one is not: the kernel must not look at what
 * it cannot. */
static void at_the_end_of_a_page(void)
{
    static const UCHAR starts[] = {0x0F, 0x66, 0xF0, 0x64, 0xE4, 0xCD, 0x62};
    UCHAR *last = code + PAGE - 1;

    for (unsigned i = 0; i < sizeof(starts); i++) {
        *last = starts[i];
        exception_of(run, (ULONG_PTR)last);
        expect(violated(0, (ULONG_PTR)last + 1) && caught.ExceptionAddress == last,
               "the last byte");
    }
    check_all("an instruction that ends in a page that is not there");
    *last = 0xF4;
    CHECK_INT((NTSTATUS)exception_of(run, (ULONG_PTR)last), STATUS_PRIVILEGED_INSTRUCTION);
}

/* Jumps and calls to where the kernel is. */
static void calls_of_the_kernel(void)
{
    for (unsigned i = 0; i < COUNT(kernel_places); i++) {
        exception_of(run, kernel_places[i].at);
        expect(violated(0, kernel_places[i].at) &&
                   caught.ExceptionAddress == (void *)kernel_places[i].at,
               kernel_places[i].name);
    }
    check_all("code of the kernel is not the program's to run");
}

/* Where the kernel's tables are may be asked unless the processor has UMIP, but never be written
 * where the program may not write. */
static const struct instruction tables[] = {
    {"sgdt", 7, {0x0F, 0x01, 0x05}}, {"sidt", 7, {0x0F, 0x01, 0x0D}},
    {"sldt", 7, {0x0F, 0x00, 0x05}}, {"str", 7, {0x0F, 0x00, 0x0D}},
    {"smsw", 7, {0x0F, 0x01, 0x25}},
};

/* TABLES, to AT. */
static void store_tables(ULONG_PTR at, const char *name)
{
    const int privileged_now = has_umip(), forbidden = at > HIGHEST_USER;
    UCHAR bytes[7];

    for (unsigned i = 0; i < COUNT(tables); i++) {
        memcpy(bytes, tables[i].bytes, 3);
        memcpy(bytes + 3, &at, 4);
        DWORD status = exception_of_bytes(bytes, sizeof(bytes));
        if (privileged_now)
            expect(status == (DWORD)STATUS_PRIVILEGED_INSTRUCTION && caught.NumberParameters == 0 &&
                       caught.ExceptionAddress == code,
                   tables[i].name);
        else
            expect(forbidden ? violated(1, at) : status == 0, tables[i].name);
    }
    check_all(name);
}

static void store_all_tables(void)
{
    static UCHAR table[8];

    store_tables((ULONG_PTR)table, "sgdt, sidt, sldt, str and smsw");
    store_tables(PTE_BASE, "the same into the page tables");
}

/* ---- floating-point -----------------------------------------------------------------------------
 */

static void floating(void)
{
    /* fninit; fldcw [..], unmasking one; what causes it; fwait */
    static const struct {
        const char *name;
        USHORT control;
        UCHAR count, bytes[8];
        DWORD status;
    } cases[] = {
        {"1 / 0", 0x37B, 6, {0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9}, STATUS_FLOAT_DIVIDE_BY_ZERO},
        {"0 / 0", 0x37E, 6, {0xD9, 0xEE, 0xD9, 0xEE, 0xDE, 0xF9}, STATUS_FLOAT_INVALID_OPERATION},
        {"1 / 3",
         0x35F,
         8,
         {0xD9, 0xE8, 0xD9, 0xEB, 0xDE, 0xF9, 0x90, 0x90},
         STATUS_FLOAT_INEXACT_RESULT},
    };
    UCHAR bytes[MOST_BYTES + 4];
    static USHORT control;
    const USHORT *at = &control;

    for (unsigned i = 0; i < COUNT(cases); i++) {
        const UCHAR begin[] = {0xDB, 0xE3, 0xD9, 0x2D};
        control = cases[i].control;
        memcpy(bytes, begin, 4);
        memcpy(bytes + 4, &at, 4);
        memcpy(bytes + 8, cases[i].bytes, cases[i].count);
        bytes[8 + cases[i].count] = 0x9B;
        exception_of_bytes(bytes, 9u + cases[i].count);
        __asm__ volatile("fninit");
        expect(caught.ExceptionCode == cases[i].status, cases[i].name);
    }
    check_all("unmasked floating-point exceptions");
}

int main(void)
{
    DWORD old;

    code = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    VirtualProtect(code + PAGE, PAGE, PAGE_NOACCESS, &old);
    check_instructions(privileged, COUNT(privileged), STATUS_PRIVILEGED_INSTRUCTION, 0,
                       "privileged instructions");
    check_instructions(protection, COUNT(protection), STATUS_ACCESS_VIOLATION, 2,
                       "general protection");
    check_instructions(illegal, COUNT(illegal), STATUS_ILLEGAL_INSTRUCTION, 0,
                       "instructions that there are not");
    check_instructions(locked, COUNT(locked), STATUS_INVALID_LOCK_SEQUENCE, 0,
                       "lock where nothing can be locked");
    interrupts();
    own_mistakes();
    at_the_end_of_a_page();
    calls_of_the_kernel();
    store_all_tables();
    floating();
    return check_done();
}
