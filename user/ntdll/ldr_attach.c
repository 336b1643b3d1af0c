/*
 * Entry points: a module's after those of the modules it needs, and when it ends before them.
 */
#include "user/ntdll/ldr_internal.h"

typedef BOOL(WINAPI *dll_main)(HINSTANCE instance, DWORD reason, void *reserved);

static bool has_entry(const struct ldr_module *module)
{
    return (module->entry.flags & LDRP_IMAGE_DLL) && module->entry.entry_point;
}

/* => what the entry point said; there need not be one. */
static bool call_entry(struct ldr_module *module, ULONG reason, void *reserved)
{
    ldrp_call_tls_callbacks(module, reason, reserved);
    if (!has_entry(module))
        return true;
    dll_main entry = (dll_main)module->entry.entry_point;
    return entry(module->entry.dll_base, reason, reserved);
}

static NTSTATUS attach_one(struct ldr_module *module, void *reserved)
{
    struct ldr_entry *entry = &module->entry;

    entry->flags |= LDRP_PROCESS_ATTACH_CALLED;
    list_insert_tail(&ldrp_data.in_initialization_order, &entry->in_initialization_order);
    if (call_entry(module, DLL_PROCESS_ATTACH, reserved))
        return STATUS_SUCCESS;
    ldrp_complain_dll(&entry->base_dll_name, STATUS_DLL_INIT_FAILED);
    return STATUS_DLL_INIT_FAILED;
}

NTSTATUS ldrp_attach(struct ldr_module *module, void *reserved)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (module->attaching || (module->entry.flags & LDRP_PROCESS_ATTACH_CALLED))
        return STATUS_SUCCESS;
    module->attaching = true;
    for (uint32_t i = 0; i < module->dependency_count && !nt_failed(status); i++)
        status = ldrp_attach(module->dependencies[i], reserved);
    if (!nt_failed(status) && module != ldrp_image)
        status = attach_one(module, reserved);
    module->attaching = false;
    return status;
}

void ldrp_detach(struct ldr_module *module, void *reserved)
{
    list_remove(&module->entry.in_initialization_order);
    list_initialize(&module->entry.in_initialization_order);
    call_entry(module, DLL_PROCESS_DETACH, reserved);
}

static bool wants_threads(const struct ldr_module *module)
{
    return (module->entry.flags & LDRP_PROCESS_ATTACH_CALLED) &&
           !(module->entry.flags & LDRP_DONT_CALL_FOR_THREADS);
}

void ldrp_notify_thread(ULONG reason)
{
    LIST_ENTRY *head = &ldrp_data.in_initialization_order;
    bool forward = reason == DLL_THREAD_ATTACH;

    if (ldrp_shutting_down)
        return;
    for (LIST_ENTRY *link = forward ? head->Flink : head->Blink, *next; link != head; link = next) {
        struct ldr_module *module =
            CONTAINER(link, struct ldr_module, entry.in_initialization_order);

        next = forward ? link->Flink : link->Blink;
        if (wants_threads(module))
            call_entry(module, reason, NULL);
    }
    ldrp_call_tls_callbacks(ldrp_image, reason, NULL);
}

/* At the process's end, all modules that began, the last one first. */
NTSTATUS NTAPI LdrShutdownProcess(void)
{
    LIST_ENTRY *head = &ldrp_data.in_initialization_order;
    static char ending; /* its address is no NULL: the process ends */

    if (ldrp_shutting_down || !ldrp_data.initialized)
        return STATUS_SUCCESS;
    ldrp_shutting_down = true;
    while (!list_is_empty(head))
        ldrp_detach(CONTAINER(head->Blink, struct ldr_module, entry.in_initialization_order),
                    &ending);
    ldrp_call_tls_callbacks(ldrp_image, DLL_PROCESS_DETACH, &ending);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrShutdownThread(void)
{
    RtlEnterCriticalSection(&ldrp_lock);
    ldrp_notify_thread(DLL_THREAD_DETACH);
    ldrp_free_thread_tls();
    RtlLeaveCriticalSection(&ldrp_lock);
    return STATUS_SUCCESS;
}
