/*
 * Addresses of the kernel, touched directly: each region, by each kind of access that instructions
 * have. Each is an access violation that says what was tried and where, whether there is memory or
 * not: a program cannot even learn that.
 */
#include "hostile.h"

static UCHAR buffer[64] __attribute__((aligned(64)));

#define ACCESS(name, code)                                              \
    static void name(ULONG_PTR at)                                      \
    {                                                                   \
        __asm__ volatile(code                                           \
                         :                                              \
                         : "d"(at), "b"(buffer)                         \
                         : "eax", "ecx", "esi", "edi", "memory", "cc"); \
    }

/* clang-format off */
ACCESS(read_byte, "movb (%%edx), %%al")
ACCESS(read_long, "movl (%%edx), %%eax")
ACCESS(read_float, "fildl (%%edx)")
ACCESS(read_string, "movl %%edx, %%esi; lodsb")
ACCESS(compare_string, "movl %%edx, %%esi; movl %%ebx, %%edi; movl $8, %%ecx; repe cmpsb")
ACCESS(copy_from, "movl %%edx, %%esi; movl %%ebx, %%edi; movl $8, %%ecx; rep movsb")
ACCESS(jump_through, "jmp *(%%edx)")
ACCESS(call_through, "call *(%%edx)")
ACCESS(push_from, "pushl (%%edx); popl %%eax")
ACCESS(bit_test, "btl $0, (%%edx)")
ACCESS(write_byte, "movb $0x55, (%%edx)")
ACCESS(write_long, "movl $0, (%%edx)")
ACCESS(write_float, "fldz; fstps (%%edx); fninit")
ACCESS(write_string, "movl %%edx, %%edi; movl $8, %%ecx; rep stosb")
ACCESS(copy_to, "movl %%ebx, %%esi; movl %%edx, %%edi; movl $8, %%ecx; rep movsb")
ACCESS(pop_to, "pushl $0; popl (%%edx)")
ACCESS(add_to, "addl $1, (%%edx)")
ACCESS(or_to, "lock orl $4, (%%edx)")
ACCESS(exchange, "xchgl %%eax, (%%edx)")
ACCESS(compare_exchange, "xorl %%eax, %%eax; lock cmpxchgl %%ecx, (%%edx)")
ACCESS(bit_set, "lock btsl $2, (%%edx)")
ACCESS(save_state, "fnsave (%%edx)")
ACCESS(store_table, "str (%%edx)")
/* clang-format on */

/* Processors say of what reads and writes that it writes; QEMU reads first. */
#define EITHER 2
/* Where UMIP is on, the instruction is privileged, wherever it would write. */
#define TABLE 3

static const struct {
    const char *name;
    void (*act)(ULONG_PTR);
    ULONG access; /* ExceptionInformation[0]; or one of those above */
    UCHAR bytes;  /* how far it reaches: not across FFFFFFFF */
} accesses[] = {
    {"read a byte", read_byte, 0, 1},
    {"read a word", read_long, 0, 4},
    {"read a number", read_float, 0, 4},
    {"read a string", read_string, 0, 1},
    {"compare strings", compare_string, 0, 1},
    {"copy from", copy_from, 0, 1},
    {"jump through", jump_through, 0, 4},
    {"call through", call_through, 0, 4},
    {"push", push_from, 0, 4},
    {"test a bit", bit_test, 0, 4},
    {"write a byte", write_byte, 1, 1},
    {"write a word", write_long, 1, 4},
    {"write a number", write_float, 1, 4},
    {"write a string", write_string, 1, 1},
    {"copy to", copy_to, 1, 1},
    {"pop", pop_to, 1, 4},
    {"add", add_to, EITHER, 4},
    {"or, locked", or_to, EITHER, 4},
    {"exchange", exchange, EITHER, 4},
    {"compare and exchange", compare_exchange, EITHER, 4},
    {"set a bit", bit_set, EITHER, 4},
    {"save the floating-point state", save_state, 1, 108},
    {"store the task's selector", store_table, TABLE, 2},
};

static int is_right(ULONG access, ULONG_PTR at)
{
    if (access == EITHER)
        return violated(0, at) || violated(1, at);
    if (access == TABLE && has_umip())
        return caught.ExceptionCode == (DWORD)STATUS_PRIVILEGED_INSTRUCTION &&
               caught.NumberParameters == 0;
    return violated(access == TABLE ? 1 : access, at);
}

static void each_access(void)
{
    for (unsigned i = 0; i < COUNT(accesses); i++) {
        for (unsigned place = 0; place < COUNT(kernel_places); place++) {
            ULONG_PTR at = kernel_places[place].at;
            if (at > 0xFFFFFFFFu - (accesses[i].bytes - 1u))
                continue;
            exception_of(accesses[i].act, at);
            __asm__ volatile("fninit");
            expect(is_right(accesses[i].access, at), kernel_places[place].name);
        }
        check_all(accesses[i].name);
    }
}

/* Every 256 KB of the upper half, its first byte and its last. */
static void everywhere(void)
{
    const ULONG step = 0x40000;

    for (ULONG at = MM_SYSTEM_RANGE_START; at; at += step) {
        exception_of(read_byte, at);
        expect(violated(0, at), "read");
        exception_of(write_byte, at + step - 1);
        expect(violated(1, at + step - 1), "write");
    }
    check_all("the whole of the upper half");
}

/* A word of which only the last byte is the kernel's, and one that goes round. */
static void across(void)
{
    static const ULONG_PTR at[] = {MM_HIGHEST_USER_ADDRESS - 2u, MM_SYSTEM_RANGE_START - 3u};

    for (unsigned i = 0; i < COUNT(at); i++) {
        exception_of(read_long, at[i]);
        expect(caught.ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION &&
                   caught.ExceptionInformation[1] - at[i] < 4,
               "across");
        exception_of(write_long, at[i]);
        expect(caught.ExceptionCode == (DWORD)STATUS_ACCESS_VIOLATION &&
                   caught.ExceptionInformation[0] == 1 &&
                   caught.ExceptionInformation[1] - at[i] < 4,
               "across");
    }
    check_all("across the end of user space");
}

/* How long it takes must not tell either; but what it counts as does: all are the same fault. */
static void all_are_the_same(void)
{
    struct tokos_counters before, after;
    unsigned kinds = 0;

    for (unsigned place = 0; place < COUNT(kernel_places); place++) {
        before = kernel_counters();
        exception_of(read_byte, kernel_places[place].at);
        after = kernel_counters();
        for (unsigned kind = 0; kind < after.fault_kinds; kind++)
            if (after.faults[kind] != before.faults[kind])
                kinds |= 1u << kind;
        wrong += after.available_pages != before.available_pages;
    }
    check_all("no page comes by it");
    CHECK_INT(kinds & (kinds - 1), 0);
}

int main(void)
{
    each_access();
    everywhere();
    across();
    all_are_the_same();
    return check_done();
}
