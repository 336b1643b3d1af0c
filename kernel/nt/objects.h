/*
 * The system services about objects, waits and time, part of kernel/nt/nt.h. Their BOOLEANs are
 * bytes: of the word on the caller's stack the rest means nothing.
 */
#pragma once

#include "kernel/ke/apc.h"
#include "kernel/ob/ob.h"

struct nt_object_attributes;

/* Rights (winnt.h). */
#define PROCESS_DUP_HANDLE     0x0040u
#define THREAD_ALERT           0x0004u
#define EVENT_QUERY_STATE      0x0001u
#define EVENT_MODIFY_STATE     0x0002u
#define SEMAPHORE_QUERY_STATE  0x0001u
#define SEMAPHORE_MODIFY_STATE 0x0002u
#define MUTANT_QUERY_STATE     0x0001u
#define TIMER_QUERY_STATE      0x0001u
#define TIMER_MODIFY_STATE     0x0002u

/* ---- waits ------------------------------------------------------------------------------------
 */

ntstatus nt_wait_for_single_object(handle_t handle, uint8_t alertable, const int64_t *timeout);
/* TYPE: WAIT_ALL or WAIT_ANY. */
ntstatus nt_wait_for_multiple_objects(uint32_t count, const handle_t *handles, uint32_t type,
                                      uint8_t alertable, const int64_t *timeout);
/* The signal comes first; another thread may come between. */
ntstatus nt_signal_and_wait_for_single_object(handle_t signal, handle_t wait, uint8_t alertable,
                                              const int64_t *timeout);
ntstatus nt_delay_execution(uint8_t alertable, const int64_t *interval);

/* ---- dispatcher objects -----------------------------------------------------------------------
 */

struct event_basic_information {
    uint32_t type; /* enum kobject_type */
    int32_t state;
};

/* TYPE: EVENT_NOTIFICATION_OBJECT or EVENT_SYNCHRONIZATION_OBJECT. */
ntstatus nt_create_event(handle_t *handle, uint32_t access,
                         const struct nt_object_attributes *attributes, uint32_t type,
                         uint8_t signalled);
ntstatus nt_open_event(handle_t *handle, uint32_t access,
                       const struct nt_object_attributes *attributes);
ntstatus nt_set_event(handle_t handle, int32_t *previous);
ntstatus nt_reset_event(handle_t handle, int32_t *previous);
ntstatus nt_clear_event(handle_t handle);
ntstatus nt_pulse_event(handle_t handle, int32_t *previous);
ntstatus nt_query_event(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                        uint32_t *returned);

struct semaphore_basic_information {
    int32_t count, limit;
};

ntstatus nt_create_semaphore(handle_t *handle, uint32_t access,
                             const struct nt_object_attributes *attributes, int32_t count,
                             int32_t limit);
ntstatus nt_open_semaphore(handle_t *handle, uint32_t access,
                           const struct nt_object_attributes *attributes);
ntstatus nt_release_semaphore(handle_t handle, int32_t count, int32_t *previous);
ntstatus nt_query_semaphore(handle_t handle, uint32_t information_class, void *buffer,
                            uint32_t length, uint32_t *returned);

struct mutant_basic_information {
    int32_t count;
    uint8_t owned_by_caller, abandoned;
    uint8_t reserved[2];
};

ntstatus nt_create_mutant(handle_t *handle, uint32_t access,
                          const struct nt_object_attributes *attributes, uint8_t owned);
ntstatus nt_open_mutant(handle_t *handle, uint32_t access,
                        const struct nt_object_attributes *attributes);
ntstatus nt_release_mutant(handle_t handle, int32_t *previous);
ntstatus nt_query_mutant(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                         uint32_t *returned);

struct timer_basic_information {
    int64_t remaining; /* 100 ns; below 0: since it expired */
    uint8_t state;
    uint8_t reserved[7];
};
_Static_assert(sizeof(struct timer_basic_information) == 16, "TIMER_BASIC_INFORMATION");

/* TYPE: 0, a notification timer, or 1, a synchronization timer. */
ntstatus nt_create_timer(handle_t *handle, uint32_t access,
                         const struct nt_object_attributes *attributes, uint32_t type);
