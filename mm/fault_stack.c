/*
 * Stacks grow by themselves. Below what is committed of a thread's stack lies a guard page;
 * touching it moves it down by one:
 *
 *      DeallocationStack                 StackLimit                       StackBase
 *      |  reserved ...          | guard |  committed                     |
 *                       | guard |  committed, one page more              |
 *
 * The lowest page is never given. When the guard page would come to lie there the stack is at its
 * end, and the thread gets STATUS_STACK_OVERFLOW; the page that was the guard is committed then,
 * and is what its handler can run on.
 */
#include "arch/i386/guarded.h"
#include "kernel/ke/teb.h"
#include "mm/address_space.h"
#include "mm/fault.h"
#include "mm/virtual_memory.h"

struct stack {
    uint32_t base, limit, lowest;
};

static bool read_stack(uintptr_t teb, struct stack *stack)
{
    return !ki_copy_guarded(&stack->base, (void *)(teb + TEB_STACK_BASE), 8) &&
           !ki_copy_guarded(&stack->lowest, (void *)(teb + TEB_DEALLOCATION_STACK), 4);
}

static bool move_guard(struct mm_address_space *space, uintptr_t page)
{
    uint32_t size = PAGE_SIZE;

    return NT_SUCCESS(mm_allocate_virtual_memory(space, &page, 0, &size, MEM_COMMIT,
                                                 PAGE_READWRITE | PAGE_GUARD));
}

ntstatus mi_check_for_user_stack_growth(struct mi_fault *fault)
{
    const struct kthread *thread = ke_get_current_thread();
    uint32_t page = (uint32_t)ROUND_DOWN(fault->va, PAGE_SIZE);
    struct stack stack;

    if (!thread->teb || thread->apc_state.process != thread->process ||
        !read_stack(thread->teb, &stack) || page < stack.lowest || page >= stack.base)
        return STATUS_GUARD_PAGE_VIOLATION; /* a guard page of the program's own */
    ki_copy_guarded((void *)(thread->teb + TEB_STACK_LIMIT), &page, sizeof(page));
    if (page - stack.lowest < 2 * PAGE_SIZE ||
        !move_guard(thread->process->address_space, page - PAGE_SIZE))
        return STATUS_STACK_OVERFLOW;
    fault->kind = MM_FAULT_STACK_GROWTH;
    return STATUS_PAGE_FAULT_GUARD_PAGE; /* the page itself comes by the access's next fault */
}
