/*
 * Handlers for the first experiment that are wrong, each in a way of its own, and a few that look
 * as if they were. What they have to do, and what lab1_solution.c does, is in user/tokos/launch.h.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "user/programs/lab1/lab1.h"

#define PAGE 4096u

static char *page_of(const char *address)
{
    return (char *)((DWORD_PTR)address & ~(DWORD_PTR)(PAGE - 1));
}

static int commit(const struct tokos_fault *fault, char *at, SIZE_T bytes, DWORD protection)
{
    VirtualAllocEx(fault->process, at, bytes, MEM_COMMIT, protection);
    return TRUE;
}

static int is_code(const struct tokos_fault *fault)
{
    return fault->address >= fault->code && fault->address < fault->code + fault->code_bytes;
}

static const char *contents_of(const struct tokos_fault *fault)
{
    return fault->code_contents + (page_of(fault->address) - fault->code);
}

static int right(struct tokos_fault *fault, void *parameter)
{
    return lab1_handle_fault(fault, parameter);
}

static int does_nothing(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    return TRUE;
}

static int refuses(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    return FALSE;
}

static int commits_in_its_own_process(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    VirtualAlloc(page_of(fault->address), PAGE, MEM_COMMIT, PAGE_READWRITE);
    return TRUE;
}

static int commits_the_page_below(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, page_of(fault->address) - PAGE, PAGE, PAGE_READWRITE);
}

/* What it is told of the fault is its own. */
static int moves_the_address(struct tokos_fault *fault, void *parameter)
{
    fault->address -= PAGE;
    return right(fault, parameter);
}

static int rounds_in_place(struct tokos_fault *fault, void *parameter)
{
    fault->address = page_of(fault->address);
    return right(fault, parameter);
}

static int clears_the_fault(struct tokos_fault *fault, void *parameter)
{
    int done = right(fault, parameter);

    memset((void *)fault->context, 0, sizeof(*fault->context));
    memset(fault, 0, sizeof(*fault));
    return done;
}

static int commits_two_pages(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, page_of(fault->address) - PAGE, 2 * PAGE, PAGE_READWRITE);
}

static int commits_the_whole_stack(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, fault->stack, fault->stack_bytes, PAGE_READWRITE);
}

static int makes_the_stack_executable(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, page_of(fault->address), PAGE, PAGE_EXECUTE_READWRITE);
}

/* Right for the stack, and WRONG for code. */
static int only_code_wrong(struct tokos_fault *fault, tokos_fault_handler wrong)
{
    return is_code(fault) ? wrong(fault, NULL) : right(fault, NULL);
}

static int guards_the_stack(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, page_of(fault->address), PAGE, PAGE_READWRITE | PAGE_GUARD);
}

static int queues_a_call(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return QueueUserAPC((PAPCFUNC)(void *)ExitProcess, fault->thread, 0) != 0;
}

static int code_without_execution(struct tokos_fault *fault, void *parameter)
{
    if (!is_code(fault))
        return right(fault, parameter);
    commit(fault, page_of(fault->address), PAGE, PAGE_READWRITE);
    WriteProcessMemory(fault->process, page_of(fault->address), contents_of(fault), PAGE, NULL);
    return FlushInstructionCache(fault->process, page_of(fault->address), PAGE);
}

static int goes_by_the_instruction_pointer(struct tokos_fault *fault, void *parameter)
{
    if ((DWORD_PTR)fault->address == fault->context->Eip)
        return right(fault, parameter);
    return commit(fault, page_of(fault->address), PAGE, PAGE_READWRITE);
}

static int commit_code(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, page_of(fault->address), PAGE, PAGE_EXECUTE_READWRITE);
}

static int copies_nothing(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return only_code_wrong(fault, commit_code);
}

static int copies_the_first_page_always(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    if (!is_code(fault))
        return right(fault, NULL);
    commit_code(fault, NULL);
    WriteProcessMemory(fault->process, page_of(fault->address), fault->code_contents, PAGE, NULL);
    return FlushInstructionCache(fault->process, page_of(fault->address), PAGE);
}

static int writes_on_the_stack(struct tokos_fault *fault, void *parameter)
{
    right(fault, parameter);
    return is_code(fault) || WriteProcessMemory(fault->process, fault->address, "!", 1, NULL);
}

