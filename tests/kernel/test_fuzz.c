/*
 * Batches of the system-call fuzzer (tests/user/fuzz), or of any program: what is left of one in
 * the kernel, when it has ended, must be nothing. The boot module `command`, which `tools/tokos
 * run` too makes, has the program's path in its first line and then a batch in each: a command
 * line.
 *
 * The batches are run by a thread of their own. This one looks after them: above everybody, so that
 * it can tell what all threads were doing when they do not come to an end, or the machine stops.
 */
#include "arch/i386/guarded.h"
#include "arch/i386/registers.h"
#include "kernel/io/command.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "kernel/ke/user_mode.h"
#include "kernel/nt/services.h"
#include "kernel/ps/ps.h"
#include "kernel/run_program.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/leaks.h"

#define SECONDS        (-10000000ll)
#define AT_MOST        (300 * SECONDS) /* a batch, of the machine's time */
#define SETTLING_TURNS 200u            /* of 10 ms: what ends goes a little later */
#define LINE_BYTES     160u

/* ---- what threads are doing ---------------------------------------------------------------------
 */

#define NAME_AND_WORDS(name, function, words) {#name, words},
static const struct {
    const char *name;
    uint32_t words;
} services[] = {SYSTEM_SERVICES(NAME_AND_WORDS)};

/* The words at VA, of the process whose directory is loaded; "?" for those that are not there. */
static void print_words(uintptr_t va, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++, va += sizeof(uint32_t)) {
        bool there = va <= ki_highest_user_address - 3 && mm_is_address_valid(va) &&
                     mm_is_address_valid(va + 3);
        ki_allow_user_access();
        uint32_t word = there ? *(const uint32_t *)va : 0;
        ki_forbid_user_access();
        dbg_print(there ? "%s%x" : "%s?", i ? ", " : "", word);
    }
}

static void print_thread(const struct eprocess *process, const struct kthread *thread)
{
    const struct ktrap_frame *frame;

    if (!thread->npx_state) /* the system's */
        return;
    frame = ki_thread_trap_frame(thread);
    dbg_print("# process %u, thread %u", process->unique_process_id, thread->id);
    if (frame->vector == VECTOR_SYSTEM_SERVICE && frame->eax < ARRAY_SIZE(services)) {
        dbg_print(": last call: %x %s(", frame->eax, services[frame->eax].name);
        print_words(frame->edx, services[frame->eax].words);
        dbg_print(")");
    }
    dbg_print(", eip %08x\n", frame->eip);
}

/* Nobody runs meanwhile, so any process's directory can be loaded. */
static void print_all_threads(void)
{
    uint32_t loaded = read_cr3();

    for (struct list_entry *p = ps_active_processes.flink; p != &ps_active_processes;
         p = p->flink) {
        const struct eprocess *process = CONTAINER_OF(p, struct eprocess, links);
        const struct list_entry *head = &process->pcb.thread_list_head;
        if (!process->pcb.directory_table_base)
            continue;
        write_cr3(process->pcb.directory_table_base);
        for (const struct list_entry *t = head->flink; t != head; t = t->flink)
            print_thread(process, CONTAINER_OF(t, struct kthread, thread_list_entry));
        write_cr3(loaded);
    }
}

static void print_all_processes(void)
{
    for (struct list_entry *p = ps_active_processes.flink; p != &ps_active_processes;
         p = p->flink) {
        const struct eprocess *process = CONTAINER_OF(p, struct eprocess, links);
        ktest_note("process %u, %s: %u references, %u handles, %u threads, exit status %x",
                   process->unique_process_id, process->image_file_name,
                   ob_header(process)->pointer_count, ob_header(process)->handle_count,
                   process->active_threads, process->exit_status);
    }
}

static void when_the_machine_stops(struct ktrap_frame *frame)
{
    (void)frame;
    print_all_threads();
}

/* ---- one batch ----------------------------------------------------------------------------------
 */

struct batch {
    struct unicode_string path, line;
    ntstatus status; /* the program's, or why it did not begin */
};

static void run(void *context)
{
    struct batch *batch = context;
    ntstatus exit_status;
    ntstatus status = ki_run_program(&batch->path, &batch->line, &exit_status);

    batch->status = NT_SUCCESS(status) ? exit_status : status;
}

/* Those of user mode: they have a program, or are clones of one that has. */
static void end_all_processes(void)
{
    for (uint32_t id = PS_SYSTEM_PROCESS_ID + 4; id < 1000000; id += 4) {
        struct eprocess *process = ps_lookup_process(id);
        if (!process)
            continue;
        ps_terminate_process(process, STATUS_TIMEOUT);
        ob_dereference_object(process);
    }
}

