/*
 * The first process of user mode. Nobody of user mode makes it, so the kernel does what
 * CreateProcess does for all others: it opens the file, makes the process, writes its parameters
 * (RTL_USER_PROCESS_PARAMETERS, as winternl.h and the documentation of x86 have it), and starts its
 * first thread.
 */
#include "kernel/run_program.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/guarded.h"
#include "arch/i386/registers.h"
#include "kernel/image_file.h"
#include "kernel/io/io.h"
#include "kernel/known_dlls.h"
#include "kernel/nt/section.h"
#include "kernel/ps/user_process.h"
#include "lib/string.h"
#include "mm/virtual_memory.h"

#define SYSTEM_DLL            u"\\??\\C:\\ntdll.dll"
#define NT_PREFIX             4u /* characters of \??\, which Win32 does not see */
#define PARAMETERS_NORMALIZED 1u

static const uint16_t environment[] = u"PATH=C:\\\0SystemDrive=C:\0SystemRoot=C:\\\0TEMP=C:\\\0";

/* UNICODE_STRING in user space. */
struct user_string {
    uint16_t length, maximum_length;
    uint32_t buffer;
};

struct process_parameters {
    uint32_t maximum_length, length, flags, debug_flags;
    uint32_t console_handle, console_flags;
    uint32_t standard[KI_STANDARD_HANDLES];
    struct user_string current_directory;
    uint32_t current_directory_handle;
    struct user_string dll_path, image_path_name, command_line;
    uint32_t environment;
    uint32_t window[9];
    struct user_string window_title, desktop_info, shell_info, runtime_data;
    uint32_t current_directories[32][4];
};
_Static_assert(sizeof(struct process_parameters) == 0x290, "as on x86");

static ntstatus load_system_dll(void)
{
    struct unicode_string name;
    struct mm_page_source *source;
    handle_t handle;

    if (ps_has_system_dll())
        return STATUS_SUCCESS;
    rtl_init_unicode_string(&name, SYSTEM_DLL);
    ntstatus status = ki_open_page_source(&name, &handle, &source);
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_DLL_NOT_FOUND : status;
    status = ps_load_system_dll(source);
    ob_close_handle(handle, KERNEL_MODE);
    if (NT_SUCCESS(status))
        ki_make_known_dlls();
    return status;
}

/* ---- the process --------------------------------------------------------------------------------
 */

static void short_name(const struct unicode_string *path, char name[PS_IMAGE_NAME])
{
    uint32_t count = path->length / 2, start = count, i = 0;

    while (start && path->buffer[start - 1] != '\\')
        start--;
    for (; start < count && i < PS_IMAGE_NAME - 1; start++)
        name[i++] = (char)(path->buffer[start] < 0x80 ? path->buffer[start] : '?');
    name[i] = 0;
}

static ntstatus make_process(const struct unicode_string *path, struct eprocess **process)
{
    struct mm_page_source *source;
    struct mm_section *section;
    char name[PS_IMAGE_NAME];
    handle_t handle;
    ntstatus status = ki_open_page_source(path, &handle, &source);

    if (!NT_SUCCESS(status))
        return status;
    short_name(path, name);
    status = nt_make_section(source, 0, PAGE_EXECUTE_READ, SEC_IMAGE, &section);
    if (NT_SUCCESS(status)) {
        status = ps_create_user_process(process, name, NULL, section);
        ob_dereference_object(section);
    }
    ob_close_handle(handle, KERNEL_MODE);
    return status;
}

/* The devices NAMES, opened for PROCESS. */
static ntstatus give_handles(struct eprocess *process, const uint16_t *const names[],
                             uint32_t standard[KI_STANDARD_HANDLES])
{
    ntstatus status = STATUS_SUCCESS;

    for (uint32_t i = 0; i < KI_STANDARD_HANDLES && NT_SUCCESS(status); i++) {
        struct unicode_string name;
        handle_t handle;
        rtl_init_unicode_string(&name, names[i]);
        status = ki_open_file(&name, i ? FILE_WRITE_DATA : FILE_READ_DATA, &handle);
        if (!NT_SUCCESS(status))
            break;
        status = ob_duplicate_object(ob_kernel_handle_table, handle & ~KERNEL_HANDLE_BIT,
                                     process->object_table, 0, OBJ_INHERIT, DUPLICATE_SAME_ACCESS,
                                     KERNEL_MODE, &standard[i]);
        ob_close_handle(handle, KERNEL_MODE);
    }
    return status;
}

/* ---- its parameters: PROCESS is attached to
 * ------------------------------------------------------
 */

/* Where the next string goes. */
struct room {
    uintptr_t at;
    bool failed;
};

