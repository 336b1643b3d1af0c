/*
 * References, and the end of a module. A module and all that it needs get one for each LdrLoadDll
 * of it; those of the program's start stay.
 */
#include "user/ntdll/ldr_internal.h"

static uint32_t sweeping; /* LdrUnloadDll within LdrUnloadDll, from an entry point */

static void increment(struct ldr_module *module)
{
    if (module->entry.load_count != LDR_LOAD_COUNT_PINNED)
        module->entry.load_count++;
}

static void decrement(struct ldr_module *module)
{
    if (module->entry.load_count != LDR_LOAD_COUNT_PINNED && module->entry.load_count)
        module->entry.load_count--;
}

static void pin(struct ldr_module *module)
{
    module->entry.load_count = LDR_LOAD_COUNT_PINNED;
}

void ldrp_reference(struct ldr_module *module)
{
    ldrp_visit(module, module->entry.load_count == LDR_LOAD_COUNT_PINNED ? pin : increment);
}

void ldrp_dereference(struct ldr_module *module)
{
    if (module->entry.load_count != LDR_LOAD_COUNT_PINNED)
        ldrp_visit(module, decrement);
}

/* => the last in the order of initialisation that nobody refers to. */
static struct ldr_module *last_attached(void)
{
    LIST_ENTRY *head = &ldrp_data.in_initialization_order;

    for (LIST_ENTRY *link = head->Blink; link != head; link = link->Blink) {
        struct ldr_module *module =
            CONTAINER(link, struct ldr_module, entry.in_initialization_order);

        if (module->entry.load_count == 0)
            return module;
    }
    return NULL;
}

static void forget(struct ldr_module *module)
{
    void *base = module->entry.dll_base;

    ldrp_remove_tls(module);
    ldrp_remove_module(module);
    NtUnmapViewOfSection(CURRENT_PROCESS, base);
}

/* The views go only when no entry point runs any more that could be in one of them. */
void ldrp_sweep(void)
{
    LIST_ENTRY *head = &ldrp_data.in_load_order;
    struct ldr_module *module;

    sweeping++;
    while ((module = last_attached()))
        ldrp_detach(module, NULL);
    if (--sweeping)
        return;
    for (LIST_ENTRY *link = head->Flink, *next; link != head; link = next) {
        next = link->Flink;
        if (ldrp_module_of(link)->entry.load_count == 0)
            forget(ldrp_module_of(link));
    }
}

NTSTATUS NTAPI LdrUnloadDll(void *base)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (ldrp_shutting_down)
        return STATUS_SUCCESS;
    RtlEnterCriticalSection(&ldrp_lock);
    struct ldr_module *module = ldrp_find_by_base(base);
    if (module) {
        ldrp_dereference(module);
        ldrp_sweep();
    } else {
        status = STATUS_DLL_NOT_FOUND;
    }
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}

NTSTATUS NTAPI LdrAddRefDll(ULONG flags, void *base)
{
    NTSTATUS status = STATUS_SUCCESS;

    RtlEnterCriticalSection(&ldrp_lock);
    struct ldr_module *module = ldrp_find_by_base(base);
    if (!module)
        status = STATUS_DLL_NOT_FOUND;
    else if (flags & 1)
        ldrp_visit(module, pin);
    else
        ldrp_reference(module);
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}
