/*
 * Stack traces by frame pointer: every function pushes ebp and points ebp at it, so [ebp] is the
 * caller's ebp and [ebp+4] the return address. Used when things have gone wrong, so nothing found
 * on the stack is trusted: a frame must be aligned, readable and above the one before.
 */
#include "kernel/ke/stack_trace.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/symbols.h"

#define FRAMES_SHOWN 24

extern const char __init_start[], __image_end[];

static bool in_image(uintptr_t va)
{
    return va >= (uintptr_t)__init_start && va < (uintptr_t)__image_end;
}

static bool (*readable)(uintptr_t va) = in_image;

void ke_set_stack_reader(bool (*valid)(uintptr_t va))
{
    readable = valid;
}

uint32_t ke_capture_stack(uint32_t eip, uint32_t ebp, uint32_t *trace, uint32_t limit)
{
    uint32_t count = 0;

    trace[count++] = eip;
    while (count < limit && ebp && !(ebp & 3) && readable(ebp) && readable(ebp + 7)) {
        const uint32_t *frame = (const uint32_t *)ebp;
        if (!frame[1])
            break;
        trace[count++] = frame[1];
        if (frame[0] <= ebp)
            break;
        ebp = frame[0];
    }
    return count;
}

void ke_print_stack_from(uint32_t eip, uint32_t ebp)
{
    uint32_t trace[FRAMES_SHOWN];
    uint32_t count = ke_capture_stack(eip, ebp, trace, FRAMES_SHOWN);

    for (uint32_t i = 0; i < count; i++) {
        dbg_print("  %02u %08x ", i, trace[i]);
        ke_print_symbol(trace[i]);
        dbg_print("\n");
    }
}