static uint32_t put(struct room *room, const void *from, uint32_t bytes)
{
    uintptr_t at = room->at;

    room->failed |= ki_copy_guarded((void *)at, from, bytes) != 0;
    room->at = ROUND_UP(at + bytes, 4);
    return (uint32_t)at;
}

static struct user_string put_string(struct room *room, const uint16_t *text, uint32_t characters)
{
    uint16_t end = 0;
    struct user_string string = {.length = (uint16_t)(characters * 2),
                                 .maximum_length = (uint16_t)(characters * 2 + 2)};

    string.buffer = put(room, text, characters * 2);
    room->failed |=
        ki_copy_guarded((void *)(uintptr_t)(string.buffer + characters * 2), &end, 2) != 0;
    room->at = ROUND_UP((uintptr_t)string.buffer + characters * 2 + 2, 4);
    return string;
}

static ntstatus fill_parameters(struct process_parameters *parameters, uintptr_t base,
                                const struct unicode_string *path,
                                const struct unicode_string *command_line)
{
    static const uint16_t root[] = u"C:\\";
    struct room room = {.at = base + sizeof(*parameters)};

    parameters->current_directory = put_string(&room, root, 3);
    parameters->dll_path = put_string(&room, root, 3);
    parameters->image_path_name =
        put_string(&room, path->buffer + NT_PREFIX, path->length / 2u - NT_PREFIX);
    parameters->command_line = put_string(&room, command_line->buffer, command_line->length / 2u);
    parameters->window_title = parameters->image_path_name;
    parameters->environment = put(&room, environment, sizeof(environment));
    room.at = base;
    put(&room, parameters, sizeof(*parameters));
    return room.failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

static ntstatus write_parameters(struct eprocess *process, const uint32_t standard[],
                                 const struct ki_program *program)
{
    uint32_t bytes = (uint32_t)sizeof(struct process_parameters) + (uint32_t)sizeof(environment) +
                     2u * program->path.length + program->command_line.length + 64;
    struct process_parameters parameters = {.flags = PARAMETERS_NORMALIZED};
    uintptr_t base = 0;
    ntstatus status = mm_allocate_virtual_memory(&process->vm, &base, 0, &bytes,
                                                 MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    if (!NT_SUCCESS(status))
        return status;
    parameters.maximum_length = parameters.length = bytes;
    memcpy(parameters.standard, standard, sizeof(parameters.standard));
    status = fill_parameters(&parameters, base, &program->path, &program->command_line);
    uint32_t at = (uint32_t)base;
    if (NT_SUCCESS(status) &&
        ki_copy_guarded((void *)(MM_PEB + PEB_PROCESS_PARAMETERS), &at, sizeof(at)))
        status = STATUS_NO_MEMORY;
    return status;
}

static ntstatus start(struct eprocess *process, struct ethread **thread)
{
    struct context context = {.context_flags = CONTEXT_I386 | CONTEXT_CONTROL | CONTEXT_INTEGER |
                                               CONTEXT_SEGMENTS};
    struct initial_teb teb;
    ntstatus status = ps_create_user_stack(process, &teb);

    if (!NT_SUCCESS(status))
        return status;
    context.eip = (uint32_t)ps_entry_point(process, PS_RTL_USER_THREAD_START);
    context.eax = (uint32_t)process->image_base + process->image.entry_point;
    context.ebx = MM_PEB;
    context.esp = teb.stack_base - 16;
    context.seg_cs = KGDT_R3_CODE;
    context.seg_ss = context.seg_ds = context.seg_es = KGDT_R3_DATA;
    context.seg_fs = KGDT_R3_TEB;
    context.eflags = EFLAGS_IF;
    return ps_create_process_thread(thread, process, &context, &teb);
}

ntstatus ki_run_program(const struct ki_program *program, ntstatus *exit_status)
{
    struct eprocess *process;
    struct ethread *thread;
    struct kprocess *saved;
    uint32_t standard[KI_STANDARD_HANDLES];
    ntstatus status = load_system_dll();

    if (NT_SUCCESS(status))
        status = make_process(&program->path, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = give_handles(process, program->standard, standard);
    if (NT_SUCCESS(status)) {
        ke_stack_attach_process(&process->pcb, &saved);
        status = write_parameters(process, standard, program);
        ke_unstack_detach_process(saved);
    }
    if (NT_SUCCESS(status))
        status = start(process, &thread);
    if (NT_SUCCESS(status)) {
        ps_start_thread(thread);
        ke_wait_for_single_object(process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        *exit_status = process->exit_status;
        ob_dereference_object(thread);
    }
    ob_dereference_object(process);
    return status;
}
