/*
 * What the services that make a device do something have in common: a file handle, an event to be
 * set at the end, a status block. A request is over when its service returns; a user APC at the end
 * is not supported.
 */
#pragma once

#include "kernel/io/io.h"
#include "kernel/nt/user_memory.h"

struct nt_request {
    struct file_object *file;
    struct kevent *event;          /* NULL: none */
    struct io_status_block *block; /* the caller's */
    uint32_t granted;              /* what the handle grants */
};

/* Begin: the caller's BLOCK can be written, FILE grants ACCESS (or any of it, with ANY), EVENT (0:
 * none) is reset. Fails with what is wrong, and then nothing is to be ended. */
ntstatus nt_begin_request(handle_t file, uint32_t access, bool any, handle_t event,
                          const void *apc_routine, struct io_status_block *block,
                          struct nt_request *request);
/* End it: tell the caller, set the event unless it failed, let go of everything. => STATUS, or why
 * the caller could not be told. */
ntstatus nt_end_request(struct nt_request *request, ntstatus status, uint32_t information);

/* Can the caller's BLOCK be read and written? */
ntstatus nt_probe_status_block(struct io_status_block *block);
