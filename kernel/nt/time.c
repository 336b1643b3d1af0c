/* The time, for programs. */
#include "kernel/nt/nt.h"
#include "kernel/nt/user_memory.h"

#define UNITS_A_SECOND 10000000 /* the performance counter counts interrupt time */
#define RESOLUTION     10u      /* of all timers, rounded up: a count of the PIT takes 8.4 units */

ntstatus nt_query_system_time(int64_t *time_at)
{
    int64_t now = (int64_t)ke_query_system_time();

    return rtl_copy_to_user(time_at, &now, sizeof(now));
}

/* Nobody holds SeSystemtimePrivilege. */
ntstatus nt_set_system_time(const int64_t *time, int64_t *previous)
{
    (void)time, (void)previous;
    return STATUS_PRIVILEGE_NOT_HELD;
}

ntstatus nt_query_performance_counter(int64_t *counter_at, int64_t *frequency_at)
{
    const int64_t frequency = UNITS_A_SECOND;
    int64_t counter = (int64_t)ke_query_interrupt_time();
    ntstatus status = rtl_copy_to_user(counter_at, &counter, sizeof(counter));

    return NT_SUCCESS(status) && frequency_at
               ? rtl_copy_to_user(frequency_at, &frequency, sizeof(frequency))
               : status;
}

/* There is no tick whose length could be chosen. */
ntstatus nt_query_timer_resolution(uint32_t *longest_at, uint32_t *shortest_at,
                                   uint32_t *current_at)
{
    uint32_t *const results[] = {longest_at, shortest_at, current_at};
    const uint32_t resolution = RESOLUTION;
    ntstatus status = STATUS_SUCCESS;

    for (uint32_t i = 0; i < ARRAY_SIZE(results) && NT_SUCCESS(status); i++)
        status = rtl_copy_to_user(results[i], &resolution, sizeof(resolution));
    return status;
}
