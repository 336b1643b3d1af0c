/*
 * Threads and processes. An address that is given is looked up among those that exist, so that no
 * other memory is taken for a thread.
 */
#include "kernel/kd/kd_internal.h"
#include "kernel/ke/stack_trace.h"
#include "kernel/ke/symbols.h"
#include "kernel/ps/ps.h"
#include "mm/mm.h"

/* ---- walking ----------------------------------------------------------------------------------
 */

static void for_each_thread(void (*visit)(struct ethread *thread, uintptr_t argument),
                            uintptr_t argument)
{
    for (struct list_entry *p = ps_active_processes.flink; p != &ps_active_processes;
         p = p->flink) {
        struct eprocess *process = CONTAINER_OF(p, struct eprocess, links);
        struct list_entry *head = &process->pcb.thread_list_head;
        for (struct list_entry *t = head->flink; t != head; t = t->flink)
            visit(CONTAINER_OF(t, struct ethread, tcb.thread_list_entry), argument);
    }
}

static struct ethread *found;

static void match(struct ethread *thread, uintptr_t argument)
{
    if ((uintptr_t)thread == argument || thread->tcb.id == argument)
        found = thread;
}

/* => the thread at the address VALUE, or with that id. */
static struct ethread *find_thread(uintptr_t value)
{
    found = NULL;
    for_each_thread(match, value);
    return found;
}

/* ---- showing ----------------------------------------------------------------------------------
 */

static void show_heading(const struct ethread *thread)
{
    dbg_print("THREAD %08x  Cid %04x.%04x  %s", (uint32_t)thread,
              thread->process->unique_process_id, thread->tcb.id,
              ke_thread_state_names[thread->tcb.state]);
}

static void show_wait(const struct kthread *thread)
{
    const struct kwait_block *block = thread->wait_block_list;

    dbg_print(": (%s) %s %s\n", ke_wait_reason_names[thread->wait_reason],
              thread->wait_mode == KERNEL_MODE ? "KernelMode" : "UserMode",
              thread->alertable ? "Alertable" : "Non-Alertable");
    do {
        dbg_print("    %08x  %s\n", (uint32_t)block->object,
                  ke_object_type_names[block->object->type]);
        block = block->next_wait_block;
    } while (block != thread->wait_block_list);
}

static void show_details(const struct kthread *thread)
{
    dbg_print("    Owning Process %08x  Start Address ", (uint32_t)thread->process);
    if (thread->start_routine)
        ke_print_symbol((uintptr_t)thread->start_routine);
    else
        dbg_print("(the first thread)");
    dbg_print("\n    Priority %d  BasePriority %d  Quantum %d  Context Switch Count %u\n",
              thread->priority, thread->base_priority, thread->quantum, thread->context_switches);
    dbg_print("    Stack Init %08x  Current %08x  KernelApcDisable %d\n",
              (uint32_t)thread->stack_top, (uint32_t)thread->kernel_stack,
              thread->kernel_apc_disable);
}

static void show_apc(const struct kapc *apc)
{
    dbg_print("    APC %08x  %s  ", (uint32_t)apc, apc->mode == KERNEL_MODE ? "kernel" : "user");
    ke_print_symbol((uintptr_t)(apc->normal_routine ? (uintptr_t)apc->normal_routine
                                                    : (uintptr_t)apc->kernel_routine));
    dbg_print("\n");
}

/* A thread that does not run left its registers where its stack was left. */
static void show_stack(const struct kd_context *context, const struct kthread *thread)
{
    const struct kswitch_frame *frame = (const struct kswitch_frame *)thread->kernel_stack;

    if (thread == ke_get_current_thread())
        ke_print_stack(context->frame);
    else if (mm_is_address_valid((uintptr_t)frame) &&
             mm_is_address_valid((uintptr_t)(frame + 1) - 1))
        ke_print_stack_from(frame->eip, frame->ebp);
}

static void show_thread(struct kd_context *context, struct ethread *thread)
{
    show_heading(thread);
    if (thread->tcb.state == THREAD_WAITING)
        show_wait(&thread->tcb);
    else
        dbg_print("\n");
    show_details(&thread->tcb);
    ki_visit_apcs(&thread->tcb, KERNEL_MODE, show_apc);
    ki_visit_apcs(&thread->tcb, USER_MODE, show_apc);
    show_stack(context, &thread->tcb);
}

static void thread_command(struct kd_context *context)
{
    uintptr_t value = (uintptr_t)ps_get_current_thread();

    if (!kd_optional_expression(context, &context->args, &value))
        return;
    struct ethread *thread = find_thread(value);
    if (thread)
        show_thread(context, thread);
    else
        dbg_print("%08x is neither a thread nor a thread's id\n", (uint32_t)value);
}

static void show_line(struct ethread *thread, uintptr_t process)
{
    if ((uintptr_t)thread->process != process)
        return;
    dbg_print("    ");
    show_heading(thread);
    if (thread->tcb.state == THREAD_WAITING)
        dbg_print(" (%s)", ke_wait_reason_names[thread->tcb.wait_reason]);
    dbg_print("  Pri %d  ", thread->tcb.priority);
    if (thread->tcb.start_routine)
        ke_print_symbol((uintptr_t)thread->tcb.start_routine);
    dbg_print("\n");
}

static void show_process(const struct eprocess *process)
{
    dbg_print("PROCESS %08x  Cid: %04x  Image: %s\n", (uint32_t)process, process->unique_process_id,
              process->image_file_name);
    for_each_thread(show_line, (uintptr_t)process);
}

static void process_command(struct kd_context *context)
{
    uintptr_t wanted = 0xFFFFFFFF;
    bool any = false;

    if (!kd_optional_expression(context, &context->args, &wanted))
        return;
    for (struct list_entry *p = ps_active_processes.flink; p != &ps_active_processes;
         p = p->flink) {
        struct eprocess *process = CONTAINER_OF(p, struct eprocess, links);
        if (wanted != 0xFFFFFFFF && wanted != (uintptr_t)process &&
            wanted != process->unique_process_id)
            continue;
        show_process(process);
        any = true;
    }
    if (!any)
        dbg_print("%08x is neither a process nor a process's id\n", (uint32_t)wanted);
}

/* ---- who runs ---------------------------------------------------------------------------------
 */

static void show_runner(const char *what, const struct kthread *thread)
{
    if (!thread)
        return;
    dbg_print("    %-8s THREAD %08x  Cid %04x  Pri %d\n", what, (uint32_t)thread, thread->id,
              thread->priority);
}

static void ready_command(struct kd_context *context)
{
    const struct kpcr *pcr = ke_get_pcr();

    (void)context;
    dbg_print("Processor %u: Ready Threads\n", pcr->number);
    show_runner("running", pcr->current_thread);
    show_runner("standby", pcr->next_thread);
    for (int priority = MAXIMUM_PRIORITY - 1; priority >= 0; priority--) {
        const struct list_entry *head = &pcr->ready_list[priority];
        for (const struct list_entry *at = head->flink; at != head; at = at->flink)
            show_runner("ready", CONTAINER_OF(at, struct kthread, ready_list_entry));
    }
    dbg_print("    ready summary %08x, %u switches\n", pcr->ready_summary, pcr->context_switches);
}

const struct kd_command kd_thread_commands[] = {
    {"!thread", "[ADDRESS|ID]", "show a thread, what it waits for and its stack", thread_command},
    {"!process", "[ADDRESS|ID]", "list processes and their threads", process_command},
    {"!ready", "", "show who runs and who is ready to", ready_command},
    {0},
};
