/* Faults that the program itself repairs, in a vectored handler that then continues. */
#include "tests/bench/user/win32.h"

#define PAGES 200u

static char *memory;
static PVOID handler;
static int good;

/* Each page is in memory, and none can be written. */
static void protect_all(DWORD protection)
{
    DWORD old;

    memory = commit(PAGES);
    touch(memory, PAGES);
    expect(VirtualProtect(memory, PAGES * PAGE, protection, &old), "protection");
}

static LONG CALLBACK repair_page(EXCEPTION_POINTERS *exception)
{
    DWORD old;

    VirtualProtect((void *)exception->ExceptionRecord->ExceptionInformation[1], 1, PAGE_READWRITE,
                   &old);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK repair_register(EXCEPTION_POINTERS *exception)
{
    exception->ContextRecord->Ecx = (DWORD)&good;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* The kernel has made an ordinary page of it by now. */
static LONG CALLBACK go_on(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void prepare_pages(void)
{
    protect_all(PAGE_READONLY);
    handler = AddVectoredExceptionHandler(1, repair_page);
}

static void prepare_guards(void)
{
    protect_all(PAGE_READWRITE | PAGE_GUARD);
    handler = AddVectoredExceptionHandler(1, go_on);
}

static void prepare_register(void)
{
    memory = NULL;
    handler = AddVectoredExceptionHandler(1, repair_register);
}

static void finish(void)
{
    RemoveVectoredExceptionHandler(handler);
    if (memory)
        release(memory, PAGES);
}

static void write_page(uint32_t sample)
{
    *(volatile char *)(memory + sample * PAGE) = 1;
}

static void write_by_register(uint32_t sample)
{
    int *where = NULL;

    (void)sample;
    __asm__ volatile("movl %%eax, (%%ecx)" : "+c"(where) : "a"(1) : "memory");
}

const struct bench exception_benches[] = {
    {"exception.repaired_by_protect", 1, PAGES, 1, 1, prepare_pages, write_page, finish},
    {"exception.repaired_in_context", 1, PAGES, 1, 1, prepare_register, write_by_register, finish},
    {"guard_page.exception", 1, PAGES, 1, 1, prepare_guards, write_page, finish},
    {0},
};
