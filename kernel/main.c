/*
 * What TokOS does when it is up: give start-up memory back, and then what the command line says -
 * run the self-tests or the benchmarks and exit with their verdict, run a program, or show the tour
 * and wait at the debugger's prompt. The tests and benchmarks run without the zero-page thread,
 * because they count zeroed frames; they start it where they want it.
 */
#include "kernel/main.h"
#include "arch/i386/debug_exit.h"
#include "arch/i386/pic.h"
#include "kernel/dbgk/dbgk.h"
#include "kernel/ex/objects.h"
#include "kernel/ex/worker.h"
#include "kernel/io/io.h"
#include "kernel/io/slow_pager.h"
#include "kernel/kd/kd.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/scheduler.h"
#include "kernel/nt/nt.h"
#include "kernel/ob/ob.h"
#include "kernel/ps/ps.h"
#include "kernel/run.h"
#include "kernel/startup.h"
#include "kernel/tour.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "tests/bench/bench.h"
#include "tests/kernel/ktest.h"

struct boot_info boot_information;
struct ki_options ki_options;
char ki_command_line[BOOT_STRING];

static void start_zero_page_thread(void)
{
    struct ethread *thread;

    if (NT_SUCCESS(ps_create_system_thread(&thread, LOW_PRIORITY, mm_zero_page_thread, NULL)))
        ob_dereference_object(thread);
    else
        dbg_print("no memory for the zero-page thread: faults zero their pages themselves\n");
}

/* Nothing is left to do until an interrupt gives another thread something to do. */
static NORETURN void rest(void)
{
    struct kevent never;

    ke_initialize_event(&never, EVENT_NOTIFICATION_OBJECT, false);
    for (;;)
        ke_wait_for_single_object(&never, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
}

void ki_main(void)
{
    bool unattended = ki_options.selftest || ki_options.bench || ki_options.run;

    mm_free_init_memory();
    ob_init_system();
    ps_init_objects();
    dbgk_init();
    ex_init_objects();
    ex_init_workers();
    nt_init();
    io_init_system();
    kd_init(!unattended || ki_options.break_at_start);
    if (ki_options.trace_faults)
        mm_fault_trace = MM_TRACE_RECORD | MM_TRACE_PRINT;
    enable_interrupts();
    io_set_slow_pager(ki_options.slow_pager);
    ki_set_tick_jitter(ki_options.jitter);
    if (ki_options.break_at_start)
        kd_break_in("break on the command line");
    if (ki_options.run)
        ki_announce_run();
    if (ki_options.selftest)
        ki_debug_exit(ktest_run(ki_options.selftest) ? DEBUG_EXIT_PASSED : DEBUG_EXIT_FAILED);
    if (ki_options.bench)
        ki_debug_exit(bench_run(ki_options.bench) ? DEBUG_EXIT_PASSED : DEBUG_EXIT_FAILED);
    start_zero_page_thread();
    if (ki_options.run)
        ki_run();
    ki_tour();
    kd_break_in("the tour is over; g goes on, help lists the commands");
    rest();
}
