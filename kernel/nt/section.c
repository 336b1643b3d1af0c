/*
 * Section objects: NtCreateSection and its kin. A section holds what the memory manager made; its
 * file is referred to by that.
 */
#include "kernel/nt/section.h"
#include "kernel/dbgk/dbgk.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "mm/section.h"

#define SECTION_BASIC_INFORMATION_CLASS 0u
#define SECTION_IMAGE_INFORMATION_CLASS 1u

struct object_type *nt_section_type;

static void delete_section(void *object)
{
    struct mm_section *section = object;

    if (section->control_area)
        mm_delete_section(section);
}

/* SECTION_ rights as winnt.h has them. */
void nt_init_sections(void)
{
    static const struct object_type_initializer info = {
        .mapping = {0x20000 | SECTION_QUERY | SECTION_MAP_READ, 0x20000 | SECTION_MAP_WRITE,
                    0x20000 | SECTION_MAP_EXECUTE, 0xF001F},
        .valid_access = 0x1F001F,
        .body_bytes = sizeof(struct mm_section),
        .pool = NONPAGED_POOL,
        .delete = delete_section,
    };

    if (!NT_SUCCESS(ob_create_object_type(u"Section", &info, &nt_section_type)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 0, 0, 0);
}

ntstatus nt_make_section(struct mm_page_source *source, uint64_t bytes, uint32_t protect,
                         uint32_t attributes, struct mm_section **out)
{
    void *object;
    ntstatus status = ob_create_object(nt_section_type, &object);

    if (!NT_SUCCESS(status))
        return status;
    status = mm_create_section(object, source, bytes, protect, attributes);
    if (!NT_SUCCESS(status)) {
        ob_dereference_object(object);
        return status;
    }
    *out = object;
    return STATUS_SUCCESS;
}

/* What a view with PROTECT needs the handle to grant. */
static uint32_t access_for(uint32_t protect)
{
    static const struct {
        uint32_t protect, access;
    } needs[] = {
        {PAGE_NOACCESS | PAGE_READONLY | PAGE_WRITECOPY | PAGE_EXECUTE_READ |
             PAGE_EXECUTE_WRITECOPY,
         SECTION_MAP_READ},
        {PAGE_READWRITE | PAGE_EXECUTE_READWRITE, SECTION_MAP_WRITE},
        {PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY,
         SECTION_MAP_EXECUTE},
    };
    uint32_t access = 0;

    for (uint32_t i = 0; i < ARRAY_SIZE(needs); i++)
        if (protect & needs[i].protect)
            access |= needs[i].access;
    return access;
}

/* The section and the process of a view. */
struct target {
    struct mm_section *section;
    struct eprocess *process;
};

static ntstatus reference(handle_t section, handle_t process, uint32_t protect,
                          struct target *target)
{
    void *object;
    ntstatus status = nt_reference_process(process, PROCESS_VM_OPERATION, &target->process);

    if (!NT_SUCCESS(status))
        return status;
    status = ob_reference_object_by_handle(section, access_for(protect), nt_section_type,
                                           ke_get_previous_mode(), &object, NULL);
    if (NT_SUCCESS(status) && !nt_has_address_space(target->process)) {
        ob_dereference_object(object);
        status = STATUS_PROCESS_IS_TERMINATING;
    }
    if (!NT_SUCCESS(status))
        ob_dereference_object(target->process);
    target->section = object;
    return status;
}

static ntstatus map(handle_t section, handle_t process, struct mm_view_request *request)
{
    struct target target;
    struct kprocess *saved;
    ntstatus status = reference(section, process, request->protect, &target);

    if (!NT_SUCCESS(status))
        return status;
    ke_stack_attach_process(&target.process->pcb, &saved);
    status = mm_map_view_of_section(&target.process->vm, target.section, request);
    ke_unstack_detach_process(saved);
    if (NT_SUCCESS(status) && target.process == ps_get_current_thread()->process &&
        (target.section->attributes & SEC_IMAGE))
        dbgk_map_view_of_section(target.section->control_area->source, request->base);
    ob_dereference_object(target.section);
    ob_dereference_object(target.process);
    return status;
}

ntstatus nt_map_view_of_section(handle_t section, handle_t process, uintptr_t *base_at,
                                uint32_t zero_bits, uint32_t commit_bytes, uint64_t *offset_at,
                                uint32_t *size_at, uint32_t inherit, uint32_t type,
                                uint32_t protect)
{
    struct mm_view_request request = {.zero_bits = zero_bits,
                                      .commit_bytes = commit_bytes,
                                      .inherit = inherit,
                                      .type = type,
                                      .protect = protect};
    ntstatus status = rtl_probe_user(base_at, &request.base, sizeof(request.base));

    if (NT_SUCCESS(status))
        status = rtl_probe_user(size_at, &request.bytes, sizeof(request.bytes));
    if (NT_SUCCESS(status) && offset_at)
        status = rtl_probe_user(offset_at, &request.offset, sizeof(request.offset));
    if (NT_SUCCESS(status))
        status = map(section, process, &request);
    if (!NT_SUCCESS(status))
        return status;
    (void)rtl_copy_to_user(base_at, &request.base, sizeof(request.base));
    (void)rtl_copy_to_user(size_at, &request.bytes, sizeof(request.bytes));
    if (offset_at)
        (void)rtl_copy_to_user(offset_at, &request.offset, sizeof(request.offset));
    return status; /* not at its base is a success */
}

ntstatus nt_unmap_view_of_section(handle_t handle, uintptr_t address)
{
    struct eprocess *process;
    struct kprocess *saved;
    ntstatus status = nt_reference_process(handle, PROCESS_VM_OPERATION, &process);

    if (!NT_SUCCESS(status))
        return status;
    if (process == ps_get_current_thread()->process)
        dbgk_unmap_view_of_section(address);
    status = STATUS_PROCESS_IS_TERMINATING;
    if (nt_has_address_space(process)) {
        ke_stack_attach_process(&process->pcb, &saved);
        status = mm_unmap_view_of_section(&process->vm, address);
        ke_unstack_detach_process(saved);
    }
    ob_dereference_object(process);
    return status;
}

ntstatus nt_extend_section(handle_t handle, uint64_t *size_at)
{
    void *section;
    uint64_t size;
    ntstatus status = rtl_probe_user(size_at, &size, sizeof(size));

    if (NT_SUCCESS(status))
        status = ob_reference_object_by_handle(handle, SECTION_EXTEND_SIZE, nt_section_type,
                                               ke_get_previous_mode(), &section, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_extend_section(section, &size);
    ob_dereference_object(section);
    if (NT_SUCCESS(status))
        (void)rtl_copy_to_user(size_at, &size, sizeof(size));
    return status;
}

/* SECTION_BASIC_INFORMATION and SECTION_IMAGE_INFORMATION, as documented. */
struct basic_information {
    uint32_t base_address, attributes;
    uint64_t size;
};

struct image_information {
    uint32_t transfer_address, zero_bits, maximum_stack_size, committed_stack_size, subsystem;
    uint16_t subsystem_minor, subsystem_major;
    uint32_t gp_value;
    uint16_t image_characteristics, dll_characteristics, machine;
    uint8_t contains_code, flags;
    uint32_t loader_flags, image_file_size, checksum;
};
_Static_assert(sizeof(struct image_information) == 48, "SECTION_IMAGE_INFORMATION");

static struct image_information describe_image(const struct mm_section *section)
{
    const struct mi_image_layout *image = &section->control_area->image;

    return (struct image_information){
        .transfer_address = image->entry_point ? image->preferred_base + image->entry_point : 0,
        .maximum_stack_size = image->stack_reserve,
        .committed_stack_size = image->stack_commit,
        .subsystem = image->subsystem,
        .subsystem_minor = image->minor_subsystem_version,
        .subsystem_major = image->major_subsystem_version,
        .image_characteristics = image->characteristics,
        .dll_characteristics = image->dll_characteristics,
        .machine = image->machine,
        .contains_code = 1,
        .image_file_size = section->control_area->source->bytes,
        .checksum = image->checksum,
    };
}

static ntstatus query(const struct mm_section *section, uint32_t class, void *buffer,
                      uint32_t *bytes)
{
    struct basic_information basic = {.base_address = (uint32_t)section->base,
                                      .attributes = section->attributes,
                                      .size = section->bytes};
    struct image_information image;

    if (class == SECTION_BASIC_INFORMATION_CLASS) {
        *bytes = sizeof(basic);
        return rtl_copy_to_user(buffer, &basic, sizeof(basic));
    }
    if (!(section->attributes & SEC_IMAGE))
        return STATUS_SECTION_NOT_IMAGE;
    image = describe_image(section);
    *bytes = sizeof(image);
    return rtl_copy_to_user(buffer, &image, sizeof(image));
}

ntstatus nt_query_section(handle_t handle, uint32_t class, void *buffer, uint32_t length,
                          uint32_t *returned)
{
    void *object;
    uint32_t bytes = 0;

    if (class > SECTION_IMAGE_INFORMATION_CLASS)
        return STATUS_INVALID_INFO_CLASS;
    if (length < (class == SECTION_BASIC_INFORMATION_CLASS ? sizeof(struct basic_information)
                                                           : sizeof(struct image_information)))
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = ob_reference_object_by_handle(handle, SECTION_QUERY, nt_section_type,
                                                    ke_get_previous_mode(), &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = query(object, class, buffer, &bytes);
    ob_dereference_object(object);
    return NT_SUCCESS(status) && returned ? rtl_copy_to_user(returned, &bytes, sizeof(bytes))
                                          : status;
}
