/*
 * Threads with stacks of their own: reserved whole, committed at the top, with a guard page below
 * what is committed, by which it grows.
 */
#include "user/ntdll/ntdll.h"

/* winnt.h's selectors of user mode; the kernel puts them right in any case. */
#define USER_CS  0x1B
#define USER_DS  0x23
#define USER_FS  0x3B
#define FLAGS_IF 0x200

#define STACK_GRANULARITY 0x10000u
#define MEGABYTE          0x100000u

static NTSTATUS commit_stack(HANDLE process, struct initial_teb *stack, SIZE_T reserve,
                             SIZE_T commit)
{
    bool guard = reserve >= commit + PAGE_BYTES;
    SIZE_T bytes = commit + (guard ? PAGE_BYTES : 0);
    void *base = (char *)stack->deallocation_stack + reserve - bytes;
    ULONG old;
    NTSTATUS status =
        NtAllocateVirtualMemory(process, &base, 0, &bytes, MEM_COMMIT, PAGE_READWRITE);

    stack->stack_base = (char *)stack->deallocation_stack + reserve;
    stack->stack_limit = (char *)stack->stack_base - commit;
    if (nt_failed(status) || !guard)
        return status;
    bytes = PAGE_BYTES;
    return NtProtectVirtualMemory(process, &base, &bytes, PAGE_READWRITE | PAGE_GUARD, &old);
}

static void free_stack(HANDLE process, struct initial_teb *stack)
{
    SIZE_T bytes = 0;

    NtFreeVirtualMemory(process, &stack->deallocation_stack, &bytes, MEM_RELEASE);
}

/* RESERVE and COMMIT in bytes, 0: as the program says. A commit that does not fit has more
 * reserved. */
static NTSTATUS make_stack(HANDLE process, SIZE_T reserve, SIZE_T commit, ULONG zero_bits,
                           struct initial_teb *stack)
{
    const IMAGE_NT_HEADERS *nt = RtlImageNtHeader(current_peb()->image_base_address);

    reserve = reserve ? reserve : nt->OptionalHeader.SizeOfStackReserve;
    commit = commit ? commit : nt->OptionalHeader.SizeOfStackCommit;
    commit = ROUND_UP_TO(commit ? commit : 1, PAGE_BYTES);
    if (commit >= reserve)
        reserve = ROUND_UP_TO(commit + PAGE_BYTES, MEGABYTE);
    reserve = ROUND_UP_TO(reserve, STACK_GRANULARITY);
    *stack = (struct initial_teb){0};
    NTSTATUS status = NtAllocateVirtualMemory(process, &stack->deallocation_stack, zero_bits,
                                              &reserve, MEM_RESERVE, PAGE_READWRITE);
    if (nt_failed(status))
        return status;
    status = commit_stack(process, stack, reserve, commit);
    if (nt_failed(status))
        free_stack(process, stack);
    return status;
}

NTSTATUS NTAPI RtlCreateUserThread(HANDLE process, void *security, BOOLEAN suspended,
                                   ULONG zero_bits, SIZE_T stack_reserve, SIZE_T stack_commit,
                                   void *start, void *parameter, HANDLE *thread,
                                   struct client_id *id)
{
    OBJECT_ATTRIBUTES attributes;
    struct initial_teb stack;
    struct client_id own_id;
    HANDLE made;
    NTSTATUS status = make_stack(process, stack_reserve, stack_commit, zero_bits, &stack);

    if (nt_failed(status))
        return status;
    CONTEXT context = {
        .ContextFlags = CONTEXT_FULL,
        .SegCs = USER_CS,
        .SegDs = USER_DS,
        .SegEs = USER_DS,
        .SegSs = USER_DS,
        .SegFs = USER_FS,
        .EFlags = FLAGS_IF,
        .Esp = (DWORD)(uintptr_t)stack.stack_base - 4,
        .Eip = (DWORD)(uintptr_t)RtlUserThreadStart,
        .Eax = (DWORD)(uintptr_t)start,
        .Ebx = (DWORD)(uintptr_t)parameter,
    };
    InitializeObjectAttributes(&attributes, NULL, 0, NULL, security);
    status = NtCreateThread(&made, THREAD_ALL_ACCESS, &attributes, process, id ? id : &own_id,
                            &context, &stack, suspended);
    if (nt_failed(status))
        free_stack(process, &stack);
    else if (thread)
        *thread = made;
    else
        NtClose(made);
    return status;
}
