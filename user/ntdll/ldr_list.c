/*
 * The modules of the process, on the lists that the PEB leads to, and who needs whom.
 */
#include "user/ntdll/ldr_internal.h"

#define FIRST_DEPENDENCIES 4u

struct peb_ldr_data ldrp_data = {.length = sizeof(ldrp_data)};
RTL_CRITICAL_SECTION ldrp_lock;
struct ldr_module *ldrp_image, *ldrp_ntdll;
bool ldrp_shutting_down;

/* What follows the last backslash of PATH. */
static UNICODE_STRING base_name(const UNICODE_STRING *path)
{
    USHORT begin = path->Length / 2;

    while (begin > 0 && path->Buffer[begin - 1] != '\\' && path->Buffer[begin - 1] != '/')
        begin--;
    return rtlp_string(path->Buffer + begin, path->Length / 2 - begin);
}

struct ldr_module *ldrp_insert_module(void *base, const UNICODE_STRING *full_name)
{
    const IMAGE_NT_HEADERS *nt = RtlImageNtHeader(base);
    struct ldr_module *module = rtlp_allocate(sizeof(*module));

    if (!module)
        return NULL;
    *module = (struct ldr_module){.entry = {
                                      .dll_base = base,
                                      .size_of_image = nt->OptionalHeader.SizeOfImage,
                                      .time_date_stamp = nt->FileHeader.TimeDateStamp,
                                  }};
    struct ldr_entry *entry = &module->entry;
    if (nt->OptionalHeader.AddressOfEntryPoint)
        entry->entry_point = (char *)base + nt->OptionalHeader.AddressOfEntryPoint;
    if (nt->FileHeader.Characteristics & IMAGE_FILE_DLL)
        entry->flags |= LDRP_IMAGE_DLL;
    entry->full_dll_name.MaximumLength = full_name->Length + 2;
    entry->full_dll_name.Buffer = rtlp_allocate(full_name->Length + 2);
    if (!entry->full_dll_name.Buffer) {
        rtlp_free(module);
        return NULL;
    }
    RtlCopyUnicodeString(&entry->full_dll_name, full_name);
    entry->base_dll_name = base_name(&entry->full_dll_name);
    entry->base_dll_name.MaximumLength += 2; /* the terminator */
    list_insert_tail(&ldrp_data.in_load_order, &entry->in_load_order);
    list_insert_tail(&ldrp_data.in_memory_order, &entry->in_memory_order);
    list_initialize(&entry->in_initialization_order);
    list_initialize(&entry->hash_links);
    return module;
}

void ldrp_remove_module(struct ldr_module *module)
{
    list_remove(&module->entry.in_load_order);
    list_remove(&module->entry.in_memory_order);
    list_remove(&module->entry.in_initialization_order);
    rtlp_free(module->entry.full_dll_name.Buffer);
    rtlp_free(module->dependencies);
    rtlp_free(module);
}

struct ldr_module *ldrp_find_by_address(const void *address)
{
    LIST_ENTRY *head = &ldrp_data.in_load_order;

    for (LIST_ENTRY *link = head->Flink; link != head; link = link->Flink) {
        struct ldr_entry *entry = &ldrp_module_of(link)->entry;

        if ((uintptr_t)address - (uintptr_t)entry->dll_base < entry->size_of_image)
            return ldrp_module_of(link);
    }
    return NULL;
}

struct ldr_module *ldrp_find_by_base(const void *base)
{
    struct ldr_module *module = ldrp_find_by_address(base);

    return module && module->entry.dll_base == base ? module : NULL;
}

static bool has_path(const UNICODE_STRING *name)
{
    return base_name(name).Length != name->Length;
}

struct ldr_module *ldrp_find_by_name(const UNICODE_STRING *name)
{
    LIST_ENTRY *head = &ldrp_data.in_load_order;
    bool full = has_path(name);

    for (LIST_ENTRY *link = head->Flink; link != head; link = link->Flink) {
        struct ldr_entry *entry = &ldrp_module_of(link)->entry;

        if (RtlEqualUnicodeString(name, full ? &entry->full_dll_name : &entry->base_dll_name, TRUE))
            return ldrp_module_of(link);
    }
    return NULL;
}

NTSTATUS ldrp_add_dependency(struct ldr_module *module, struct ldr_module *other)
{
    for (uint32_t i = 0; i < module->dependency_count; i++)
        if (module->dependencies[i] == other)
            return STATUS_SUCCESS;
    if (module == other)
        return STATUS_SUCCESS;
    if (module->dependency_count == module->dependency_capacity) {
        uint32_t capacity =
            module->dependency_capacity ? 2 * module->dependency_capacity : FIRST_DEPENDENCIES;
        struct ldr_module **larger = rtlp_allocate(capacity * sizeof(*larger));

        if (!larger)
            return STATUS_NO_MEMORY;
        memcpy(larger, module->dependencies, module->dependency_count * sizeof(*larger));
        rtlp_free(module->dependencies);
        module->dependencies = larger;
        module->dependency_capacity = capacity;
    }
    module->dependencies[module->dependency_count++] = other;
    return STATUS_SUCCESS;
}

static void visit_marked(struct ldr_module *module, void (*visit)(struct ldr_module *module),
                         uint32_t mark)
{
    if (module->mark == mark)
        return;
    module->mark = mark;
    for (uint32_t i = 0; i < module->dependency_count; i++)
        visit_marked(module->dependencies[i], visit, mark);
    visit(module);
}

void ldrp_visit(struct ldr_module *module, void (*visit)(struct ldr_module *module))
{
    static uint32_t last_mark;

    visit_marked(module, visit, ++last_mark);
}
