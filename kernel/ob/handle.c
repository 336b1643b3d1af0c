/* Handles: made for objects found by name or by pointer, looked up, copied, closed. */
#include "kernel/ob/ob_internal.h"
#include "kernel/ke/thread.h"
#include "lib/atomic.h"
#include "mm/layout.h"

#define HANDLE_STEP 4u /* from one to the next */

struct handle_table *(*ob_current_handle_table)(void);
struct handle_table *ob_kernel_handle_table;

struct handle_table *ob_table_of(handle_t *handle, enum kprocessor_mode mode)
{
    if ((*handle & KERNEL_HANDLE_BIT) && mode == KERNEL_MODE) {
        *handle &= ~KERNEL_HANDLE_BIT;
        return ob_kernel_handle_table;
    }
    return ob_current_handle_table();
}

handle_t ob_make_handle(struct object_header *header, uint32_t access, uint32_t attributes)
{
    uint32_t bits = attributes & OBJ_INHERIT ? HANDLE_INHERIT : 0;
    bool kernel = (attributes & OBJ_KERNEL_HANDLE) != 0;
    struct handle_table *table = kernel ? ob_kernel_handle_table : ob_current_handle_table();
    handle_t handle = ex_create_handle(table, header, access, bits);

    return handle && (kernel || table == ob_kernel_handle_table) ? handle | KERNEL_HANDLE_BIT
                                                                 : handle;
}

/* A handle for HEADER, of which the caller has a reference for it; that goes on failure. */
static ntstatus give_handle(struct object_header *header, uint32_t access, uint32_t attributes,
                            handle_t *handle)
{
    *handle = ob_make_handle(header, access, attributes);
    if (*handle)
        return STATUS_SUCCESS;
    ob_decrement_handle_count(header, access);
    ob_dereference_object(header->body);
    return STATUS_INSUFFICIENT_RESOURCES;
}

ntstatus ob_open_object_by_pointer(void *object, uint32_t attributes, uint32_t access,
                                   const struct object_type *type, enum kprocessor_mode mode,
                                   handle_t *handle)
{
    struct object_header *header = ob_header(object);
    uint32_t granted;
    ntstatus status = ob_reference_object_by_pointer(object, type);

    *handle = 0;
    if (!NT_SUCCESS(status))
        return status;
    status = ob_grant_access(header->type, access, mode, &granted);
    if (NT_SUCCESS(status))
        status = ob_increment_handle_count(header, granted);
    if (NT_SUCCESS(status))
        return give_handle(header, granted, attributes, handle);
    ob_dereference_object(object);
    return status;
}

ntstatus ob_reference_object_by_handle(handle_t handle, uint32_t access,
                                       const struct object_type *type, enum kprocessor_mode mode,
                                       void **object, struct handle_entry *info)
{
    struct handle_table *table = ob_table_of(&handle, mode);
    const struct handle_entry *entry = ex_map_handle_to_pointer(table, handle);
    ntstatus status = STATUS_SUCCESS;

    *object = NULL;
    if (unlikely(!entry))
        return STATUS_INVALID_HANDLE;
    struct object_header *header = entry->object;
    if (unlikely(type && header->type != type))
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (unlikely((access & ~ex_handle_access(entry)) && mode != KERNEL_MODE))
        status = STATUS_ACCESS_DENIED;
    if (likely(NT_SUCCESS(status))) {
        ob_reference_object(header->body);
        *object = header->body;
        if (info)
            *info = *entry;
    }
    ex_unlock_handle_table(table);
    return status;
}

static ntstatus close_in(struct handle_table *table, handle_t handle, bool force)
{
    struct handle_entry was;
    ntstatus status = ex_destroy_handle(table, handle, force, &was);

    if (!NT_SUCCESS(status))
        return status;
    struct object_header *header = was.object;
    ob_decrement_handle_count(header, ex_handle_access(&was));
    ob_dereference_object(header->body);
    return STATUS_SUCCESS;
}

ntstatus ob_close_handle(handle_t handle, enum kprocessor_mode mode)
{
    struct handle_table *table = ob_table_of(&handle, mode);

    return close_in(table, handle, false);
}

void ob_close_handles_of_type(struct handle_table *table, const struct object_type *type)
{
    for (handle_t handle = HANDLE_STEP; handle / HANDLE_STEP < table->next_unused;
         handle += HANDLE_STEP) {
        const struct handle_entry *entry = ex_map_handle_to_pointer(table, handle);
        if (!entry)
            continue;
        bool wanted = ((struct object_header *)entry->object)->type == type;
        ex_unlock_handle_table(table);
        if (wanted)
            close_in(table, handle, true);
    }
}

ntstatus ob_set_handle_attributes(handle_t handle, uint32_t attributes, enum kprocessor_mode mode)
{
    struct handle_table *table = ob_table_of(&handle, mode);

    return ex_set_handle_attributes(table, handle, attributes);
}

/* ---- duplicates -------------------------------------------------------------------------------
 */

