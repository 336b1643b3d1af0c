/*
 * What it costs to write beside code that runs. A loop of generated code stores into memory: in its
 * own page, or in another. It is the same loop, and nothing that it changes is ever run.
 */
#include <stdio.h>
#include <string.h>
#include "user/programs/codegen/codegen.h"

#define STORES 20000u

/* again: mov [eax], ecx; dec ecx; jnz again; ret */
static const unsigned char loop[] = {0x89, 0x08, 0x49, 0x75, 0xFB, 0xC3};

static void run_loop(char *at, char *target)
{
    unsigned left = STORES;

    __asm__ volatile("call *%2" : "+c"(left) : "a"(target), "r"(at) : "memory", "cc");
}

/* => nanoseconds a store. */
static unsigned long time_loop(char *at, char *target)
{
    LARGE_INTEGER begin, end, frequency;

    run_loop(at, target);
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&begin);
    run_loop(at, target);
    QueryPerformanceCounter(&end);
    return (unsigned long)((end.QuadPart - begin.QuadPart) * 1000000000 / frequency.QuadPart /
                           STORES);
}

void codegen_cost(void)
{
    char *at =
        VirtualAlloc(NULL, 2 * TOKOS_PAGE_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);

    memcpy(at, loop, sizeof(loop));
    printf("nanoseconds a store, of %u\n", STORES);
    printf("  into another page            %6lu\n", time_loop(at, at + TOKOS_PAGE_BYTES));
    printf("  into the page of the loop    %6lu\n", time_loop(at, at + TOKOS_PAGE_BYTES / 2));
    printf("  close behind the loop        %6lu\n", time_loop(at, at + 16));
    VirtualFree(at, 0, MEM_RELEASE);
}
