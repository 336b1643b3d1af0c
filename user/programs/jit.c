/*
 * jit: compiles an expression of x to machine code while it runs, and calls it. The code is written
 * to pages that can be written, and run from pages that cannot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "user/programs/jit/jit.h"
#include "user/tokos/tokos.h"

#define CODE_BYTES 0x10000u

static const char help[] =
    "usage: jit [-n] EXPRESSION [FIRST LAST]\n"
    "Compiles an expression of whole numbers, x, + - * and parentheses, and prints its code, its\n"
    "values from x = FIRST to LAST (0 to 5), and the page faults that each part took.\n"
    "  -n  do not flush the instruction cache before the code is called\n";

static struct tokos_counters before, after;

/* The page faults since the last time. */
static void print_faults(const char *name)
{
    tokos_query_counters(&after);
    printf("%-28s %lu faults:", name,
           (unsigned long)(after.process_faults - before.process_faults));
    for (uint32_t i = 0; i < after.fault_kinds; i++)
        if (after.faults[i] != before.faults[i])
            printf(" %s %u", after.fault_names[i], (unsigned)(after.faults[i] - before.faults[i]));
    printf("\n");
    tokos_query_counters(&before);
}

static void print_code(const unsigned char *code, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 16) {
        printf("  %p ", (const void *)(code + i));
        for (size_t j = i; j < bytes && j < i + 16; j++)
            printf(" %02x", code[j]);
        printf("\n");
    }
}

static int fail(const char *text, const char *error, const char *where)
{
    fprintf(stderr, "jit: %s: %s\n     %*s^\n", text, error, (int)(where - text), "");
    return 2;
}

/* The faults are those of the first call. */
static void run(jit_function function, int first, int last)
{
    function(first);
    print_faults("call it");
    for (long long x = first; x <= last; x++)
        printf("  x = %d: %d\n", (int)x, function((int)x));
}

static int compile_and_run(const char *text, int first, int last, BOOL flush)
{
    const char *error, *where;
    DWORD old;

    tokos_query_counters(&before);
    print_faults("nothing yet"); /* what printing needs */
    unsigned char *code = VirtualAlloc(NULL, CODE_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    print_faults("allocate 16 pages");
    size_t bytes = jit_compile(text, code, CODE_BYTES, &error, &where);
    if (!bytes)
        return fail(text, error, where);
    print_faults("write the code");
    VirtualProtect(code, CODE_BYTES, PAGE_EXECUTE_READ, &old);
    print_faults("let it be run, not written");
    if (flush) {
        FlushInstructionCache(GetCurrentProcess(), code, bytes);
        print_faults("flush");
    }
    run((jit_function)(void *)code, first, last);
    printf("%u bytes of code:\n", (unsigned)bytes);
    print_code(code, bytes);
    VirtualFree(code, 0, MEM_RELEASE);
    return 0;
}

int main(int argc, char **argv)
{
    BOOL flush = TRUE;

    if (argc > 1 && !strcmp(argv[1], "-n")) {
        flush = FALSE;
        argc--, argv++;
    }
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return fputs(help, stdout), 0;
    if (argc != 2 && argc != 4)
        return fputs(help, stderr), 2;
    return argc == 2 ? compile_and_run(argv[1], 0, 5, flush)
                     : compile_and_run(argv[1], atoi(argv[2]), atoi(argv[3]), flush);
}
