/*
 * A ring with one writer, the interrupt, and one reader at a time, so it needs no lock between
 * them: each moves its own end only. Escapes are resolved by the reader.
 */
#include "kernel/io/console_input.h"

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

/* Take what there is. => how many bytes. */
static uint32_t take(struct io_console_input *input, uint8_t *to, uint32_t bytes)
{
    uint32_t done = 0;

    ex_acquire_push_lock_exclusive(&input->lock);
    while (done < bytes && !input->ended && input->tail != input->head) {
        __asm__ volatile("" : : : "memory"); /* the byte is read after the head */
        uint8_t byte = input->ring[input->tail % CONSOLE_RING];
        input->tail++;
        if (decode(input, byte))
            to[done++] = byte;
    }
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
