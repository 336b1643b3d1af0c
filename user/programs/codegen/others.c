/*
 * Experiments in which somebody else runs the code: another process that has the same program, and
 * another thread.
 */
#include <stdio.h>
#include "user/programs/codegen/codegen.h"

#define READY "codegen ready" /* names of events */
#define GO    "codegen go"

/* A function that returns 1, alone in a page of the program: one for each round of each experiment.
 */
#define FUNCTION_IN_A_PAGE(name)                                               \
    static void __attribute__((aligned(4096), used, naked)) name(void)         \
    {                                                                          \
        __asm__ volatile(".byte 0xB8, 1, 0, 0, 0, 0xC3; .fill 4090, 1, 0x90"); \
    }

FUNCTION_IN_A_PAGE(image_0)
FUNCTION_IN_A_PAGE(image_1)
FUNCTION_IN_A_PAGE(image_2)
FUNCTION_IN_A_PAGE(debugged)

static void (*const functions[])(void) = {image_0, image_1, image_2, debugged};

enum {
    DEBUGGED = 3 /* of the functions: the other process's, so one is enough */
};

static char *function(int i)
{
    return (char *)(void *)functions[i];
}

struct witness {
    PROCESS_INFORMATION info;
    HANDLE ready, go;
};

static void close_witness(const struct witness *witness)
{
    CloseHandle(witness->info.hThread);
    CloseHandle(witness->info.hProcess);
    CloseHandle(witness->ready);
    CloseHandle(witness->go);
}

/* Start this program again, up to where it has called function I once. => FALSE: why it cannot be
 * is a step, then */
static BOOL start_witness(struct witness *witness, int i)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char name[MAX_PATH], line[MAX_PATH + 32];
    DWORD code = 0;

    GetModuleFileNameA(NULL, name, sizeof(name));
    snprintf(line, sizeof(line), "\"%s\" --witness %d", name, i);
    witness->ready = CreateEventA(NULL, FALSE, FALSE, READY);
    witness->go = CreateEventA(NULL, FALSE, FALSE, GO);
    if (!CreateProcessA(name, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &witness->info)) {
        codegen_step_elsewhere("cannot start another process", (int)GetLastError());
        return FALSE;
    }
    HANDLE either[2] = {witness->ready, witness->info.hProcess};
    if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0)
        return TRUE;
    GetExitCodeProcess(witness->info.hProcess, &code);
    codegen_step_elsewhere("the other process ended too early", (int)code);
    close_witness(witness);
    return FALSE;
}

/* => what function I returns in the other process, which ends. */
static int ask_witness(struct witness *witness)
{
    DWORD answer = 0;

    SetEvent(witness->go);
    WaitForSingleObject(witness->info.hProcess, INFINITE);
    GetExitCodeProcess(witness->info.hProcess, &answer);
    close_witness(witness);
    return (int)answer;
}

int codegen_witness(int i)
{
    HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, READY);
    HANDLE go = OpenEventA(SYNCHRONIZE, FALSE, GO);

    if (!ready || !go || i < 0 || i > DEBUGGED)
        return 2;
    codegen_call(function(i));
    SetEvent(ready);
    WaitForSingleObject(go, INFINITE);
    return codegen_call(function(i));
}

void codegen_image(enum codegen_round round)
{
    char *at = function(round);
    struct witness witness;
    DWORD old;

    codegen_step("call a function of the program", codegen_call(at));
    if (!start_witness(&witness, round))
        return;
    codegen_step_elsewhere("in another process that runs it", codegen_call(at));
    codegen_step("processes that map its page", codegen_shares(GetCurrentProcess(), at));
    VirtualProtect(at, FUNCTION_BYTES, PAGE_EXECUTE_READWRITE, &old);
    codegen_did("let the page be written");
    codegen_change(at, 2);
    codegen_did("make it \"return 2\"");
    codegen_step("processes that map our page", codegen_shares(GetCurrentProcess(), at));
    codegen_step("processes that map theirs", codegen_shares(witness.info.hProcess, at));
    codegen_flush(GetCurrentProcess(), at, FUNCTION_BYTES);
    codegen_step("call it here", codegen_call(at));
    codegen_step_elsewhere("call it there", ask_witness(&witness));
}

void codegen_debugger(enum codegen_round round)
{
    char *at = function(DEBUGGED);
    struct witness witness;
    const int two = 2;

    (void)round;
    if (!start_witness(&witness, DEBUGGED))
        return;
    codegen_step_elsewhere("call it, here and there", codegen_call(at));
    WriteProcessMemory(witness.info.hProcess, at + 1, &two, sizeof(two), NULL);
    codegen_did("make it \"return 2\" there");
    codegen_flush(witness.info.hProcess, at, FUNCTION_BYTES);
    codegen_step("call it here", codegen_call(at));
    codegen_step_elsewhere("call it there", ask_witness(&witness));
}

static volatile LONG calls;

/* Call the function at AT until it does not return 1. */
static DWORD WINAPI call_until_changed(void *at)
{
    int value;

    do {
        value = codegen_call(at);
        InterlockedIncrement(&calls);
        Sleep(0);
    } while (value == 1);
    return (DWORD)value;
}

void codegen_thread(enum codegen_round round)
{
    char *at = VirtualAlloc(NULL, 1, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    DWORD answer = 0;

    (void)round;
    at += 3; /* its four bytes lie at a multiple of 4, and are written as one */
    codegen_put(at, 1);
    calls = 0;
    HANDLE thread = CreateThread(NULL, 0, call_until_changed, at, 0, NULL);
    if (!thread) {
        codegen_step_elsewhere("there can be no other thread", (int)GetLastError());
        VirtualFree(at - 3, 0, MEM_RELEASE);
        return;
    }
    while (calls < 2)
        Sleep(0);
    codegen_step_elsewhere("another thread calls it again and again", codegen_call(at));
    codegen_change(at, 2);
    codegen_did("make it \"return 2\"");
    codegen_flush(GetCurrentProcess(), at, FUNCTION_BYTES);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &answer);
    codegen_step_elsewhere("the other thread's call", (int)answer);
    CloseHandle(thread);
    VirtualFree(at - 3, 0, MEM_RELEASE);
}
