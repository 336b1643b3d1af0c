/*
 * A record of each context switch, for the tests and the debugger. Off unless somebody asks.
 */
#pragma once

#include "kernel/ke/thread.h"

#define SWITCH_RECORDS 512u /* a power of two; older ones are overwritten */

struct switch_record {
    uint64_t time; /* interrupt time */
    const struct kthread *from, *to;
    uint8_t from_state;  /* enum kthread_state: why it was left */
    uint8_t from_reason; /* enum kwait_reason, if WAITING */
    int8_t from_priority, to_priority;
};

extern bool ki_switch_trace_on;
/* Begin an empty record, or stop. */
void ke_trace_switches(bool on);
/* How many switches were recorded since it began. */
uint32_t ke_switch_count(void);
/* => the record numbered N, or NULL when it was overwritten or has not been written yet. */
const struct switch_record *ke_get_switch_record(uint32_t n);

/* Dispatcher lock held. */
void ki_trace_switch(const struct kthread *from, const struct kthread *to);
