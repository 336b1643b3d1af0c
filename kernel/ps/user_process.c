/* Processes that run a program. */
#include "kernel/ps/user_process.h"
#include "arch/i386/guarded.h"
#include "kernel/ke/teb.h"
#include "kernel/ke/user_mode.h"
#include "kernel/ps/ps_internal.h"
#include "kernel/ps/shared_data.h"
#include "mm/clone.h"
#include "mm/user_shared_data.h"

/* Offsets in a PEB, beside those of the header (winternl.h, and the documentation of x86 fields).
 */
#define PEB_NUMBER_OF_PROCESSORS 0x64u
#define PEB_HEAP_SEGMENT_RESERVE 0x78u
#define PEB_HEAP_SEGMENT_COMMIT  0x7Cu
#define PEB_OS_MAJOR_VERSION     0xA4u
#define PEB_OS_MINOR_VERSION     0xA8u
#define PEB_OS_BUILD_NUMBER      0xACu
#define PEB_OS_PLATFORM_ID       0xB0u
#define PEB_IMAGE_SUBSYSTEM      0xB4u
#define PEB_SUBSYSTEM_MAJOR      0xB8u
#define PEB_SUBSYSTEM_MINOR      0xBCu

#define OS_BUILD          3790u /* NT 5.2 */
#define PLATFORM_WIN32_NT 2u
#define DEFAULT_STACK     0x100000u
#define DEFAULT_COMMIT    0x1000u

static bool put(uint32_t offset, uint32_t value)
{
    return !ki_copy_guarded((void *)(MM_PEB + offset), &value, sizeof(value));
}

static ntstatus make_peb(struct eprocess *process, const struct mi_image_layout *image,
                         uintptr_t base)
{
    const struct {
        uint32_t offset, value;
    } fields[] = {
        {PEB_IMAGE_BASE_ADDRESS, (uint32_t)base},
        {PEB_NUMBER_OF_PROCESSORS, 1},
        {PEB_HEAP_SEGMENT_RESERVE, image->heap_reserve},
        {PEB_HEAP_SEGMENT_COMMIT, image->heap_commit},
        {PEB_OS_MAJOR_VERSION, 5},
        {PEB_OS_MINOR_VERSION, 2},
        {PEB_OS_BUILD_NUMBER, OS_BUILD},
        {PEB_OS_PLATFORM_ID, PLATFORM_WIN32_NT},
        {PEB_IMAGE_SUBSYSTEM, image->subsystem},
        {PEB_SUBSYSTEM_MAJOR, image->major_subsystem_version},
        {PEB_SUBSYSTEM_MINOR, image->minor_subsystem_version},
    };
    uintptr_t peb;
    ntstatus status = mm_create_block(&process->vm, MM_PEB, &peb);

    if (NT_SUCCESS(status) && peb != MM_PEB)
        status = STATUS_CONFLICTING_ADDRESSES;
    for (uint32_t i = 0; i < ARRAY_SIZE(fields) && NT_SUCCESS(status); i++)
        if (!put(fields[i].offset, fields[i].value))
            status = STATUS_NO_MEMORY;
    return status;
}

/* The process is attached to. */
static ntstatus fill(struct eprocess *process, struct mm_section *section)
{
    struct mm_view_request request = {.inherit = VIEW_SHARE, .protect = PAGE_EXECUTE_READ};
    ntstatus status = ps_map_system_dll(process);

    if (NT_SUCCESS(status))
        status = mm_map_user_shared_data(&process->vm);
    if (NT_SUCCESS(status))
        status = mm_map_view_of_section(&process->vm, section, &request);
    if (NT_SUCCESS(status))
        status = make_peb(process, &section->control_area->image, request.base);
    process->image_base = request.base;
    return status;
}

ntstatus ps_create_user_process(struct eprocess **out, const char *name, struct eprocess *parent,
                                struct mm_section *section)
{
    struct kprocess *saved;
    ntstatus status;

    if (!(section->attributes & SEC_IMAGE))
        return STATUS_SECTION_NOT_IMAGE;
    if (!ps_has_system_dll())
        return STATUS_DLL_NOT_FOUND;
    status = ps_create_sized_process(out, name, parent,
                                     section->control_area->image.large_address_aware
                                         ? mm_highest_user_address
                                         : MM_HIGHEST_USER_ADDRESS);
    if (!NT_SUCCESS(status))
        return status;
    (*out)->image = section->control_area->image;
    (*out)->reads_clocks = true;
    ps_start_shared_clock();
    ke_stack_attach_process(&(*out)->pcb, &saved);
    status = fill(*out, section);
    ke_unstack_detach_process(saved);
    if (NT_SUCCESS(status))
        ps_insert_process(*out);
    else
        ob_dereference_object(*out);
    return status;
}

