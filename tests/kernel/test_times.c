/* Who is charged for the time, in the kernel; tests/user/times.c has the rest. */
#include "kernel/ke/timer.h"
#include "kernel/nt/nt.h"
#include "tests/kernel/threads.h"
#include "tests/kernel/user_code.h"

USER_PROGRAM(loop_for_ever);

/* Run until the clock charges TIMES. => how much. */
static struct ktimes run_until_charged(const struct ktimes *times)
{
    struct ktimes before = ke_query_times(times), now;
    struct ktimer timer;

    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    ke_set_timer_ex(&timer, MILLISECONDS(1), 1, NULL); /* or it would not interrupt */
    do
        now = ke_query_times(times);
    while (now.kernel == before.kernel && now.user == before.user);
    ke_cancel_timer(&timer);
    return (struct ktimes){.kernel = now.kernel - before.kernel, .user = now.user - before.user};
}

KTEST(times, a_system_thread_is_charged_kernel_time)
{
    struct ethread *thread = ps_get_current_thread();
    uint64_t system = ps_query_process_times(thread->process).run.kernel;
    uint64_t start = ke_query_interrupt_time();
    struct ktimes run = run_until_charged(&thread->tcb.times);
    uint64_t passed = ke_query_interrupt_time() - start;

    ktest_assert(test, run.kernel && !run.user);
    /* the first interrupt charges what passed since the last one, 15.6 ms of it at most */
    ktest_assert(test, run.kernel <= passed + 156250);
    ktest_assert(test, ps_query_process_times(thread->process).run.kernel - system >= run.kernel);
}

KTEST(times, a_program_is_charged_user_time)
{
    struct ktest_program program;
    struct ps_times times;

    if (!ktest_load_program(test, &program, user_loop_for_ever, user_loop_for_ever_end, 0))
        return;
    ps_start_thread(program.thread);
    do {
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(3));
        times = ps_query_thread_times(program.thread);
    } while (!times.run.user);
    ktest_assert(test, times.life.created && !times.life.ended);
    ktest_assert(test, ps_query_process_times(program.process).run.user >= times.run.user);
    ps_terminate_process(program.process, 0);
    ktest_assert_eq(test, ktest_wait(program.process, 10000), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(program.thread, 10000), STATUS_SUCCESS);
    ktest_assert(test, ps_query_thread_times(program.thread).life.ended >= times.life.created);
    ktest_assert(test, ps_query_process_times(program.process).life.ended >=
                           ps_query_thread_times(program.thread).life.ended);
    ob_dereference_object(program.thread);
    ob_dereference_object(program.process);
}
