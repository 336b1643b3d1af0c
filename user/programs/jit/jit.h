/*
 * The parts of jit.
 */
#pragma once

#include <stddef.h>

/* Where the code of a program goes, and what is wrong with its text. */
struct compiler {
    const char *at;          /* in the text */
    unsigned char *code;     /* the next byte */
    unsigned char *code_end; /* behind the last that there is room for */
    const char *error;       /* NULL as long as nothing is wrong; AT is where */
    unsigned depth;          /* of parentheses and signs */
};

/* What becomes of a text: x is in ecx, its value in eax. */
typedef int __attribute__((fastcall)) (*jit_function)(int x);

/* Compile the expression TEXT, of whole numbers, x, + - * and parentheses, to a function at CODE,
 * where there is room for BYTES. => how many bytes it has; 0: *ERROR says what is wrong, and *WHERE
 * points to it.
 */
size_t jit_compile(const char *text, unsigned char *code, size_t bytes, const char **error,
                   const char **where);
