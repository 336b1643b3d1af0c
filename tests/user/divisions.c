/*
 * Divisions that fail: by 0, or because the quotient has no room. The processor does not say which;
 * EXCEPTION_INT_DIVIDE_BY_ZERO and EXCEPTION_INT_OVERFLOW do, wherever the divisor is.
 */
#include <windows.h>
#include "crt/check.h"
#include "frames.h"

#define WORDS 128

static ULONG area[WORDS]; /* of one divisor */
#define MIDDLE (&area[WORDS / 2])

/* Divide a dividend that is too large for every divisor but 0. ebx, ebp, esi: the middle of the
 * area, ecx: 2, edi: 300 bytes behind it. */
#define DIVISION(name, text)                                                           \
    static void name(void)                                                             \
    {                                                                                  \
        __asm__ volatile("pushl %%ebp; movl %%ebx, %%ebp; movl $0x8000FFFF, %%eax; "   \
                         "movl $-1, %%edx; " text "; popl %%ebp"                       \
                         :                                                             \
                         : "b"(MIDDLE), "c"(2), "S"(MIDDLE), "D"((char *)MIDDLE + 300) \
                         : "eax", "edx", "cc", "memory");                              \
    }

DIVISION(in_register, "movl (%%ebx), %%ecx; divl %%ecx")
DIVISION(in_edi, "movl (%%ebx), %%edi; divl %%edi")
DIVISION(in_cx, "movl (%%ebx), %%ecx; divw %%cx")
DIVISION(in_cl, "movl (%%ebx), %%ecx; divb %%cl")
DIVISION(in_bh, "movl (%%ebx), %%ebx; shll $8, %%ebx; divb %%bh")
DIVISION(of_8_bits, "divb (%%ebx)")
DIVISION(of_16_bits, "divw (%%ebx)")
DIVISION(absolute, "divl _area+4")
DIVISION(at_displacement, "divl 4(%%ebx)")
DIVISION(at_negative_displacement, "divl -4(%%ebx)")
DIVISION(at_far_displacement, "divl -300(%%edi)")
DIVISION(by_ebp, "divl (%%ebp)")
DIVISION(by_base_and_index, "divl (%%ebx,%%ecx)")
DIVISION(by_scaled_index, "divl -8(%%ebx,%%ecx,4)")
DIVISION(by_index_alone, "divl _area(,%%ecx,8)")
DIVISION(by_ebp_and_index, "divl 8(%%ebp,%%ecx,2)")
DIVISION(on_the_stack, "pushl (%%ebx); divl (%%esp)")
DIVISION(up_the_stack, "pushl (%%ebx); pushl $0; divl 4(%%esp)")
DIVISION(in_the_teb, "movl (%%ebx), %%ecx; movl %%ecx, %%fs:0x14; divl %%fs:0x14")
DIVISION(with_prefixes, "movl (%%ebx), %%ecx; .byte 0x3E, 0x2E; divl 4(%%ebx)")

/* clang-format off */
static const struct {
    const char *name;
    void (*divide)(void);
    ULONG zero, other; /* divisors */
} forms[] = {
    {"in a register", in_register, 0, 1},
    {"in edi", in_edi, 0, 0x7FFFFFFF},
    {"in cx", in_cx, 0x10000, 1},
    {"in cl", in_cl, 0xFFFFFF00, 0xF0},
    {"in bh", in_bh, 0xFFFFFF00, 1},
    {"of 8 bits", of_8_bits, 0xFFFFFF00, 1},
    {"of 16 bits", of_16_bits, 0xFFFF0000, 1},
    {"absolute", absolute, 0, 1},
    {"at a displacement", at_displacement, 0, 1},
    {"at a negative displacement", at_negative_displacement, 0, 1},
    {"at a far displacement", at_far_displacement, 0, 1},
    {"by ebp", by_ebp, 0, 1},
    {"by a base and an index", by_base_and_index, 0, 0x10001},
    {"by a scaled index", by_scaled_index, 0, 1},
    {"by an index alone", by_index_alone, 0, 1},
    {"by ebp and an index", by_ebp_and_index, 0, 1},
    {"on the stack", on_the_stack, 0, 1},
    {"up the stack", up_the_stack, 0, 1},
    {"in the TEB", in_the_teb, 0, 1},
    {"with prefixes", with_prefixes, 0, 1},
};
/* clang-format on */

static LONG take(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)record;
    (void)context;
    return EXCEPTION_EXECUTE_HANDLER;
}

/* => the exception that DIVIDE causes, all divisors being DIVISOR; 0: none. */
static DWORD code_of(void (*divide)(void), ULONG divisor)
{
    for (int i = 0; i < WORDS; i++)
        area[i] = divisor;
    return code_taken(take, divide);
}

static volatile int dividend = INT_MIN, divisor = -1, quotient;

static void divide_in_c(void)
{
    quotient = dividend / divisor;
}

int main(void)
{
    char name[64];

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        sprintf(name, "0 %s", forms[i].name);
        check_int_(name, code_of(forms[i].divide, forms[i].zero), EXCEPTION_INT_DIVIDE_BY_ZERO);
        sprintf(name, "no room %s", forms[i].name);
        check_int_(name, code_of(forms[i].divide, forms[i].other), EXCEPTION_INT_OVERFLOW);
    }
    CHECK_INT(code_of(divide_in_c, 0), EXCEPTION_INT_OVERFLOW);
    return check_done();
}
