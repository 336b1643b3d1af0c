/* Walking the chain of frame pointers. */
#pragma once

#include "arch/i386/trap.h"

/* May the walker read these two words? Registered by the memory manager; until then any address
 * inside the kernel image may be read. */
void ke_set_stack_reader(bool (*valid)(uintptr_t va));

/* => how many return addresses were stored in TRACE, at most LIMIT; the first is EIP itself. A
 * chain that leaves valid memory, or does not go up, ends the walk. */
uint32_t ke_capture_stack(uint32_t eip, uint32_t ebp, uint32_t *trace, uint32_t limit);

/* Print the stack of code at EIP whose frame pointer is EBP, a line a frame. */
void ke_print_stack_from(uint32_t eip, uint32_t ebp);
/* The same of the interrupted code. */
static inline void ke_print_stack(const struct ktrap_frame *frame)
{
    ke_print_stack_from(frame->eip, frame->ebp);
}
