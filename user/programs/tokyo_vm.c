/*
 * tokyo_vm: prints a recursive function's value for two numbers. Its code and its stack are not
 * there when it begins: it reserves the addresses and relies on whoever has started it to bring
 * each page when it is touched. Nobody does for a process that is started in the ordinary way, and
 * so that one ends with the first access violation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "user/programs/tokyo_vm/vm.h"
#include "user/tokos/faulting.h"

#define STACK_BYTES    0x200000u
#define LARGEST_NUMBER 0x7FFFFFFFul

__attribute__((section(FAULTING_SECTION), used)) static volatile struct faulting_program program = {
    .magic = FAULTING_MAGIC,
    .version = FAULTING_VERSION,
    .size = sizeof(program),
};

static int fail(const char *text)
{
    fprintf(stderr, "tokyo_vm: %s\n", text);
    return 1;
}

/* => whether TEXT is a decimal number that is not too large. */
static int read_number(const char *text, uint32_t *number)
{
    unsigned long value = strtoul(text, NULL, 10);

    *number = value;
    return *text && strspn(text, "0123456789") == strlen(text) && value <= LARGEST_NUMBER;
}

static char *reserve(uint32_t bytes)
{
    return VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS);
}

static int describe(struct vm *vm)
{
    uint32_t code_bytes = (uint32_t)(vm_code_end - vm_code);
    char *code = reserve(code_bytes), *stack = reserve(STACK_BYTES);

    program.code_source = (uint32_t)vm_code;
    program.code = (uint32_t)code;
    program.code_bytes = code_bytes;
    program.stack = (uint32_t)stack;
    program.stack_bytes = STACK_BYTES;
    *vm = (struct vm){.code = code, .top = stack + STACK_BYTES, .limit = stack + VM_FRAME};
    return code && stack;
}

int main(int argc, char **argv)
{
    struct vm vm;
    uint32_t m, n;

    if (argc != 3 || !read_number(argv[1], &m) || !read_number(argv[2], &n))
        return fail("needs two numbers, from 0 to 2147483647");
    if (!describe(&vm))
        return fail("there are no addresses left");
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); /* no window when it ends */
    uint32_t value = vm_enter(&vm, m, n);
    if (value == VM_TOO_DEEP) {
        fprintf(stderr, "tokyo_vm: f(%u, %u) recurses too deeply for a stack of %u KB\n",
                (unsigned)m, (unsigned)n, STACK_BYTES / 1024);
        return 2;
    }
    printf("f(%u, %u) = %u\n", (unsigned)m, (unsigned)n, (unsigned)value);
    return 0;
}
