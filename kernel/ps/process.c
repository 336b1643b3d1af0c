/*
 * The processes there are from the start: the idle loop's, and the system's, whose threads all run
 * in the kernel. They and their first threads are there before the object manager, which needs a
 * thread to run in; so they get their types later.
 */
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ps/ps_internal.h"
#include "kernel/ps/shared_data.h"
#include "lib/string.h"

#define TAG         'corP'
#define FIRST_LIMIT 4u

struct eprocess *ps_initial_system_process, *ps_idle_process;
struct object_type *ps_process_type, *ps_thread_type;
struct list_entry ps_active_processes;

static struct {
    struct object_header *header;
    struct object_type **type;
} first_objects[FIRST_LIMIT];
static uint32_t first_count;

void *ps_make_first_object(uint32_t bytes, struct object_type **type)
{
    bytes += (uint32_t)sizeof(struct object_header);
    struct object_header *header = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);

    if (!header || first_count == FIRST_LIMIT)
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 3, 0, 0, 0);
    memset(header, 0, bytes);
    header->pointer_count = 1; /* for ever */
    first_objects[first_count].header = header;
    first_objects[first_count++].type = type;
    return header->body;
}

static void initialize(struct eprocess *process, uint32_t id, const char *name, int8_t priority)
{
    ke_initialize_process(&process->pcb, priority);
    process->unique_process_id = process->pcb.id = id;
    process->exit_status = STATUS_PENDING;
    process->priority_class = PRIORITY_CLASS_NORMAL;
    strlcpy(process->image_file_name, name, sizeof(process->image_file_name));
    initialize_list_head(&process->links); /* so that it can be removed from no list, too */
}

void ps_insert_process(struct eprocess *process)
{
    kirql irql = ki_lock_dispatcher_database();

    insert_tail_list(&ps_active_processes, &process->links);
    ki_unlock_dispatcher_database(irql);
}

static struct eprocess *make_process(uint32_t id, const char *name, int8_t priority)
{
    struct eprocess *process = ps_make_first_object(sizeof(*process), &ps_process_type);

    initialize(process, id, name, priority);
    ps_insert_process(process);
    return process;
}

/* With what PARENT, which may end meanwhile, lets inherit: nothing, if it has ended or is the
 * system's. */
static struct handle_table *make_table(struct eprocess *parent)
{
    struct handle_table *from =
        parent && parent != ps_initial_system_process ? ps_reference_handle_table(parent) : NULL;
    struct handle_table *table = ob_create_process_table(from);

    if (from)
        ps_dereference_handle_table(parent, from);
    return table;
}

ntstatus ps_create_process(struct eprocess **out, const char *name, struct eprocess *parent)
{
    ntstatus status = ps_create_sized_process(out, name, parent, MM_HIGHEST_USER_ADDRESS);

    if (NT_SUCCESS(status))
        ps_insert_process(*out);
    return status;
}

ntstatus ps_create_sized_process(struct eprocess **out, const char *name, struct eprocess *parent,
                                 uintptr_t highest)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    struct handle_table *table = make_table(parent);
    void *object;

    if (!table || !NT_SUCCESS(ob_create_object(ps_process_type, &object))) {
        if (table)
            ob_kill_process_table(table);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    struct eprocess *process = object;
    initialize(process, ps_new_id(), name, NORMAL_BASE_PRIORITY);
    ps_stamp(&process->life.created);
    process->object_table = table;
    process->object_table_users = 1;
    ntstatus status = mm_create_address_space(&process->vm, highest);
    if (!NT_SUCCESS(status)) {
        ob_dereference_object(process);
        return status;
    }
    process->pcb.address_space = &process->vm;
    process->pcb.directory_table_base = mm_directory_table_base(&process->vm);
    *out = process;
    return STATUS_SUCCESS;
}

static void delete_process(void *object)
{
    struct eprocess *process = object;
    kirql irql = ki_lock_dispatcher_database();

    remove_entry_list(&process->links);
    ki_unlock_dispatcher_database(irql);
    ps_debug_hooks->process_deleted(process);
    if (process->reads_clocks)
        ps_stop_shared_clock();
    if (process->pcb.address_space)
        ps_delete_address_space(process);
    if (process->object_table)
        ob_kill_process_table(process->object_table);
}

void ps_init_system(void *stack_top)
{
    initialize_list_head(&ps_active_processes);
    ps_idle_process = make_process(PS_IDLE_PROCESS_ID, "Idle", LOW_PRIORITY);
    ps_initial_system_process = make_process(PS_SYSTEM_PROCESS_ID, "System", NORMAL_BASE_PRIORITY);
    ki_init_dispatch();
    ps_init_threads();
    ps_init_first_threads(stack_top);
}

static struct handle_table *current_handle_table(void)
{
    struct handle_table *table = ps_get_current_thread()->process->object_table;

    return table ? table : ob_kernel_handle_table;
}

/* PROCESS_ and THREAD_ rights as winnt.h has them; read is query, write is change. All of them is
 * what later versions of it say, and so what programs ask for. */
void ps_init_objects(void)
{
    static const struct object_type_initializer process = {
        .mapping = {0x20410, 0x20BEB, 0x120000, 0x1FFFFF},
        .valid_access = 0x1FFFFF,
        .body_bytes = sizeof(struct eprocess),
        .pool = NONPAGED_POOL,
        .waitable = true,
        .delete = delete_process,
    };
    static const struct object_type_initializer thread = {
        .mapping = {0x20048, 0x20037, 0x120000, 0x1FFFFF},
        .valid_access = 0x1FFFFF,
        .body_bytes = sizeof(struct ethread),
        .pool = NONPAGED_POOL,
        .waitable = true,
        .delete = ps_delete_thread,
    };

    if (!NT_SUCCESS(ob_create_object_type(u"Process", &process, &ps_process_type)) ||
        !NT_SUCCESS(ob_create_object_type(u"Thread", &thread, &ps_thread_type)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 3, 1, 0, 0);
    for (uint32_t i = 0; i < first_count; i++) {
        first_objects[i].header->type = *first_objects[i].type;
        interlocked_increment(&(*first_objects[i].type)->total_objects);
    }
    ob_current_handle_table = current_handle_table;
    ps_init_shared_data();
}
