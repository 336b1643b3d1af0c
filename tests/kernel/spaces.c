/* Address spaces for tests. */
#include "tests/kernel/spaces.h"
#include "mm/fault.h"
#include "mm/mm.h"

bool ktest_enter_space(struct ktest *test, struct ktest_space *space)
{
    if (!NT_SUCCESS(ps_create_process(&space->process, "test", NULL))) {
        ktest_fail(test, __FILE__, __LINE__, "ps_create_process");
        return false;
    }
    space->vm = &space->process->vm;
    ke_stack_attach_process(&space->process->pcb, &space->saved);
    return true;
}

void ktest_leave_space(struct ktest_space *space)
{
    ke_unstack_detach_process(space->saved);
    ob_dereference_object(space->process);
}

uintptr_t ktest_allocate(struct ktest_space *space, uintptr_t base, uint32_t bytes, uint32_t type,
                         uint32_t protect)
{
    return NT_SUCCESS(mm_allocate_virtual_memory(space->vm, &base, 0, &bytes, type, protect)) ? base
                                                                                              : 0;
}

ntstatus ktest_free(struct ktest_space *space, uintptr_t base, uint32_t bytes, uint32_t type)
{
    return mm_free_virtual_memory(space->vm, &base, &bytes, type);
}

ntstatus ktest_protect(struct ktest_space *space, uintptr_t base, uint32_t bytes, uint32_t protect,
                       uint32_t *old)
{
    return mm_protect_virtual_memory(space->vm, &base, &bytes, protect, old);
}

ntstatus ktest_fault(uintptr_t va, bool write)
{
    struct ktrap_frame frame = {.cs = 3};

    return mm_access_fault(PF_USER | (write ? PF_WRITE : 0), va, USER_MODE, &frame);
}