/* => whether it came to an end by itself. */
static bool run_in_time(struct batch *batch)
{
    int64_t at_most = AT_MOST;
    struct ethread *thread;

    batch->status = ps_create_system_thread(&thread, NORMAL_BASE_PRIORITY, run, batch);
    if (!NT_SUCCESS(batch->status))
        return true;
    ntstatus status = ke_wait_for_single_object(thread, WR_EXECUTIVE, KERNEL_MODE, false, &at_most);
    if (status == STATUS_TIMEOUT) {
        kirql irql = ke_raise_irql(DISPATCH_LEVEL);
        print_all_threads();
        ke_lower_irql(irql);
        end_all_processes();
    }
    ps_wait_for_thread(thread);
    ob_dereference_object(thread);
    return status != STATUS_TIMEOUT;
}

/* => what is still there when nothing goes any more. */
static void settle(const struct ktest_resources *before, struct ktest_resources *after)
{
    for (uint32_t i = 0; i < SETTLING_TURNS; i++) {
        ktest_take_down(after);
        if (!memcmp(before, after, sizeof(*after)))
            return;
        ke_delay_execution_thread(KERNEL_MODE, false, SECONDS / 100);
    }
}

static void report_line(const char *line)
{
    dbg_print("# mm_verify: %s\n", line);
}

static void check_batch(struct ktest *test, struct batch *batch, uint32_t number)
{
    struct ktest_resources before, after;
    char line[LINE_BYTES];

    rtl_unicode_to_ascii(&batch->line, line, sizeof(line));
    ktest_note("batch %u: %s", number, line);
    ktest_take_down(&before);
    ktest_assert(test, run_in_time(batch));
    settle(&before, &after);
    if (memcmp(&before, &after, sizeof(after)) != 0)
        print_all_processes();
    ktest_assert_eq(test, ktest_report_leaks(&before, &after), 0);
    ktest_assert_eq(test, mm_verify(report_line), 0);
    ktest_assert_eq(test, batch->status, STATUS_SUCCESS);
}

/* ---- all ----------------------------------------------------------------------------------------
 */

/* Cut the first line off LINES. => whether there is one. */
static bool next_line(struct unicode_string *lines, struct unicode_string *line)
{
    uint32_t units = lines->length / 2u, length = 0;

    while (length < units && lines->buffer[length] != '\n')
        length++;
    *line = (struct unicode_string){(uint16_t)(length * 2), (uint16_t)(length * 2), lines->buffer};
    uint32_t taken = length < units ? length + 1 : length;
    lines->buffer += taken;
    lines->length = (uint16_t)(lines->length - taken * 2);
    return length != 0;
}

/* What the first program brings into the kernel, stays. */
static bool warm_up(void)
{
    struct batch batch;

    if (!NT_SUCCESS(io_read_command(&batch.path, &batch.line)))
        return false;
    struct unicode_string line = batch.line;
    batch.line = batch.path; /* no words: nothing to do */
    run_in_time(&batch);
    io_free_command(&batch.path, &line);
    return true;
}

static void run_batches(struct ktest *test)
{
    struct unicode_string lines, rest;
    struct batch batch;

    ktest_assert_eq(test, io_read_command(&batch.path, &lines), STATUS_SUCCESS);
    rest = lines;
    for (uint32_t number = 1; next_line(&rest, &batch.line) && !ktest_over(test); number++)
        check_batch(test, &batch, number);
    io_free_command(&batch.path, &lines);
}

/* When the processor is idle QEMU moves its clock on to the next timer, from one thread while the
 * other still counts instructions; then a run is not always the same. So it never is idle. */
static volatile bool busy;

static void keep_busy(void *context)
{
    (void)context;
    while (busy)
        ;
}

KTEST_ASKED(fuzz, batches)
{
    static struct kbugcheck_callback_record record = {.name = "services under way",
                                                      .routine = when_the_machine_stops};
    struct ethread *thread;

    busy = true;
    ktest_assert_eq(test, ps_create_system_thread(&thread, LOW_PRIORITY + 1, keep_busy, NULL),
                    STATUS_SUCCESS);
    ke_register_bug_check_callback(&record);
    ke_set_base_priority_thread(ke_get_current_thread(), MAXIMUM_PRIORITY - 1);
    if (warm_up()) {
        run_batches(test);
    } else {
        ktest_skip(test, "there is no boot module that says what to run");
    }
    ke_set_base_priority_thread(ke_get_current_thread(), NORMAL_BASE_PRIORITY);
    busy = false;
    ps_wait_for_thread(thread);
    ob_dereference_object(thread);
    ktest_begin_leak_check(test); /* each batch had its own; the system's DLL stays */
}
