/*
 * The language of message texts (FormatMessage's): pure, tested on the host.
 *
 *      %1 ... %99   the argument of that number; %1!format! as printf has it, with * and *.* taking
 *                   the arguments before the number's own
 *      %n           a new line     %r  a return   %t  a tab    %b  a blank
 *      %0           the end, without a new line    %%  %.  %!  the character
 */
#pragma once

#include "lib/types.h"

/* Where arguments come from, and the text goes to. */
struct message_expansion {
    /* => argument NUMBER, from 1 on. */
    uintptr_t (*argument)(void *context, unsigned number);
    /* The characters of argument VALUE, a string; WIDE: it is of UTF-16, else of bytes. => unit
     * INDEX, 0 at the end. */
    uint16_t (*character)(uintptr_t value, size_t index, bool wide);
    void (*put)(void *context, uint16_t unit);
    void *context;
    bool wide_strings;   /* what %s is: of the W function, else of the A function */
    bool ignore_inserts; /* numbers stay as they are */
    bool join_lines;     /* new lines of the text itself become blanks */
};

/* Expand the LENGTH units at TEXT. => false: it is not well-formed. */
bool message_expand(const struct message_expansion *expansion, const uint16_t *text, size_t length);