/* One more handle for what SOURCE stands for is counted and referenced, with no more access than
 * SOURCE has. */
static ntstatus count_copy(const struct handle_entry *source, uint32_t access,
                           enum kprocessor_mode mode, uint32_t *granted)
{
    struct object_header *header = source->object;
    ntstatus status = ob_grant_access(header->type, access, mode, granted);

    if (NT_SUCCESS(status) && (*granted & ~ex_handle_access(source)) && mode != KERNEL_MODE)
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status))
        status = ob_increment_handle_count(header, *granted);
    if (NT_SUCCESS(status))
        ob_reference_object(header->body);
    return status;
}

/* The handle that was counted. */
static ntstatus make_copy(struct object_header *header, struct handle_table *to, uint32_t granted,
                          uint32_t attributes, handle_t *handle)
{
    *handle = ex_create_handle(to, header, granted, attributes);
    if (*handle)
        return STATUS_SUCCESS;
    ob_decrement_handle_count(header, granted);
    ob_dereference_object(header->body);
    return STATUS_INSUFFICIENT_RESOURCES;
}

/* The copy is counted while the source cannot be closed: it was not the last. */
ntstatus ob_duplicate_object(struct handle_table *from, handle_t handle, struct handle_table *to,
                             uint32_t access, uint32_t attributes, uint32_t options,
                             enum kprocessor_mode mode, handle_t *new_handle)
{
    const struct handle_entry *entry = ex_map_handle_to_pointer(from, handle);
    ntstatus status = STATUS_SUCCESS;
    uint32_t granted;

    *new_handle = 0;
    if (!entry)
        return STATUS_INVALID_HANDLE;
    struct object_header *header = entry->object;
    if (options & DUPLICATE_SAME_ACCESS)
        access = ex_handle_access(entry);
    if (options & DUPLICATE_SAME_ATTRIBUTES)
        attributes = ex_handle_attributes(entry);
    if (to)
        status = count_copy(entry, access, mode, &granted);
    ex_unlock_handle_table(from);
    if (to && NT_SUCCESS(status))
        status = make_copy(header, to, granted, attributes, new_handle);
    if (options & DUPLICATE_CLOSE_SOURCE)
        close_in(from, handle, false);
    return status;
}

ntstatus ob_open_object_in(struct handle_table *to, void *object, uint32_t access,
                           uint32_t attributes, enum kprocessor_mode mode, handle_t *handle)
{
    struct object_header *header = ob_header(object);
    const struct handle_entry all = {.object = header,
                                     .granted_access = header->type->info.valid_access};
    uint32_t granted;
    ntstatus status = count_copy(&all, access, mode, &granted);

    *handle = 0;
    return NT_SUCCESS(status) ? make_copy(header, to, granted, attributes, handle) : status;
}

/* ---- a process's table ------------------------------------------------------------------------
 */

static void close_entry(const struct handle_entry *entry, void *context)
{
    struct object_header *header = entry->object;

    (void)context;
    ob_decrement_handle_count(header, ex_handle_access(entry));
    ob_dereference_object(header->body);
}

/* Called with the parent's table locked, so the object has at least that handle. */
static bool inherit(const struct handle_entry *entry)
{
    struct object_header *header = entry->object;

    if (!(ex_handle_attributes(entry) & HANDLE_INHERIT) ||
        !NT_SUCCESS(ob_increment_handle_count(header, ex_handle_access(entry))))
        return false;
    ob_reference_object(header->body);
    return true;
}

struct handle_table *ob_create_process_table(struct handle_table *parent)
{
    return parent ? ex_dup_handle_table(parent, inherit, close_entry) : ex_create_handle_table();
}

static struct handle_table *volatile to_kill; /* changed by compare and exchange */

/* A handle may be the last of a process that never had a thread, or of a debug object of such: then
 * that one's table goes within this one's end, and so on. */
static bool is_stack_short(void)
{
    uintptr_t lowest = (uintptr_t)ke_get_current_thread()->stack_top - KERNEL_STACK_SIZE;

    return (uintptr_t)__builtin_frame_address(0) - lowest < KERNEL_STACK_SIZE / 2;
}

static void defer_kill(struct handle_table *table)
{
    uint32_t first;

    do {
        first = (uint32_t)to_kill;
        table->next_to_kill = (struct handle_table *)first;
    } while (interlocked_compare_exchange((volatile uint32_t *)&to_kill, (uint32_t)table, first) !=
             first);
    if (!first)
        ob_request_reap();
}

void ob_kill_process_table(struct handle_table *table)
{
    if (is_stack_short())
        defer_kill(table);
    else
        ex_destroy_handle_table(table, close_entry, NULL);
}

void ob_reap_process_tables(void)
{
    struct handle_table *table =
        (struct handle_table *)interlocked_exchange((volatile uint32_t *)&to_kill, 0);

    while (table) {
        struct handle_table *next = table->next_to_kill;
        ex_destroy_handle_table(table, close_entry, NULL);
        table = next;
    }
}