static int skips_the_instruction(struct tokos_fault *fault, void *parameter)
{
    CONTEXT context = *fault->context;

    right(fault, parameter);
    context.Eip++;
    return SetThreadContext(fault->thread, &context);
}

static int copy_code(struct tokos_fault *fault, void *parameter)
{
    commit_code(fault, parameter);
    return WriteProcessMemory(fault->process, page_of(fault->address), contents_of(fault), PAGE,
                              NULL);
}

static int never_flushes(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return only_code_wrong(fault, copy_code);
}

static int flushes_too_early(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    if (is_code(fault))
        FlushInstructionCache(fault->process, page_of(fault->address), PAGE);
    return only_code_wrong(fault, copy_code);
}

static int flushes_its_own_cache(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    only_code_wrong(fault, copy_code);
    return FlushInstructionCache(GetCurrentProcess(), NULL, 0);
}

/* No import of this name is needed. */
static int asks_for_the_flush(struct tokos_fault *fault, void *parameter)
{
    BOOL(WINAPI * flush)
    (HANDLE process, LPCVOID at, SIZE_T bytes) =
        (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "FlushInstructionCache");

    (void)parameter;
    only_code_wrong(fault, copy_code);
    return flush(fault->process, NULL, 0);
}

static int takes_pages_back(struct tokos_fault *fault, void *parameter)
{
    static char *first;

    if (fault->number == 1)
        first = page_of(fault->address);
    if (fault->number == 3)
        VirtualFreeEx(fault->process, first, PAGE, MEM_DECOMMIT);
    return right(fault, parameter);
}

/* Of code, the last COUNT pages that came; that many are enough if it is 2. */
static int keeps_code_pages(struct tokos_fault *fault, unsigned count)
{
    static char *kept[2];
    static unsigned next;
    int done = right(fault, NULL);

    if (fault->number == 1)
        memset(kept, 0, sizeof(kept));
    if (!is_code(fault))
        return done;
    next = (next + 1) % count;
    if (kept[next])
        VirtualFreeEx(fault->process, kept[next], PAGE, MEM_DECOMMIT);
    kept[next] = page_of(fault->address);
    return done;
}

static int keeps_one_code_page(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return keeps_code_pages(fault, 1);
}

static int keeps_two_code_pages(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return keeps_code_pages(fault, 2);
}

static int protects_pages(struct tokos_fault *fault, void *parameter)
{
    DWORD old;

    right(fault, parameter);
    if (fault->number == 3)
        VirtualProtectEx(fault->process, fault->code, PAGE, PAGE_EXECUTE_READ, &old);
    return TRUE;
}

static int writes_to_nothing(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    *(volatile char *)parameter = 0;
    return TRUE;
}

static int writes_to_the_contents(struct tokos_fault *fault, void *parameter)
{
    *(volatile char *)fault->code_contents = 0;
    return right(fault, parameter);
}

static int recurse(volatile int depth)
{
    volatile char room[1000] = {0};

    return depth < 0 ? room[0] : recurse(depth + 1) + room[1];
}

static int recurses_for_ever(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    return recurse(1);
}

static int has_a_breakpoint(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    DebugBreak();
    return TRUE;
}

static int closes_its_handles(struct tokos_fault *fault, void *parameter)
{
    return right(fault, parameter) && CloseHandle(fault->process) && CloseHandle(fault->thread);
}

static int commits_anywhere(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return commit(fault, NULL, PAGE, PAGE_READWRITE);
}

static int commits_elsewhere_too(struct tokos_fault *fault, void *parameter)
{
    right(fault, parameter);
    return commit(fault, NULL, 3 * PAGE, PAGE_READWRITE);
}

static int launches(struct tokos_fault *fault, void *parameter)
{
    if (TokOSLaunchFaultingProcess("tokyo_vm 0 0", right, NULL, NULL) != TOKOS_LAUNCH_BUSY)
        return FALSE;
    return right(fault, parameter);
}

static int asks_much(struct tokos_fault *fault, void *parameter)
{
    DWORD old;

    right(fault, parameter);
    for (int i = 0; i < 20; i++)
        VirtualProtectEx(fault->process, page_of(fault->address), PAGE, PAGE_READONLY, &old);
    return TRUE;
}
