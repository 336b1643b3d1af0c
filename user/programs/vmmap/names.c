/*
 * What is where in a process, as far as its blocks tell: the PEB has its modules, its heaps and its
 * parameters; a TEB is known by its pointer to itself, and knows its thread's stack.
 */
#include "user/nt/ldr.h"
#include "user/nt/peb.h"
#include <stdio.h>
#include "user/programs/vmmap/vmmap.h"

#define NAMES_MOST   256
#define SHARED_BLOCK ((void *)0x7FFE0000)

static struct {
    const void *base; /* of the allocation */
    char name[VMMAP_NAME_BYTES];
} names[NAMES_MOST];

static unsigned count;

static BOOL read_at(HANDLE process, const void *address, void *buffer, SIZE_T bytes)
{
    return ReadProcessMemory(process, address, buffer, bytes, NULL);
}

/* What is at ADDRESS is NAME. The first name stays. */
static void add(HANDLE process, const void *address, const char *name)
{
    MEMORY_BASIC_INFORMATION info;

    if (count == NAMES_MOST || !VirtualQueryEx(process, address, &info, sizeof(info)) ||
        info.State == MEM_FREE || *vmmap_name(info.AllocationBase))
        return;
    names[count].base = info.AllocationBase;
    snprintf(names[count++].name, VMMAP_NAME_BYTES, "%s", name);
}

const char *vmmap_name(const void *base)
{
    for (unsigned i = 0; i < count; i++)
        if (names[i].base == base)
            return names[i].name;
    return "";
}

/* The texts of a list in another process cannot be trusted: a length too long is cut, and the list
 * ends after so many modules. */
static void add_modules(HANDLE process, const struct peb *peb)
{
    struct peb_ldr_data ldr;
    struct ldr_entry entry;
    WCHAR wide[MAX_PATH];
    char name[VMMAP_NAME_BYTES];

    if (!peb->ldr || !read_at(process, peb->ldr, &ldr, sizeof(ldr)))
        return;
    const LIST_ENTRY *end = &peb->ldr->in_load_order, *at = ldr.in_load_order.Flink;
    for (unsigned i = 0; i < NAMES_MOST && at && at != end; i++, at = entry.in_load_order.Flink) {
        if (!read_at(process, at, &entry, sizeof(entry)))
            return;
        int units = entry.full_dll_name.Length / 2;
        if (units > MAX_PATH)
            units = MAX_PATH;
        if (!read_at(process, entry.full_dll_name.Buffer, wide, (SIZE_T)units * sizeof(*wide)))
            continue;
        int bytes = WideCharToMultiByte(CP_ACP, 0, wide, units, name, sizeof(name) - 1, NULL, NULL);
        name[bytes] = 0;
        add(process, entry.dll_base, name);
    }
}

static void add_heaps(HANDLE process, const struct peb *peb)
{
    void *heap;
    char name[40];

    add(process, peb->process_heap, "heap of the process");
    for (ULONG i = 0; i < peb->number_of_heaps && i < NAMES_MOST; i++) {
        snprintf(name, sizeof(name), "heap %lu", i);
        if (read_at(process, peb->process_heaps + i, &heap, sizeof(heap)))
            add(process, heap, name);
    }
}

static void add_parameters(HANDLE process, const struct peb *peb)
{
    struct process_parameters parameters;

    if (!peb->process_parameters)
        return;
    add(process, peb->process_parameters, "parameters");
    if (read_at(process, peb->process_parameters, &parameters, sizeof(parameters)))
        add(process, parameters.environment, "environment");
}

/* If the page at BASE is a TEB: its thread. */
static void add_thread(HANDLE process, const void *base)
{
    struct teb teb;
    char name[40];

    if (!read_at(process, base, &teb, sizeof(teb)) || teb.self != base)
        return;
    unsigned long id = (unsigned long)(ULONG_PTR)teb.client_id.thread;
    snprintf(name, sizeof(name), "TEB of thread %lu", id);
    add(process, base, name);
    snprintf(name, sizeof(name), "stack of thread %lu", id);
    add(process, teb.deallocation_stack, name);
}

static void add_threads(HANDLE process)
{
    MEMORY_BASIC_INFORMATION info;
    const char *at = NULL;

    while (VirtualQueryEx(process, at, &info, sizeof(info))) {
        if (info.Type == MEM_PRIVATE && info.State == MEM_COMMIT &&
            info.Protect == PAGE_READWRITE && info.BaseAddress == info.AllocationBase &&
            info.RegionSize == PAGE_BYTES)
            add_thread(process, info.BaseAddress);
        at = (char *)info.BaseAddress + info.RegionSize;
    }
}

void vmmap_learn_names(HANDLE process)
{
    PROCESS_BASIC_INFORMATION basic;
    struct peb peb;

    count = 0;
    add(process, SHARED_BLOCK, "shared user data");
    if (nt_failed(NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic),
                                            NULL)) ||
        !read_at(process, basic.PebBaseAddress, &peb, sizeof(peb)))
        return;
    add(process, basic.PebBaseAddress, "PEB");
    add_modules(process, &peb);
    add_heaps(process, &peb);
    add_parameters(process, &peb);
    add_threads(process);
}
