/* The system's message texts. */
#pragma once

#include <stddef.h>

struct system_message {
    unsigned number;  /* a Win32 error */
    const char *text; /* ASCII, in the language of message_expand.h, without its new line */
};

extern const struct system_message system_messages[];
extern const size_t system_message_count;
