/*
 * What programs have to say to whoever debugs: lines of the kernel's log. Each begins with who says
 * it, and has only what can be printed, so none can be taken for a line of the kernel's own, which
 * the launcher believes.
 */
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "kernel/nt/capture.h"
#include "kernel/nt/nt.h"
#include "kernel/ps/ps.h"

#define LINE_UNITS   100u /* longer ones are broken */
#define ESCAPE_CHARS 6u   /* rtl_unicode_to_ascii's for a unit, at most */

/* TEXT as a line of its own: at DISPATCH_LEVEL no other thread's comes between. */
static void print_line(const uint16_t *text, uint32_t units)
{
    const struct unicode_string line = {.length = (uint16_t)(units * sizeof(*text)),
                                        .buffer = text};
    char ascii[LINE_UNITS * ESCAPE_CHARS + 1];

    rtl_unicode_to_ascii(&line, ascii, sizeof(ascii));
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    dbg_print("process %u: %s\n", ps_get_current_thread()->process->unique_process_id, ascii);
    ke_lower_irql(irql);
}

/* => how many units the line has that TEXT begins with. */
static uint32_t line_length(const uint16_t *text, uint32_t units)
{
    uint32_t length = 0;

    while (length < units && length < LINE_UNITS && text[length] != '\n')
        length++;
    return length;
}

static void print(const uint16_t *text, uint32_t units)
{
    for (uint32_t at = 0; at < units; at++) {
        uint32_t length = line_length(text + at, units - at);
        bool broken = length == LINE_UNITS && at + length < units && text[at + length] != '\n';
        bool carriage = length && text[at + length - 1] == '\r';

        print_line(text + at, carriage && !broken ? length - 1 : length);
        at += broken ? length - 1 : length; /* and over the line's end */
    }
}

ntstatus nt_display_string(const struct unicode_string *string)
{
    struct unicode_string text;
    ntstatus status = nt_capture_unicode_string(string, &text);

    if (!NT_SUCCESS(status))
        return status;
    print(text.buffer, text.length / sizeof(uint16_t));
    nt_release_unicode_string(&text);
    return STATUS_SUCCESS;
}
