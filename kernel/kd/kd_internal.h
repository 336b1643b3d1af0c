/* Between the debugger's files. */
#pragma once

#include "kernel/kd/kd.h"
#include "kernel/ke/dbgprint.h"

/* What a command gets: the words behind its name, and the interrupted registers. */
struct kd_context {
    struct ktrap_frame *frame;
    const char *args;
    bool leave; /* set by a command that ends the session */
};

struct kd_command {
    const char *name;
    const char *arguments;
    const char *help;
    void (*run)(struct kd_context *context);
};

/* The commands of each file, ended by one without a name. */
extern const struct kd_command kd_memory_commands[];  /* d, dd, r, k, ? */
extern const struct kd_command kd_mm_commands[];      /* !pte, !pfn, !vm, ... */
extern const struct kd_command kd_thread_commands[];  /* !thread, !process, !ready */
extern const struct kd_command kd_ke_commands[];      /* !irql, !locks, !timer */
extern const struct kd_command kd_ob_commands[];      /* !object, !handle */
extern const struct kd_command kd_session_commands[]; /* g, reboot, q, help */

/* The session's state, for `q`: the verdict is a bugcheck's when one brought us here. */
extern bool kd_in_bugcheck;

/* Read the expression at *TEXT: hexadecimal numbers (0n for decimal), symbols and registers, joined
 * by + and -. => false after saying what is wrong. *TEXT is moved behind it. */
bool kd_expression(struct kd_context *context, const char **text, uintptr_t *value);
/* The same for an argument that may be missing: then *VALUE stays as it is. */
bool kd_optional_expression(struct kd_context *context, const char **text, uintptr_t *value);

/* Read a line from the serial line or the keyboard, echoed and editable with backspace. */
void kd_read_line(char *line, uint32_t size);

/* Read memory without ever faulting. => false when it is not mapped. */
bool kd_read_u32(uintptr_t va, uint32_t *value);
bool kd_read_u8(uintptr_t va, uint8_t *value);

void kd_show_pfn(uint32_t frame); /* kd_pfn.c */
void kd_show_vm(void);            /* kd_vm.c */
void kd_show_memory_usage(void);
void kd_low_resources(const char *words);
