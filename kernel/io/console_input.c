/*
 * A ring with one writer, the interrupt, and one reader at a time, so it needs no lock between
 * them: each moves its own end only. Escapes are resolved by the reader.
 */
#include "kernel/io/console_input.h"

#define NO_BYTE   (-1)
#define BACKSPACE 0x08
#define DELETE    0x7F

static void wake(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)argument1, (void)argument2;
    ke_set_event(context, IO_NO_INCREMENT);
}

void io_initialize_console_input(struct io_console_input *input, void (*resume)(void *context),
                                 void *context)
{
    *input = (struct io_console_input){.resume = resume, .resume_context = context};
    ex_initialize_push_lock(&input->lock, "console input");
    ke_initialize_event(&input->arrived, EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_dpc(&input->wake, wake, &input->arrived);
}

bool io_console_has_room(const struct io_console_input *input)
{
    return input->head - input->tail < CONSOLE_RING;
}

void io_console_put(struct io_console_input *input, uint8_t byte)
{
    input->ring[input->head % CONSOLE_RING] = byte;
    input->head++; /* volatile, as the ring's bytes need not be: x86 keeps the order of stores */
    ke_insert_queue_dpc(&input->wake, NULL, NULL);
}

/* What BYTE means. => whether it is one of the input's. */
static bool decode(struct io_console_input *input, uint8_t byte)
{
    if (!input->escape && byte == CONSOLE_ESCAPE) {
        input->escape = true;
        return false;
    }
    input->ended = input->escape && byte == CONSOLE_END;
    input->escape = false;
    return !input->ended;
}

/* Take the next byte out of the ring. => NO_BYTE when there is none. */
static int next_byte(struct io_console_input *input)
{
    while (!input->ended && input->tail != input->head) {
        __asm__ volatile("" : : : "memory"); /* the byte is read after the head */
        uint8_t byte = input->ring[input->tail % CONSOLE_RING];
        input->tail++;
        if (decode(input, byte))
            return byte;
    }
    return NO_BYTE;
}

/* Does the ring have a line: up to its line feed, the input's end, or all that it holds? */
static bool has_line(const struct io_console_input *input)
{
    bool escape = input->escape;
    uint32_t head = input->head;

    for (uint32_t at = input->tail; at != head; at++) {
        uint8_t byte = input->ring[at % CONSOLE_RING];
        if (byte == '\n' || (escape && byte == CONSOLE_END))
            return true;
        escape = !escape && byte == CONSOLE_ESCAPE;
    }
    return head - input->tail == CONSOLE_RING;
}

/* The next line, edited if the mode says so, becomes the input's; none becomes an empty one. */
static void make_line(struct io_console_input *input)
{
    bool edit = input->mode & CONSOLE_PROCESSED_INPUT;
    int byte = NO_BYTE;

    input->line_bytes = input->line_at = 0;
    if (!has_line(input))
        return;
    while (byte != '\n' && input->line_bytes < CONSOLE_RING &&
           (byte = next_byte(input)) != NO_BYTE) {
        if (!edit || (byte != BACKSPACE && byte != DELETE))
            input->line[input->line_bytes++] = (uint8_t)byte;
        else if (input->line_bytes)
            input->line_bytes--;
    }
}

static uint32_t take_locked(struct io_console_input *input, uint8_t *to, uint32_t bytes)
{
    uint32_t done = 0;
    int byte;

    if (input->line_at == input->line_bytes && (input->mode & CONSOLE_LINE_INPUT))
        make_line(input);
    while (done < bytes && input->line_at < input->line_bytes)
        to[done++] = input->line[input->line_at++];
    if (input->mode & CONSOLE_LINE_INPUT)
        return done;
    while (done < bytes && (byte = next_byte(input)) != NO_BYTE)
        to[done++] = (uint8_t)byte;
    return done;
}

/* Take what there is. => how many bytes. */
static uint32_t take(struct io_console_input *input, uint8_t *to, uint32_t bytes)
{
    ex_acquire_push_lock_exclusive(&input->lock);
    uint32_t done = take_locked(input, to, bytes);
    if (done || input->ended) /* there may be more for others who wait, or never again */
        ke_set_event(&input->arrived, IO_NO_INCREMENT);
    ex_release_push_lock_exclusive(&input->lock);
    if (input->resume)
        input->resume(input->resume_context);
    return done;
}

ntstatus io_console_read(struct io_console_input *input, void *buffer, uint32_t bytes,
                         enum kprocessor_mode mode, bool alertable, uint32_t *done)
{
    for (;;) {
        ke_reset_event(&input->arrived); /* before looking: what comes then sets it again */
        *done = take(input, buffer, bytes);
        if (*done)
            return STATUS_SUCCESS;
        if (input->ended)
            return STATUS_END_OF_FILE;
        ntstatus status =
            ke_wait_for_single_object(&input->arrived, WR_USER_REQUEST, mode, alertable, NULL);
        if (status != STATUS_SUCCESS)
            return status;
    }
}