ntstatus nt_open_timer(handle_t *handle, uint32_t access,
                       const struct nt_object_attributes *attributes);
/* ROUTINE (0: none) is called in user mode by an APC of the current thread. */
ntstatus nt_set_timer(handle_t handle, const int64_t *due, knormal_routine routine, void *context,
                      uint8_t resume, int32_t period, uint8_t *previous);
ntstatus nt_cancel_timer(handle_t handle, uint8_t *state);
ntstatus nt_query_timer(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                        uint32_t *returned);

/* ---- handles and names ------------------------------------------------------------------------
 */

enum object_information_class {
    OBJECT_BASIC_INFORMATION,
    OBJECT_NAME_INFORMATION, /* struct unicode_string, and its text behind it */
    OBJECT_TYPE_INFORMATION,
    OBJECT_HANDLE_FLAG_INFORMATION = 4
};

struct object_basic_information {
    uint32_t attributes, granted_access, handle_count, pointer_count;
    uint32_t paged_pool_charge, nonpaged_pool_charge, reserved[3];
    uint32_t name_information_length, type_information_length, security_descriptor_length;
    int64_t creation_time;
};
_Static_assert(sizeof(struct object_basic_information) == 56, "OBJECT_BASIC_INFORMATION");

struct object_type_information {
    struct unicode_string name; /* its text follows the structure */
    uint32_t total_objects, total_handles;
    uint32_t usage[4], high_water[6]; /* not counted */
    uint32_t invalid_attributes;
    struct generic_mapping mapping;
    uint32_t valid_access;
    uint8_t security_required, maintain_handle_count, reserved[2];
    uint32_t pool, paged_pool_charge, nonpaged_pool_charge;
};
_Static_assert(sizeof(struct object_type_information) == 96, "OBJECT_TYPE_INFORMATION");

struct object_handle_flag_information {
    uint8_t inherit, protect_from_close;
};

ntstatus nt_duplicate_object(handle_t source_process, handle_t source, handle_t target_process,
                             handle_t *target, uint32_t access, uint32_t attributes,
                             uint32_t options);
ntstatus nt_query_object(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                         uint32_t *returned);
/* Class: ObjectHandleFlagInformation. */
ntstatus nt_set_information_object(handle_t handle, uint32_t information_class, const void *buffer,
                                   uint32_t length);
/* STATUS_ACCESS_DENIED: a program, and a permanent object. */
ntstatus nt_make_temporary_object(handle_t handle);
ntstatus nt_create_directory_object(handle_t *handle, uint32_t access,
                                    const struct nt_object_attributes *attributes);
ntstatus nt_open_directory_object(handle_t *handle, uint32_t access,
                                  const struct nt_object_attributes *attributes);
ntstatus nt_create_symbolic_link_object(handle_t *handle, uint32_t access,
                                        const struct nt_object_attributes *attributes,
                                        const struct unicode_string *target);
ntstatus nt_open_symbolic_link_object(handle_t *handle, uint32_t access,
                                      const struct nt_object_attributes *attributes);
/* RETURNED (NULL: not wanted) counts a terminator too, which is written then. */
ntstatus nt_query_symbolic_link_object(handle_t handle, struct unicode_string *target,
                                       uint32_t *returned);

/* ---- time -------------------------------------------------------------------------------------
 */

ntstatus nt_query_system_time(int64_t *time);
ntstatus nt_set_system_time(const int64_t *time, int64_t *previous);
/* FREQUENCY: NULL, or where the counts a second go. */
ntstatus nt_query_performance_counter(int64_t *counter, int64_t *frequency);
/* Units of 100 ns. */
ntstatus nt_query_timer_resolution(uint32_t *longest, uint32_t *shortest, uint32_t *current);

/* ---- alerts and APCs --------------------------------------------------------------------------
 */

ntstatus nt_test_alert(void);
ntstatus nt_alert_thread(handle_t thread);
ntstatus nt_queue_apc_thread(handle_t thread, knormal_routine routine, void *context,
                             void *argument1, void *argument2);