ntstatus ps_clone_process(struct eprocess **out, const char *name, struct eprocess *parent)
{
    struct kprocess *saved;
    ntstatus status = ps_create_sized_process(out, name, parent, parent->vm.highest_address);

    if (!NT_SUCCESS(status))
        return status;
    (*out)->image = parent->image;
    (*out)->reads_clocks = true;
    ps_start_shared_clock();
    (*out)->image_base = parent->image_base;
    (*out)->pcb.user_exception_dispatcher = parent->pcb.user_exception_dispatcher;
    (*out)->pcb.user_apc_dispatcher = parent->pcb.user_apc_dispatcher;
    ke_stack_attach_process(&parent->pcb, &saved);
    status = mm_clone_address_space(&parent->vm, &(*out)->vm, &(*out)->pcb);
    ke_unstack_detach_process(saved);
    if (NT_SUCCESS(status))
        ps_insert_process(*out);
    else
        ob_dereference_object(*out);
    return status;
}

/* ---- stacks and threads -------------------------------------------------------------------------
 */

static ntstatus make_stack(struct mm_address_space *space, uint32_t reserve, uint32_t commit,
                           struct initial_teb *teb)
{
    uintptr_t base = 0, limit;
    uint32_t bytes = reserve, guard = PAGE_SIZE, old;
    ntstatus status =
        mm_allocate_virtual_memory(space, &base, 0, &bytes, MEM_RESERVE, PAGE_READWRITE);

    if (!NT_SUCCESS(status))
        return status;
    limit = base + reserve - commit;
    uintptr_t at = limit - PAGE_SIZE; /* the guard page below it */
    bytes = commit + PAGE_SIZE;
    status = mm_allocate_virtual_memory(space, &at, 0, &bytes, MEM_COMMIT, PAGE_READWRITE);
    if (NT_SUCCESS(status))
        status = mm_protect_virtual_memory(space, &at, &guard, PAGE_READWRITE | PAGE_GUARD, &old);
    *teb = (struct initial_teb){
        .stack_base = (uint32_t)(base + reserve),
        .stack_limit = (uint32_t)limit,
        .stack_allocation_base = (uint32_t)base,
    };
    return status;
}

ntstatus ps_create_user_stack(struct eprocess *process, struct initial_teb *teb)
{
    uint32_t reserve = process->image.stack_reserve, commit = process->image.stack_commit;
    struct kprocess *saved;

    reserve = ROUND_UP(reserve ? reserve : DEFAULT_STACK, MI_ALLOCATION_PAGES << PAGE_SHIFT);
    commit = ROUND_UP(commit ? commit : DEFAULT_COMMIT, PAGE_SIZE);
    if (commit > reserve - 2 * PAGE_SIZE) /* there is a guard page, and one that is never given */
        reserve = ROUND_UP(commit + 2 * PAGE_SIZE, DEFAULT_STACK);
    ke_stack_attach_process(&process->pcb, &saved);
    ntstatus status = make_stack(&process->vm, reserve, commit, teb);
    ke_unstack_detach_process(saved);
    return status;
}

/* What LdrInitializeThunk finds on its stack. */
struct loader_stack {
    uint32_t return_address; /* it does not return */
    uint32_t context_address;
    uint32_t system_dll;
    struct context context;
};

/* PROCESS is attached to. */
static ntstatus push_loader_frame(struct eprocess *process, const struct context *context,
                                  uintptr_t *esp)
{
    struct loader_stack stack = {.system_dll = (uint32_t)ps_system_dll_base(process),
                                 .context = *context};

    *esp = ROUND_DOWN((uintptr_t)context->esp - sizeof(stack), 4);
    stack.context_address = (uint32_t)(*esp + offsetof(struct loader_stack, context));
    if (*esp > ki_highest_user_address || ki_highest_user_address - *esp < sizeof(stack))
        return STATUS_ACCESS_VIOLATION;
    return ki_copy_guarded((void *)*esp, &stack, sizeof(stack));
}

static void fill_teb(uintptr_t teb, const struct initial_teb *initial)
{
    ki_copy_guarded((void *)(teb + TEB_STACK_BASE), &initial->stack_base, 8);
    ki_copy_guarded((void *)(teb + TEB_DEALLOCATION_STACK), &initial->stack_allocation_base, 4);
}

ntstatus ps_create_process_thread(struct ethread **thread, struct eprocess *process,
                                  const struct context *context, const struct initial_teb *teb)
{
    struct context first = {.context_flags = CONTEXT_I386 | CONTEXT_CONTROL | CONTEXT_INTEGER};
    struct kprocess *saved;
    uintptr_t esp;

    ke_stack_attach_process(&process->pcb, &saved);
    ntstatus status = push_loader_frame(process, context, &esp);
    ke_unstack_detach_process(saved);
    if (!NT_SUCCESS(status))
        return status;
    first.esp = (uint32_t)esp;
    first.eip = (uint32_t)ps_entry_point(process, PS_LDR_INITIALIZE_THUNK);
    status = ps_create_user_thread(thread, process, &first);
    if (!NT_SUCCESS(status))
        return status;
    (*thread)->win32_start_address = context->eax;
    ke_stack_attach_process(&process->pcb, &saved);
    fill_teb((*thread)->tcb.teb, teb);
    ke_unstack_detach_process(saved);
    return STATUS_SUCCESS;
}
