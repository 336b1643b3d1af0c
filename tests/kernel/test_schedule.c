/*
 * Facts about who runs, read off the record of context switches while the ticks' lengths are drawn
 * from a seeded sequence. The facts hold for every seed; under -icount a seed gives the same record
 * in every run, which tests/system/test_schedule.py checks by the sum printed here.
 *
 *      priority 7   sleeper    wakes by a timer, works a little, sleeps again
 *      priority 5   a, b, c    never stop: they take turns
 *      priority 4   starved    ready all the time
 */
#include "kernel/ke/scheduler.h"
#include "kernel/ke/switch_trace.h"
#include "kernel/main.h"
#include "tests/kernel/threads.h"

#define SPINNERS 3u
#define WAKINGS  12u

static volatile bool stop;
static volatile uint32_t wakings, starved_ran;
static struct ethread *spinner[SPINNERS], *sleeper, *starved;

static void spin(void *context)
{
    (void)context;
    while (!stop)
        ;
}

static void starve(void *context)
{
    (void)context;
    starved_ran = !stop;
}

static void sleep_often(void *context)
{
    uint32_t random = (uint32_t)context | 1;

    for (wakings = 0; wakings < WAKINGS; wakings++) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        ke_delay_execution_thread(KERNEL_MODE, false, -30000 - (int64_t)(random % 90000));
    }
    stop = true;
}

static bool start_all(struct ktest *test, uint32_t seed)
{
    stop = false;
    starved_ran = 0;
    for (uint32_t i = 0; i < SPINNERS; i++)
        if (!(spinner[i] = ktest_thread(test, 5, spin, NULL)))
            return false;
    starved = ktest_thread(test, 4, starve, NULL);
    sleeper = ktest_thread(test, 7, sleep_often, (void *)seed);
    return starved && sleeper;
}

static void end_all(void)
{
    for (uint32_t i = 0; i < SPINNERS; i++)
        ktest_join(spinner[i]);
    ktest_join(sleeper);
    ktest_join(starved);
}

static uint32_t number_of(const struct kthread *thread)
{
    for (uint32_t i = 0; i < SPINNERS; i++)
        if (thread == &spinner[i]->tcb)
            return i;
    return thread == &sleeper->tcb ? 3 : thread == &starved->tcb ? 4 : 5;
}

/* What must hold for each switch that was recorded up to the end of the last waking. */
struct facts {
    uint32_t switches, preemptions, turns, sum;
    uint32_t turn_of; /* the spinner whose turn it is */
    uint32_t broken;  /* facts that did not hold */
};

static void check_switch(struct facts *f, const struct switch_record *r)
{
    uint32_t from = number_of(r->from), to = number_of(r->to);

    f->switches++;
    f->sum = (f->sum ^ (from << 4 | to)) * 16777619u; /* FNV-1a */
    f->sum = (f->sum ^ (uint32_t)r->time) * 16777619u;
    if (to == 3) { /* woken: it takes the processor from a spinner, which stays ready */
        f->broken += from < SPINNERS && r->from_state != THREAD_READY;
        f->preemptions += from < SPINNERS;
    } else if (from == 3 && to < SPINNERS) {
        /* Asleep again: on with the one that was preempted, or the next, if its quantum ended just
         * then. */
        f->broken += r->from_state != THREAD_WAITING ||
                     (to != f->turn_of && to != (f->turn_of + 1) % SPINNERS);
        f->turn_of = to;
    } else if (from < SPINNERS && to < SPINNERS) { /* a quantum's end: the next in order */
        f->broken += r->from_state != THREAD_READY || to != (from + 1) % SPINNERS;
        f->turn_of = to;
        f->turns++;
    } else if (to == 4) {
        f->broken += 1; /* the starved one, while spinners are ready */
    }
}

static struct facts run_seed(struct ktest *test, uint32_t seed)
{
    struct facts f = {.sum = 2166136261u};

    ki_set_tick_jitter(seed);
    if (!start_all(test, seed))
        return f;
    ke_trace_switches(true);
    ps_wait_for_thread(sleeper);
    uint32_t count = ke_switch_count();
    f.broken += starved_ran;
    f.broken += starved->tcb.context_switches != 0;
    for (uint32_t i = 1; i < count && i <= SWITCH_RECORDS; i++) {
        const struct switch_record *record = ke_get_switch_record(i);
        if (number_of(record->to) == 5 || number_of(record->from) == 5)
            break; /* the test's own thread: the sleeper has ended */
        check_switch(&f, record);
    }
    ke_trace_switches(false);
    ki_set_tick_jitter(ki_options.jitter);
    end_all();
    return f;
}

KTEST(schedule, facts_hold_whatever_the_ticks_are)
{
    uint32_t seed = ki_options.seed * 2654435761u | 1;
    uint32_t sum = 0, switches = 0, turns = 0;

    ke_set_base_priority_thread(ke_get_current_thread(), TEST_PRIORITY);
    for (uint32_t i = 0; i < 4; i++, seed += 0x9E3779B9u) {
        struct facts f = run_seed(test, seed | 1);
        ktest_assert(test, !ktest_over(test));
        ktest_assert_eq(test, f.broken, 0);
        ktest_assert(test, f.preemptions >= WAKINGS - 1);
        sum = (sum ^ f.sum) * 16777619u;
        switches += f.switches;
        turns += f.turns;
    }
    ktest_assert(test, turns > 0);
    ktest_note("schedule: seed %u, %u switches, %u turns, sum %08x", ki_options.seed, switches,
               turns, sum);
}
