/*
 * peek: reads a byte at addresses, of anybody's, as a program would, and says what the processor
 * had to look up for it: where the address's entries are in the self-map, what they hold, and the
 * faults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "user/tokos/tokos.h"

#define TABLES          0xC0000000u /* where the self-map has the page tables */
#define VIOLATION       (-1)
#define LOAD_BYTES      3 /* of the instruction peek_load */
#define SEPARATOR(text) (*(text) ? ", " : "")

/* => the byte at AT, or VIOLATION. */
int peek_read(const void *at) __asm__("peek_read");
extern const char peek_load[] __asm__("peek_load");
__asm__(".text\n"
        "peek_read: movl 4(%esp), %edx\n"
        "peek_load: movzbl (%edx), %eax\n"
        "ret\n");

/* What the load cannot read is VIOLATION. */
static LONG CALLBACK skip_load(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;

    if (context->Eip != (DWORD)(ULONG_PTR)peek_load)
        return EXCEPTION_CONTINUE_SEARCH;
    context->Eax = (DWORD)VIOLATION;
    context->Eip += LOAD_BYTES;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* The page's entry is number va >> 12 of the array of all. */
static DWORD pte_address(DWORD va)
{
    return TABLES + (va >> 12) * 4;
}

static void describe_faults(const struct tokos_counters *before, const struct tokos_counters *after,
                            char *text, size_t bytes)
{
    size_t used = 0;

    *text = 0;
    for (uint32_t i = 0; i < after->fault_kinds && used < bytes; i++)
        if (after->faults[i] != before->faults[i])
            used += (size_t)snprintf(text + used, bytes - used, "%s%s", SEPARATOR(text),
                                     after->fault_names[i]);
}

static void print_entry(BOOL known, DWORD entry)
{
    if (known)
        printf(" %08lx", entry);
    else
        printf(" %-8s", "?");
}

static void peek(DWORD va)
{
    static struct tokos_counters before, after;
    struct tokos_page page;
    char faults[64];

    tokos_query_counters(&before);
    int value = peek_read((const void *)(ULONG_PTR)va);
    tokos_query_counters(&after);
    BOOL known = tokos_query_page(GetCurrentProcess(), (const void *)(ULONG_PTR)va, &page);
    describe_faults(&before, &after, faults, sizeof(faults));
    printf("%08lx %08lx", va, pte_address(pte_address(va)));
    print_entry(known, page.pde);
    printf(" %08lx", pte_address(va));
    print_entry(known, page.pte);
    if (value == VIOLATION)
        printf(" %-16s %s\n", "access violation", faults);
    else
        printf(" %-16.2x %s\n", (unsigned)value, *faults ? faults : "-");
}

static int usage(void)
{
    fprintf(stderr, "usage: peek ADDRESS...\n"
                    "Reads a byte at each address (hexadecimal).\n");
    return 2;
}

int main(int argc, char **argv)
{
    SYSTEM_INFO system;

    if (argc < 2)
        return usage();
    for (int i = 1; i < argc; i++)
        if (!*argv[i] || argv[i][strspn(argv[i], "0123456789abcdefABCDEF")] || strlen(argv[i]) > 8)
            return usage();
    AddVectoredExceptionHandler(1, skip_load);
    peek_read(NULL); /* what an exception needs is touched before faults are shown */
    GetSystemInfo(&system);
    printf("user space ends at %p\n", system.lpMaximumApplicationAddress);
    printf("%-8s %-8s %-8s %-8s %-8s %-16s %s\n", "address", "PDE at", "holds", "PTE at", "holds",
           "reading it", "faults");
    for (int i = 1; i < argc; i++)
        peek(strtoul(argv[i], NULL, 16));
    return 0;
}
