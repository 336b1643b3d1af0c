/*
 * Experiments in memory of the program's own: a function is written, called, changed, and called
 * again.
 */
#include <string.h>
#include "user/programs/codegen/codegen.h"

#define PAGE TOKOS_PAGE_BYTES

static char *allocate(unsigned pages, DWORD protect)
{
    return VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE | MEM_COMMIT, protect);
}

static void protect(char *at, DWORD protection)
{
    DWORD old;

    VirtualProtect(at, 1, protection, &old);
}

/* mov eax, VALUE; ret */
void codegen_put(char *at, int value)
{
    at[0] = (char)0xB8;
    codegen_change(at, value);
    at[5] = (char)0xC3;
}

void codegen_change(char *at, int value)
{
    *(volatile int *)(void *)(at + 1) = value;
}

int codegen_call(char *at)
{
    return ((int (*)(void))(void *)at)();
}

void codegen_rewrite(enum codegen_round round)
{
    char *at = allocate(1, PAGE_EXECUTE_READWRITE);

    (void)round;
    codegen_did("allocate a page");
    codegen_put(at, 1);
    codegen_did("write \"return 1\"");
    codegen_step("call it", codegen_call(at));
    codegen_change(at, 2);
    codegen_did("make it \"return 2\"");
    codegen_flush(GetCurrentProcess(), at, FUNCTION_BYTES);
    codegen_step("call it", codegen_call(at));
    VirtualFree(at, 0, MEM_RELEASE);
}

static void flush_all(void)
{
    FlushInstructionCache(GetCurrentProcess(), NULL, 0);
}

static char *put_bytes(char *at, const char *bytes, size_t count)
{
    return (char *)memcpy(at, bytes, count) + count;
}

/* Code that stores into the instruction behind the store: mov byte [there + 1], 2; there: mov eax,
 * 1; ret. With a flush, between the two: mov eax, flush_all; call eax. */
static void put_ahead(char *at, BOOL flush)
{
    void (*function)(void) = flush_all;
    char *there = at + (flush ? 14 : 7), *operand = there + 1;

    at = put_bytes(at, "\xC6\x05", 2);
    at = put_bytes(at, (const char *)&operand, 4);
    at = put_bytes(at, "\2", 1);
    if (flush) {
        at = put_bytes(at, "\xB8", 1);
        at = put_bytes(at, (const char *)&function, 4);
        at = put_bytes(at, "\xFF\xD0", 2);
    }
    codegen_put(at, 1);
}

void codegen_ahead(enum codegen_round round)
{
    char *at = allocate(1, PAGE_EXECUTE_READWRITE);

    put_ahead(at, round != WITHOUT_FLUSH);
    codegen_did("write the code");
    codegen_step("call it", codegen_call(at));
    VirtualFree(at, 0, MEM_RELEASE);
}

void codegen_crossing(enum codegen_round round)
{
    char *pages = allocate(2, PAGE_EXECUTE_READWRITE), *at = pages + PAGE - 1;

    (void)round;
    codegen_put(at, 1);
    codegen_did("write \"return 1\" across two pages");
    codegen_step("call it", codegen_call(at));
    protect(pages + PAGE, PAGE_NOACCESS);
    protect(pages + PAGE, PAGE_EXECUTE_READWRITE);
    codegen_did("take the second page away");
    codegen_step("call it", codegen_call(at));
    codegen_change(at, 2); /* all that is changed is in the second page */
    codegen_did("make it \"return 2\"");
    codegen_flush(GetCurrentProcess(), at, FUNCTION_BYTES);
    codegen_step("call it", codegen_call(at));
    VirtualFree(pages, 0, MEM_RELEASE);
}

int codegen_shares(HANDLE process, const char *at)
{
    struct tokos_page page = {0};

    tokos_query_page(process, at, &page);
    return (int)page.share_count;
}

void codegen_alias(enum codegen_round round)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0, PAGE, NULL);
    char *writable = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    char *executable = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0);

    (void)round;
    codegen_did("map a section twice: to write, to run");
    codegen_put(writable, 1);
    codegen_did("write \"return 1\" at the first address");
    codegen_step("call it at the second", codegen_call(executable));
    codegen_step("entries that map the page", codegen_shares(GetCurrentProcess(), executable));
    codegen_change(writable, 2);
    codegen_did("make it \"return 2\" at the first");
    codegen_flush(GetCurrentProcess(), executable, FUNCTION_BYTES);
    codegen_step("call it at the second", codegen_call(executable));
    UnmapViewOfFile(writable);
    UnmapViewOfFile(executable);
    CloseHandle(section);
}

static volatile int refused;

/* Whoever writes to the page is let, from now on. */
static LONG CALLBACK make_writable(EXCEPTION_POINTERS *pointers)
{
    const EXCEPTION_RECORD *record = pointers->ExceptionRecord;

    if (record->ExceptionCode != (DWORD)EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    refused++;
    protect((char *)record->ExceptionInformation[1], PAGE_READWRITE);
    return EXCEPTION_CONTINUE_EXECUTION;
}

void codegen_turns(enum codegen_round round)
{
    char *at = allocate(1, PAGE_READWRITE);
    void *handler = AddVectoredExceptionHandler(1, make_writable);

    (void)round;
    refused = 0;
    codegen_put(at, 1);
    codegen_did("write \"return 1\" to a page to be written");
    protect(at, PAGE_EXECUTE_READ);
    codegen_did("let it be run, and not written");
    codegen_step("call it", codegen_call(at));
    codegen_change(at, 2);
    codegen_step("make it \"return 2\": times refused", refused);
    protect(at, PAGE_EXECUTE_READ);
    codegen_did("let it be run again, and not written");
    codegen_flush(GetCurrentProcess(), at, FUNCTION_BYTES);
    codegen_step("call it", codegen_call(at));
    RemoveVectoredExceptionHandler(handler);
    VirtualFree(at, 0, MEM_RELEASE);
}
