/*
 * ntdll.dll. Its exports are read where it is mapped, in a process that is made for nothing else;
 * all other processes have the same image, if perhaps at another address.
 */
#include "kernel/ps/system_dll.h"
#include "arch/i386/cpu.h"
#include "arch/i386/fast_call.h"
#include "kernel/ke/user_mode.h"
#include "lib/pe.h"
#include "lib/string.h"
#include "mm/user_shared_data.h"

#define LONGEST_NAME 32u
#define MOST_NAMES   0x10000u
#define EXPORT_ENTRY 0u /* of the data directories */

static const char *const names[PS_ENTRY_POINTS] = {
    [PS_LDR_INITIALIZE_THUNK] = "LdrInitializeThunk",
    [PS_RTL_USER_THREAD_START] = "RtlUserThreadStart",
    [PS_EXCEPTION_DISPATCHER] = "KiUserExceptionDispatcher",
    [PS_APC_DISPATCHER] = "KiUserApcDispatcher",
    [PS_FAST_SYSTEM_CALL] = "KiFastSystemCall",
    [PS_INT_SYSTEM_CALL] = "KiIntSystemCall",
    [PS_FAST_SYSTEM_CALL_RET] = "KiFastSystemCallRet",
};

static struct mm_section section;
static bool loaded;
static uint32_t rvas[PS_ENTRY_POINTS];

/* IMAGE_EXPORT_DIRECTORY. */
struct export_directory {
    uint32_t characteristics, time_date_stamp;
    uint16_t major_version, minor_version;
    uint32_t name, base;
    uint32_t number_of_functions, number_of_names;
    uint32_t address_of_functions, address_of_names, address_of_name_ordinals; /* RVAs */
};

static bool read_exports(uintptr_t base, struct export_directory *exports)
{
    struct image_dos_header dos;
    struct image_data_directory directory;

    if (!ki_copy_from_user_space(&dos, base, sizeof(dos)))
        return false;
    uintptr_t directories = base + dos.e_lfanew + sizeof(struct image_nt_headers32);
    return ki_copy_from_user_space(&directory, directories + EXPORT_ENTRY * sizeof(directory),
                                   sizeof(directory)) &&
           directory.size &&
           ki_copy_from_user_space(exports, base + directory.virtual_address, sizeof(*exports)) &&
           exports->number_of_names <= MOST_NAMES;
}

/* The RVA of the export numbered I by name. */
static bool read_rva(uintptr_t base, const struct export_directory *exports, uint32_t i,
                     uint32_t *rva)
{
    uint16_t ordinal;

    return ki_copy_from_user_space(&ordinal, base + exports->address_of_name_ordinals + i * 2,
                                   sizeof(ordinal)) &&
           ki_copy_from_user_space(rva, base + exports->address_of_functions + ordinal * 4u,
                                   sizeof(*rva));
}

static void find_entry_points(uintptr_t base, const struct export_directory *exports)
{
    char name[LONGEST_NAME];
    uint32_t at;

    for (uint32_t i = 0; i < exports->number_of_names; i++) {
        if (!ki_copy_from_user_space(&at, base + exports->address_of_names + i * 4, sizeof(at)) ||
            !ki_copy_from_user_space(name, base + at, sizeof(name)))
            continue;
        name[sizeof(name) - 1] = 0;
        for (uint32_t e = 0; e < PS_ENTRY_POINTS; e++)
            if (!strcmp(name, names[e]) && !read_rva(base, exports, i, &rvas[e]))
                rvas[e] = 0;
    }
}

static ntstatus look_inside(struct eprocess *process)
{
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = PAGE_EXECUTE_READ};
    struct export_directory exports;
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    ntstatus status = mm_map_view_of_section(&process->vm, &section, &request);
    if (NT_SUCCESS(status) && read_exports(request.base, &exports))
        find_entry_points(request.base, &exports);
    ke_unstack_detach_process(saved);
    for (uint32_t e = 0; e < PS_ENTRY_POINTS && NT_SUCCESS(status); e++)
        if (!rvas[e])
            status = STATUS_ENTRYPOINT_NOT_FOUND;
    return status;
}

ntstatus ps_load_system_dll(struct mm_page_source *source)
{
    struct eprocess *process;
    ntstatus status = mm_create_section(&section, source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);

    if (!NT_SUCCESS(status))
        return status;
    status = ps_create_process(&process, "ntdll", NULL);
    if (NT_SUCCESS(status)) {
        status = look_inside(process);
        ob_dereference_object(process);
    }
    loaded = NT_SUCCESS(status);
    if (!loaded)
        mm_delete_section(&section);
    return NT_SUCCESS(status) ? STATUS_SUCCESS : status;
}

bool ps_has_system_dll(void)
{
    return loaded;
}

ntstatus ps_map_system_dll(struct eprocess *process)
{
    struct mm_view_request request = {.inherit = VIEW_SHARE, .protect = PAGE_EXECUTE_READ};
    ntstatus status = mm_map_view_of_section(&process->vm, &section, &request);

    if (!NT_SUCCESS(status))
        return status;
    if (status == STATUS_IMAGE_NOT_AT_BASE) /* it cannot relocate itself before it runs */
        return STATUS_CONFLICTING_ADDRESSES;
    process->pcb.user_exception_dispatcher = ps_entry_point(process, PS_EXCEPTION_DISPATCHER);
    process->pcb.user_apc_dispatcher = ps_entry_point(process, PS_APC_DISPATCHER);
    uint32_t call = (uint32_t)ps_entry_point(process, ke_has(KF_FAST_SYSCALL) ? PS_FAST_SYSTEM_CALL
                                                                              : PS_INT_SYSTEM_CALL);
    ki_fast_call_return = ps_entry_point(process, PS_FAST_SYSTEM_CALL_RET);
    mm_write_user_shared_data(USER_SHARED_SYSTEM_CALL, &call, sizeof(call));
    return STATUS_SUCCESS;
}

uintptr_t ps_system_dll_base(const struct eprocess *process)
{
    (void)process; /* the same in all */
    return section.control_area->image.preferred_base;
}

uintptr_t ps_entry_point(const struct eprocess *process, enum ps_entry_point which)
{
    return ps_system_dll_base(process) + rvas[which];
}
