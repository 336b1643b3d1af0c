/*
 * What the services about objects have in common: how one is made and opened for the caller, and
 * how one is asked.
 */
#pragma once

#include "kernel/nt/capture.h"
#include "kernel/nt/reference.h"

/* CLIENT_ID. */
struct client_id {
    uint32_t process, thread;
};

/* May BYTES, up to 8, be written at AT (NULL: nothing is to be)? Asked before anything is
 * changed. */
ntstatus nt_probe_result(void *at, uint32_t bytes);
/* Write the result of what cannot be undone any more: if that fails now it is the caller's loss. */
void nt_write_result(void *at, const void *result, uint32_t bytes);

/* The same of a handle, which is always wanted; it is 0 until there is one. */
ntstatus nt_probe_handle(handle_t *handle_at);

/* A new object's way to the caller. */
struct nt_creation {
    handle_t *handle_at; /* the caller's */
    struct nt_captured_attributes captured;
    const struct object_attributes *attributes; /* NULL: none */
    handle_t handle;                            /* the object's, to be filled in */
};

/* Those of a new object; FROM may be NULL. Fails as nt_capture_object_attributes does, and with
 * STATUS_PRIVILEGE_NOT_HELD for a permanent object, which user mode cannot make. */
ntstatus nt_capture_new_attributes(const struct nt_object_attributes *from,
                                   struct nt_captured_attributes *to);

/* Look at the arguments. Fails with STATUS_ACCESS_VIOLATION and as nt_capture_new_attributes
 * does. */
ntstatus nt_begin_creation(struct nt_creation *creation, handle_t *handle_at,
                           const struct nt_object_attributes *attributes_at);
/* After a begin that succeeded: STATUS is how the making went. => what the service returns. */
ntstatus nt_end_creation(struct nt_creation *creation, ntstatus status);

/* A service that opens objects of TYPE (NtOpenEvent and its kin). */
ntstatus nt_open_object(handle_t *handle_at, uint32_t access,
                        const struct nt_object_attributes *attributes_at,
                        const struct object_type *type);

#define NT_MOST_INFORMATION 64u

/* A service that asks objects of a type by class 0, the only one (NtQueryEvent and its kin). */
struct nt_query {
    struct object_type **type;
    uint32_t access;
    uint32_t bytes; /* of what FILL fills in, up to NT_MOST_INFORMATION */
    void (*fill)(const void *object, void *information); /* each byte of it */
};
ntstatus nt_query(const struct nt_query *query, handle_t handle, uint32_t information_class,
                  void *buffer, uint32_t length, uint32_t *returned);
