/*
 * Broken rules of locks, levels and waits, each with the bug check that names it;
 * tests/system/test_fatal.py knows their parameters.
 */
#include "kernel/ex/push_lock.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/fast_mutex.h"
#include "kernel/ke/scheduler.h"
#include "kernel/io/slow_pager.h"
#include "mm/mi.h"
#include "mm/pool.h"
#include "tests/kernel/threads.h"

#define TAG 'latF'

static struct kspin_lock outer = KSPIN_LOCK_OF_RANK(LOCK_RANK_TEST_OUTER);
static struct kspin_lock inner = KSPIN_LOCK_OF_RANK(LOCK_RANK_TEST_INNER);

KTEST(spin_lock, taken_in_order_and_given_back_in_any)
{
    kirql irql = ke_acquire_spin_lock(&outer);
    ktest_assert_eq(test, ke_get_current_irql(), DISPATCH_LEVEL);
    ktest_assert_eq(test, outer.held, 1);
    ke_acquire_spin_lock_at_dpc_level(&inner);
    ktest_assert_eq(test, KPCR_READ(held_locks),
                    1u << LOCK_RANK_TEST_OUTER | 1u << LOCK_RANK_TEST_INNER);
    ke_release_spin_lock_from_dpc_level(&outer);
    ktest_assert(test, !ke_holds_spin_lock(&outer) && ke_holds_spin_lock(&inner));
    ke_release_spin_lock(&inner, irql);
    ktest_assert_eq(test, KPCR_READ(held_locks), 0);
    ktest_assert_eq(test, ke_get_current_irql(), PASSIVE_LEVEL);
}

KTEST_FATAL(spin_lock, taken_out_of_order)
{
    ke_acquire_spin_lock(&inner);
    ke_acquire_spin_lock(&outer);
}

KTEST_FATAL(spin_lock, taken_twice)
{
    ke_acquire_spin_lock(&outer);
    ke_acquire_spin_lock(&outer);
}

KTEST_FATAL(spin_lock, taken_above_dispatch_level)
{
    ke_raise_irql(CLOCK_LEVEL);
    ke_acquire_spin_lock(&outer);
}

KTEST_FATAL(spin_lock, given_back_without_being_held)
{
    kirql irql = ke_acquire_spin_lock(&outer);

    ke_release_spin_lock(&inner, irql);
}

KTEST_FATAL(spin_lock, needed_and_not_held)
{
    ke_assert_spin_lock_held(&inner);
}

KTEST_FATAL(spin_lock, pool_used_with_the_pfn_lock_held)
{
    mi_lock_pfn();
    ex_allocate_pool_with_tag(NONPAGED_POOL, 1000, TAG);
}

KTEST_FATAL(irql, raised_below_the_current_level)
{
    ke_raise_irql(DISPATCH_LEVEL);
    ke_raise_irql(APC_LEVEL);
}

KTEST_FATAL(irql, lowered_above_the_current_level)
{
    ke_lower_irql(DISPATCH_LEVEL);
}

KTEST_FATAL(irql, wait_at_dispatch_level)
{
    struct kevent event;

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_wait(&event, 10);
}

static void wait_in_dpc(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)argument1, (void)argument2;
    ktest_wait(context, 10);
}

KTEST_FATAL(irql, wait_in_a_dpc)
{
    struct kevent event;
    struct kdpc dpc;

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_dpc(&dpc, wait_in_dpc, &event);
    ke_insert_queue_dpc(&dpc, NULL, NULL);
}

static void raise_and_return(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)context, (void)argument1, (void)argument2;
    ke_raise_irql(HIGH_LEVEL);
}

KTEST_FATAL(irql, dpc_returns_at_another_level)
{
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, raise_and_return, NULL);
    ke_insert_queue_dpc(&dpc, NULL, NULL);
}

KTEST_FATAL(irql, push_lock_at_dispatch_level)
{
    struct ex_push_lock lock;

    ex_initialize_push_lock(&lock, "test");
    ke_raise_irql(DISPATCH_LEVEL);
    ex_acquire_push_lock_shared(&lock);
}

static void end_at_once(void *context)
{
    (void)context;
}

KTEST_FATAL(irql, critical_region_at_dispatch_level)
{
    ke_raise_irql(DISPATCH_LEVEL);
    ke_enter_critical_region();
}

KTEST_FATAL(irql, thread_created_at_apc_level)
{
    ke_raise_irql(APC_LEVEL);
    ktest_thread(test, TEST_PRIORITY, end_at_once, NULL);
}

/* With the pager slow the fault would have to wait, in a thread that must not. */
KTEST_FATAL(irql, fault_that_waits_at_dispatch_level)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    io_set_slow_pager(10);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_write(p, 1);
}

KTEST_FATAL(lock, push_lock_taken_twice)
{
    struct ex_push_lock lock;

    ex_initialize_push_lock(&lock, "twice");
    ex_acquire_push_lock_exclusive(&lock);
    ex_acquire_push_lock_exclusive(&lock);
}

KTEST_FATAL(lock, fast_mutex_taken_twice)
{
    struct fast_mutex mutex;

    ex_initialize_fast_mutex(&mutex);
    ex_acquire_fast_mutex(&mutex);
    ex_acquire_fast_mutex(&mutex);
}

KTEST_FATAL(lock, fast_mutex_needed_and_not_owned)
{
    struct fast_mutex mutex;

    ex_initialize_fast_mutex(&mutex);
    ex_assert_fast_mutex_held(&mutex);
}

static void end_in_critical_region(void *context)
{
    (void)context;
    ke_enter_critical_region();
}

KTEST_FATAL(thread, ends_in_a_critical_region)
{
    ktest_thread(test, TEST_PRIORITY + 1, end_in_critical_region, NULL);
}

static void recurse(void *context)
{
    volatile char space[512];

    space[0] = 1;
    if (context) /* always, but the compiler does not know */
        recurse((void *)space);
}

KTEST_FATAL(thread, overflows_its_stack)
{
    ktest_thread(test, TEST_PRIORITY + 1, recurse, test);
}

KTEST_FATAL(wait, for_too_many_objects)
{
    static struct kwait_block blocks[MAXIMUM_WAIT_OBJECTS + 1];
    static struct kevent event;
    void *objects[MAXIMUM_WAIT_OBJECTS + 1];

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    for (uint32_t i = 0; i <= MAXIMUM_WAIT_OBJECTS; i++)
        objects[i] = &event;
    ke_wait_for_multiple_objects(MAXIMUM_WAIT_OBJECTS + 1, objects, WAIT_ANY, WR_USER_REQUEST,
                                 KERNEL_MODE, false, NULL, blocks);
}

KTEST_FATAL(semaphore, of_more_than_its_limit)
{
    struct ksemaphore semaphore;

    ke_initialize_semaphore(&semaphore, 3, 2);
}
