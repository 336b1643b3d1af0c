/*
 * faulting.h: what a faulting process says of itself. Such a program has the code that it wants to
 * run as data in its image, and runs it at another place, on another stack; both are reserved but
 * not committed. Where they are it writes into the description, which is all that is in its section
 * named FAULTING_SECTION, before the first fault.
 */
#pragma once

#include <stdint.h>

#define FAULTING_SECTION ".tokosvm" /* eight bytes, as section names of images are at most */
#define FAULTING_MAGIC   0x4D566B54u
#define FAULTING_VERSION 1u

/* All are addresses in the program's process and numbers of bytes, whole pages. */
struct faulting_program {
    uint32_t magic;       /* FAULTING_MAGIC */
    uint32_t version;     /* FAULTING_VERSION */
    uint32_t size;        /* of this structure */
    uint32_t code_source; /* the code in the image: data, for who copies it */
    uint32_t code;        /* where it must be to run: reserved; 0 until that is known */
    uint32_t code_bytes;
    uint32_t stack; /* the lowest address of the stack: reserved; it grows down from the end */
    uint32_t stack_bytes;
};
