/* A type of object for tests, which counts what becomes of its objects; and short ways to names. */
#pragma once

#include "kernel/ex/objects.h"
#include "kernel/nt/capture.h"
#include "tests/kernel/threads.h"

#define TEST_READ  0x1u
#define TEST_WRITE 0x2u
#define TEST_ALL   (STANDARD_RIGHTS_REQUIRED | TEST_READ | TEST_WRITE)

extern struct object_type *ktest_type;

/* How often its methods were called since it was made. */
extern struct ktest_seen {
    uint32_t opened, closed, closed_last, deleted;
    uint32_t delete_irql;
    /* The test's, or NULL; and how often an object was opened while that was locked. */
    const struct handle_table *table;
    uint32_t opened_locked;
    /* The test's, or NULL: a name; and how often an object had it when its last handle went. */
    const uint16_t *name;
    uint32_t closed_named;
} ktest_seen;

/* Make the type \ObjectTypes\Test, and let it go when no object of it is left. */
bool ktest_make_type(void);
void ktest_drop_type(void);

/* Attributes with the name TEXT; they hold until the next call. */
struct object_attributes *ktest_named(const uint16_t *text, uint32_t attributes);
/* The same, as callers of services have them. */
struct nt_object_attributes *ktest_nt_named(const uint16_t *text, uint32_t attributes);
/* A new object of the type with a handle for all access; TEXT NULL: without a name. */
ntstatus ktest_create_object(const uint16_t *text, uint32_t attributes, handle_t *handle);
/* Open one by name to read. */
ntstatus ktest_open_named(const uint16_t *text, uint32_t attributes, handle_t *handle);
/* The header of the object of HANDLE, or NULL; not referenced. */
struct object_header *ktest_header_of(handle_t handle);
/* What HANDLE grants. */
uint32_t ktest_access_of(handle_t handle);
