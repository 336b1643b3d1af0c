/*
 * Everything that threads can do to each other, at random, until the processor has been switched a
 * million times. What must be true is checked on the way and at the end; mm_verify and the leak
 * check come after, as for every test.
 */
#include "kernel/ex/push_lock.h"
#include "kernel/ke/scheduler.h"
#include "tests/kernel/threads.h"

#define THREADS  8u
#define EVENTS   4u
#define SWITCHES 1000000u

static struct kevent events[EVENTS];
static struct ksemaphore semaphore;
static struct kmutant mutant;
static struct ex_push_lock push_lock;
static struct ethread *threads[THREADS];
static struct kapc apcs[THREADS];
static uint32_t first_switch;
static volatile uint32_t errors, inside, written, apcs_run;

static bool over(void)
{
    return ke_get_pcr()->context_switches - first_switch >= SWITCHES;
}

static uint32_t next(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

static void yield(uint32_t *random)
{
    (void)random;
    ke_yield_execution();
}

static void signal(uint32_t *random)
{
    ke_set_event(&events[next(random) % EVENTS], EVENT_INCREMENT);
}

static void wait_for_some(uint32_t *random)
{
    void *objects[] = {&events[0], &events[1 + next(random) % 2], &events[3]};
    int64_t timeout = -(int64_t)(next(random) % 100);
    enum wait_type type = next(random) % 8 ? WAIT_ANY : WAIT_ALL;
    ntstatus status = ke_wait_for_multiple_objects(3, objects, type, WR_USER_REQUEST, KERNEL_MODE,
                                                   false, &timeout, NULL);

    errors += status > 2 && status != STATUS_TIMEOUT;
}

/* Two places: never more than two threads between the wait and the release. */
static void pass_semaphore(uint32_t *random)
{
    ke_wait_for_single_object(&semaphore, WR_USER_REQUEST, KERNEL_MODE, false, NULL);
    errors += interlocked_increment(&inside) > 2;
    if (next(random) % 2)
        ke_yield_execution();
    interlocked_decrement(&inside);
    errors += ke_release_semaphore(&semaphore, SEMAPHORE_INCREMENT, 1, NULL) != STATUS_SUCCESS;
}

static void own_mutant(uint32_t *random)
{
    static volatile uint32_t owner;
    uint32_t me = ke_get_current_thread()->id;

    ke_wait_for_single_object(&mutant, WR_USER_REQUEST, KERNEL_MODE, false, NULL);
    owner = me;
    if (next(random) % 2)
        ke_yield_execution();
    errors += owner != me;
    errors += ke_release_mutant(&mutant, MUTANT_INCREMENT, NULL) != STATUS_SUCCESS;
}

static void lock_shared(uint32_t *random)
{
    ex_acquire_push_lock_shared(&push_lock);
    uint32_t seen = written;
    if (next(random) % 2)
        ke_yield_execution();
    errors += written != seen;
    ex_release_push_lock_shared(&push_lock);
}

static void lock_exclusive(uint32_t *random)
{
    ex_acquire_push_lock_exclusive(&push_lock);
    uint32_t seen = written;
    if (next(random) % 2)
        ke_yield_execution();
    errors += written != seen;
    written = seen + 1;
    ex_release_push_lock_exclusive(&push_lock);
}

static void change_priority(uint32_t *random)
{
    ke_set_base_priority_thread(ke_get_current_thread(), 4 + (int8_t)(next(random) % 4));
}

static void note_apc(struct kapc *apc, knormal_routine *normal, void **context, void **argument1,
                     void **argument2)
{
    (void)normal, (void)context, (void)argument1, (void)argument2;
    errors += apc->thread != ke_get_current_thread();
    interlocked_increment(&apcs_run);
}

static void send_apc(uint32_t *random)
{
    ke_insert_queue_apc(&apcs[next(random) % THREADS], NULL, NULL, 0);
}

static void (*const actions[])(uint32_t *random) = {
    yield,          yield,      yield,       signal,         signal,   wait_for_some,
    pass_semaphore, own_mutant, lock_shared, lock_exclusive, send_apc, change_priority,
};

static void act(void *context)
{
    uint32_t random = (uint32_t)context;

    while (!over())
        actions[next(&random) % ARRAY_SIZE(actions)](&random);
}

static void prepare(void)
{
    for (uint32_t i = 0; i < EVENTS; i++)
        ke_initialize_event(
            &events[i], i % 2 ? EVENT_SYNCHRONIZATION_OBJECT : EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_semaphore(&semaphore, 2, 2);
    ke_initialize_mutant(&mutant, false);
    ex_initialize_push_lock(&push_lock, "stress");
    errors = inside = written = apcs_run = 0;
    first_switch = ke_get_pcr()->context_switches;
}

KTEST(stress, a_million_switches)
{
    prepare();
    /* Nobody runs before all are there: each may send an APC to any other. */
    ke_set_base_priority_thread(ke_get_current_thread(), HIGH_PRIORITY);
    for (uint32_t i = 0; i < THREADS; i++) {
        ktest_assert(test, (threads[i] = ktest_thread(test, 5, act, (void *)(ktest_random() | 1))));
        ke_initialize_apc(&apcs[i], &threads[i]->tcb, note_apc, NULL, NULL, KERNEL_MODE, NULL);
    }
    ke_set_base_priority_thread(ke_get_current_thread(), TEST_PRIORITY);
    for (uint32_t i = 0; i < THREADS; i++)
        ps_wait_for_thread(threads[i]); /* APCs refer to all of them */
    for (uint32_t i = 0; i < THREADS; i++)
        ktest_join(threads[i]);
    ktest_assert_eq(test, errors, 0);
    ktest_assert_eq(test, inside, 0);
    ktest_assert_eq(test, ke_read_state_semaphore(&semaphore), 2);
    ktest_assert_eq(test, ke_read_state_mutant(&mutant), 1);
    ktest_assert_eq(test, push_lock.value, 0);
    ktest_assert(test, written > 0 && apcs_run > 0);
    for (uint32_t i = 0; i < EVENTS; i++)
        ktest_assert(test, is_list_empty(&events[i].header.wait_list_head));
    ktest_assert_eq(test, ke_get_pcr()->ready_summary, 0);
    ex_delete_push_lock(&push_lock);
    ktest_note("%u switches, %u APCs, %u exclusive locks",
               ke_get_pcr()->context_switches - first_switch, apcs_run, written);
}
