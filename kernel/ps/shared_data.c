/*
 * The contents of the shared user data page. Its clocks are written by a periodic timer,
 * every 15.625 ms as on NT, but only while there is a process that could read them: an idle machine
 * sleeps.
 */
#include "kernel/ps/shared_data.h"
#include "arch/i386/cpu.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/timer.h"
#include "mm/user_shared_data.h"

#define TICK_UNITS      156250u     /* 15.625 ms in 100 ns */
#define TICK_MS         16u         /* the timer's period, rounded up */
#define TICK_MULTIPLIER 0x0FA00000u /* 15.625 with 24 bits of fraction */
#define PRODUCT_SERVER  3u

/* Places in the array of features (winnt.h's PF_ constants). */
#define PF_COMPARE_EXCHANGE_DOUBLE 2u
#define PF_XMMI                    6u
#define PF_RDTSC                   8u

/* KSYSTEM_TIME: whoever reads two different highs reads again. */
struct shared_time {
    uint32_t low;
    uint32_t high1, high2;
};

static struct ktimer timer;
static struct kdpc tick;
static uint32_t readers; /* the dispatcher lock */

static void write_time(uint32_t offset, uint64_t value)
{
    struct shared_time time = {(uint32_t)value, (uint32_t)(value >> 32), (uint32_t)(value >> 32)};

    mm_write_user_shared_data(offset, &time, sizeof(time));
}

/* 64 bits by 32, as libgcc is not here: the quotient of an interrupt time fits in a word for years.
 */
static uint64_t ticks_in(uint64_t units)
{
    uint32_t low, remainder;

    if (units >> 32 >= TICK_UNITS)
        return UINT32_MAX;
    __asm__("divl %4"
            : "=a"(low), "=d"(remainder)
            : "a"((uint32_t)units), "d"((uint32_t)(units >> 32)), "r"(TICK_UNITS));
    return low;
}

static void write_clocks(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    uint64_t now = ke_query_interrupt_time(), ticks = ticks_in(now);
    uint32_t low = (uint32_t)ticks;

    (void)dpc, (void)context, (void)argument1, (void)argument2;
    write_time(USER_SHARED_INTERRUPT_TIME, now);
    write_time(USER_SHARED_SYSTEM_TIME, ke_query_system_time());
    write_time(USER_SHARED_TICK_COUNT, ticks);
    mm_write_user_shared_data(USER_SHARED_TICK_COUNT_LOW, &low, sizeof(low));
}

void ps_start_shared_clock(void)
{
    kirql irql = ki_lock_dispatcher_database();
    bool first = readers++ == 0;

    ki_unlock_dispatcher_database(irql);
    write_clocks(&tick, NULL, NULL, NULL);
    if (first)
        ke_set_timer_ex(&timer, -(int64_t)TICK_UNITS, TICK_MS, &tick);
}

void ps_stop_shared_clock(void)
{
    kirql irql = ki_lock_dispatcher_database();
    bool last = --readers == 0;

    ki_unlock_dispatcher_database(irql);
    if (last)
        ke_cancel_timer(&timer);
}

static void put(uint32_t offset, uint32_t value)
{
    mm_write_user_shared_data(offset, &value, sizeof(value));
}

static void put_feature(uint32_t feature, bool there)
{
    uint8_t value = there;

    mm_write_user_shared_data(USER_SHARED_PROCESSOR_FEATURES + feature, &value, sizeof(value));
}

void ps_init_shared_data(void)
{
    static const uint16_t root[] = u"C:\\";

    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    ke_initialize_dpc(&tick, write_clocks, NULL);
    put(USER_SHARED_TICK_MULTIPLIER, TICK_MULTIPLIER);
    put(USER_SHARED_PRODUCT_TYPE, PRODUCT_SERVER);
    put(USER_SHARED_MAJOR_VERSION, 5);
    put(USER_SHARED_MINOR_VERSION, 2);
    mm_write_user_shared_data(USER_SHARED_NT_SYSTEM_ROOT, root, sizeof(root));
    put_feature(PF_XMMI, ke_has(KF_XMMI));
    put_feature(PF_RDTSC, ke_has(KF_RDTSC));
    put_feature(PF_COMPARE_EXCHANGE_DOUBLE, ke_has(KF_RDTSC)); /* both came with the Pentium */
}
