/*
 * Events, semaphores, mutants and timers as objects with names and handles (ExCreateEvent's part of
 * NtCreateEvent, and so on). The object is the kernel's own structure: struct kevent and its kin; a
 * timer's is struct etimer (kernel/ex/timer.h).
 */
#pragma once

#include "kernel/ke/wait.h"
#include "kernel/ob/ob.h"

extern struct object_type *ex_event_type, *ex_semaphore_type, *ex_mutant_type, *ex_timer_type;

/* Make the four types, and have worker threads delete what the object manager puts off. After
 * ob_init_system; once. */
void ex_init_objects(void);

/* Each makes an object, gives it the name and attributes of ATTRIBUTES (NULL: none) and a handle
 * with ACCESS; see ob_insert_object for what they return. With OBJ_OPENIF an existing one stays as
 * it is. PASSIVE_LEVEL. */
ntstatus ex_create_event(const struct object_attributes *attributes, uint32_t access,
                         enum kprocessor_mode mode, enum kobject_type type, bool signalled,
                         handle_t *handle);
/* STATUS_INVALID_PARAMETER unless 0 <= COUNT <= LIMIT and LIMIT is above 0. */
ntstatus ex_create_semaphore(const struct object_attributes *attributes, uint32_t access,
                             enum kprocessor_mode mode, int32_t count, int32_t limit,
                             handle_t *handle);
/* OWNED by the current thread, if it is a new one. */
ntstatus ex_create_mutant(const struct object_attributes *attributes, uint32_t access,
                          enum kprocessor_mode mode, bool owned, handle_t *handle);
ntstatus ex_create_timer(const struct object_attributes *attributes, uint32_t access,
                         enum kprocessor_mode mode, enum kobject_type type, handle_t *handle);

/* Wait for what HANDLE stands for, which must grant SYNCHRONIZE; what is no dispatcher object is
 * STATUS_OBJECT_TYPE_MISMATCH. Else as ke_wait_for_single_object. PASSIVE_LEVEL. */
ntstatus ex_wait_for_handle(handle_t handle, enum kprocessor_mode mode, bool alertable,
                            const int64_t *timeout);
