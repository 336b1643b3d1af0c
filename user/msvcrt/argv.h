/*
 * The arguments of the program.
 */
#pragma once

#include "crt.h"

struct crt_arguments {
    bool wide; /* the strings are wchar_t; else char */
    size_t count;
    void **argv; /* COUNT pointers and NULL; one malloc'ed block with their text */
    void *text;
    size_t characters; /* of all strings with their end marks */
};

/* Splits COMMAND_LINE, as wide as WIDE says. => false when memory is out. */
bool crt_parse_arguments(const void *command_line, bool wide, struct crt_arguments *to);

/*
 * Puts the names of files in the place of arguments with * or ?. One that no file fits stays.
 * => false when memory is out.
 */
bool crt_expand_wildcards(struct crt_arguments *arguments);
