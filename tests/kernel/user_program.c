/* Programs for user mode, made by hand. */
#include "mm/virtual_memory.h"
#include "tests/kernel/user_code.h"

static bool fill(struct eprocess *process, const char *code, const char *end)
{
    static const uintptr_t pages[] = {USER_CODE, USER_DATA, USER_STACK - 0x10000};
    struct kprocess *saved;
    bool done = true;

    ke_stack_attach_process(&process->pcb, &saved);
    for (uint32_t i = 0; i < ARRAY_SIZE(pages) && done; i++) {
        uintptr_t base = pages[i];
        uint32_t size = 0x10000;
        done = NT_SUCCESS(mm_allocate_virtual_memory(
            &process->vm, &base, 0, &size, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE));
    }
    if (done)
        done = ki_copy_guarded((void *)USER_CODE, code, (uint32_t)(end - code)) == 0;
    ke_unstack_detach_process(saved);
    return done;
}

bool ktest_load_program(struct ktest *test, struct ktest_program *program, const char *code,
                        const char *end, uint32_t number)
{
    struct context context = {
        .context_flags = CONTEXT_I386 | CONTEXT_CONTROL | CONTEXT_INTEGER,
        .eip = USER_CODE,
        .esp = USER_STACK,
        .ebx = USER_DATA,
        .edi = number,
    };

    if (!NT_SUCCESS(ps_create_process(&program->process, "program", NULL)) ||
        !fill(program->process, code, end) ||
        !NT_SUCCESS(ps_create_user_thread(&program->thread, program->process, &context))) {
        ktest_fail(test, __FILE__, __LINE__, "a program for user mode");
        return false;
    }
    return true;
}

bool ktest_fill_program(struct ktest_program *program, uintptr_t address, const void *from,
                        uint32_t bytes)
{
    struct kprocess *saved;

    ke_stack_attach_process(&program->process->pcb, &saved);
    uint32_t status = ki_copy_guarded((void *)address, from, bytes);
    ke_unstack_detach_process(saved);
    return status == 0;
}

ntstatus ktest_run_program(struct ktest_program *program)
{
    ps_start_thread(program->thread);
    ke_wait_for_single_object(program->process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    ntstatus status = program->process->exit_status;
    ob_dereference_object(program->thread);
    ob_dereference_object(program->process);
    return status;
}

ntstatus ktest_user(struct ktest *test, const char *code, const char *end, uint32_t number)
{
    struct ktest_program program;

    return ktest_load_program(test, &program, code, end, number) ? ktest_run_program(&program)
                                                                 : STATUS_UNSUCCESSFUL;
}
