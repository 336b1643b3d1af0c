/*
 * What a cost is measured with: an operation is called between two time stamps. The simplest
 * operations are single instructions; they stand in probe.S.
 */
#pragma once

#include "lib/types.h"

/* An operation gets CONTEXT on the stack, as C has it, and in eax, where it costs no instruction.
 */
typedef void (*bench_operation)(void *context);

/* => the time stamps between one call OPERATION(CONTEXT) and the one before it. */
uint64_t bench_stamps(bench_operation operation, void *context);

void bench_nothing(void *context);    /* what bench_stamps itself costs */
void bench_write_byte(void *address); /* the three-byte instruction movb $1, (%eax) */
void bench_read_byte(void *address);
void bench_interrupt(void *context);       /* int $BENCH_VECTOR */
void bench_invalidate_page(void *address); /* invlpg */
void bench_reload_cr3(void *context);
void bench_switch_stack(void *context); /* save, leave and take up a stack, and nothing else */
void bench_switch_stack_twice(void *context);
void bench_call(void *context);      /* a call that returns */
void bench_exchange(void *address);  /* xchg with memory */
void bench_pop_and_push(void *list); /* the first of a linked list, off and on */

#define BENCH_VECTOR 0x40 /* nobody else's: the PIC's lines end at 0x3F */
