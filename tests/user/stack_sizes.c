/*
 * Stacks: what is reserved and what is committed at first, as the image's header says, or as
 * whoever creates a thread says. This program's header says RESERVE and COMMIT (mk/user.mk).
 */
#include <windows.h>
#include "crt/check.h"

#define RESERVE 0x340000u
#define COMMIT  0x7000u
#define PAGE    0x1000u

struct stack {
    SIZE_T reserved;  /* all of it */
    SIZE_T committed; /* at the top, without the guard page */
    DWORD guard;      /* the protection below that */
    DWORD lowest;     /* the state of the lowest page */
};

static struct stack measure(void)
{
    NT_TIB *tib = (NT_TIB *)NtCurrentTeb();
    MEMORY_BASIC_INFORMATION info, guard;

    VirtualQuery(tib->StackLimit, &info, sizeof(info));
    VirtualQuery((char *)tib->StackLimit - PAGE, &guard, sizeof(guard));
    struct stack stack = {
        .reserved = (SIZE_T)((char *)tib->StackBase - (char *)info.AllocationBase),
        .committed = info.RegionSize,
        .guard = guard.State == MEM_COMMIT ? guard.Protect : 0,
    };
    CHECK_INT((ULONG_PTR)tib->StackLimit + info.RegionSize, (ULONG_PTR)tib->StackBase);
    VirtualQuery(info.AllocationBase, &info, sizeof(info));
    stack.lowest = info.State;
    return stack;
}

static void check_stack(struct stack stack, SIZE_T reserved, SIZE_T committed)
{
    CHECK_INT(stack.reserved, reserved);
    CHECK_INT(stack.committed, committed);
    CHECK_INT(stack.guard, PAGE_READWRITE | PAGE_GUARD);
    CHECK_INT(stack.lowest, MEM_RESERVE);
}

static DWORD WINAPI measure_mine(void *out)
{
    *(struct stack *)out = measure();
    return 0;
}

static struct stack stack_of_thread(SIZE_T size, DWORD flags)
{
    struct stack stack = {0};
    HANDLE thread = CreateThread(NULL, size, measure_mine, &stack, flags, NULL);

    WaitForSingleObject(thread, INFINITE); /* it prints too: this thread says nothing meanwhile */
    CHECK(CloseHandle(thread));
    return stack;
}

int main(void)
{
    struct stack first = measure();

    CHECK_INT(first.reserved, RESERVE);
    CHECK(first.committed >= COMMIT && first.committed < COMMIT + 0x10000); /* it has run */
    check_stack(stack_of_thread(0, 0), RESERVE, COMMIT);
    check_stack(stack_of_thread(0x10000, 0), RESERVE, 0x10000);
    check_stack(stack_of_thread(0xF123, 0), RESERVE, 0x10000);
    /* More than the header reserves: rounded up to a megabyte. */
    check_stack(stack_of_thread(0x380000, 0), 0x400000, 0x380000);
    check_stack(stack_of_thread(0x80000, STACK_SIZE_PARAM_IS_A_RESERVATION), 0x80000, COMMIT);
    check_stack(stack_of_thread(0x81234, STACK_SIZE_PARAM_IS_A_RESERVATION), 0x90000, COMMIT);
    return check_done();
}
