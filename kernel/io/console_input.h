/*
 * The input of a console: bytes that an interrupt brings and threads read. The end of the input is
 * part of what comes:
 *
 *      10 04   (DLE EOT) there is no more
 *      10 xx   the byte xx, whatever it is
 *      xx      the byte xx, which is not 10
 *
 * so all bytes can be sent, and nothing depends on the state of a line that the other end of a
 * pipe does not have.
 */
#pragma once

#include "kernel/ex/push_lock.h"
#include "kernel/ke/dpc.h"

#define CONSOLE_ESCAPE 0x10u
#define CONSOLE_END    0x04u
#define CONSOLE_RING   4096u /* a power of two */

/* The mode's bits (wincon.h). Without the first a read gives what has come; with it, a line or what
 * the caller has room for of it. */
#define CONSOLE_PROCESSED_INPUT 0x1u /* backspaces edit the line */
#define CONSOLE_LINE_INPUT      0x2u
#define CONSOLE_ECHO_INPUT      0x4u /* what is read is written: the driver's */

struct io_console_input {
    volatile uint32_t mode; /* CONSOLE_: of reads from now on */
    uint8_t ring[CONSOLE_RING];
    volatile uint32_t head;       /* bytes that have come; written by io_console_put only */
    volatile uint32_t tail;       /* bytes that were taken; the lock */
    bool escape, ended;           /* the lock: what was taken so far ends so */
    uint8_t line[CONSOLE_RING];   /* what was made a line; the lock, as the next two */
    uint32_t line_bytes, line_at; /* how long it is, and what of it was taken */
    struct ex_push_lock lock;     /* readers' */
    struct kevent arrived;        /* there may be something to read */
    struct kdpc wake;             /* sets it */
    void (*resume)(void *);       /* there is room again; maybe NULL */
    void *resume_context;
};

void io_initialize_console_input(struct io_console_input *input, void (*resume)(void *context),
                                 void *context);

/* Has INPUT room for a byte? */
bool io_console_has_room(const struct io_console_input *input);
/* BYTE has come, and there is room for it. One caller at a time. Any IRQL. */
void io_console_put(struct io_console_input *input, uint8_t byte);

/*
 * Take up to BYTES bytes, above 0, as the mode says; wait until there is one, or a line: up to its
 * line feed, the input's end, or as much as the ring holds. => STATUS_SUCCESS; STATUS_END_OF_FILE,
 * now and from now on; or what ended the wait (STATUS_USER_APC, STATUS_ALERTED), *DONE 0.
 * PASSIVE_LEVEL.
 */
ntstatus io_console_read(struct io_console_input *input, void *buffer, uint32_t bytes,
                         enum kprocessor_mode mode, bool alertable, uint32_t *done);
