/*
 * What tokyo_vm's C and its assembly both know: how the code finds its stack, and how much of it
 * each call takes.
 */
#pragma once

/* A call takes this many bytes of stack. It needs a few words; with so many, little recursion is
 * enough to reach several pages. */
#define VM_FRAME 512

/* Offsets in struct vm, which the code has in %ebx all the time. */
#define VM_CODE   0
#define VM_TOP    4
#define VM_LIMIT  8
#define VM_CALLER 12

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct vm {
    void *code;   /* where the code begins */
    char *top;    /* the end of its stack */
    char *limit;  /* a call whose frame would begin below this is too deep */
    void *caller; /* the ordinary stack, meanwhile */
};

_Static_assert(offsetof(struct vm, code) == VM_CODE && offsetof(struct vm, top) == VM_TOP &&
                   offsetof(struct vm, limit) == VM_LIMIT &&
                   offsetof(struct vm, caller) == VM_CALLER,
               "the offsets of the assembly");

#define VM_TOO_DEEP UINT32_MAX /* no value of the function that there is stack enough for */

/* Runs the code on its own stack, with the two numbers. => the function's value, or VM_TOO_DEEP. */
uint32_t vm_enter(struct vm *vm, uint32_t m, uint32_t n);

/* The code as data. */
extern const char vm_code[], vm_code_end[];

#endif
