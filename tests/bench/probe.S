/*
 * The measuring call, and operations of a single instruction. The context is passed in eax as well,
 * so that nothing but the instruction and its return is counted.
 */
    .text

/* uint64_t bench_stamps(bench_operation operation, void *context) */
    .globl bench_stamps
bench_stamps:
    pushl   %ebp
    movl    %esp, %ebp
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    movl    8(%ebp), %ebx
    pushl   12(%ebp)                        /* the argument of an operation in C */
    rdtsc
    movl    %eax, %esi
    movl    %edx, %edi
    movl    (%esp), %eax
    call    *%ebx
    rdtsc
    subl    %esi, %eax
    sbbl    %edi, %edx
    addl    $4, %esp
    popl    %edi
    popl    %esi
    popl    %ebx
    popl    %ebp
    ret

    .globl bench_nothing
bench_nothing:
    ret

    .globl bench_write_byte
bench_write_byte:
    movb    $1, (%eax)
    ret

    .globl bench_read_byte
bench_read_byte:
    movb    (%eax), %al
    ret

    .globl bench_interrupt
bench_interrupt:
    int     $0x40                           /* BENCH_VECTOR */
    ret

    .globl bench_invalidate_page
bench_invalidate_page:
    invlpg  (%eax)
    ret

    .globl bench_reload_cr3
bench_reload_cr3:
    movl    %cr3, %eax
    movl    %eax, %cr3
    ret

/* The least that a switch to another stack needs. */
    .globl bench_switch_stack
bench_switch_stack:
    pushl   %ebp
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    movl    %esp, bench_stack
    movl    bench_stack, %esp
    popl    %edi
    popl    %esi
    popl    %ebx
    popl    %ebp
    ret

    .globl bench_switch_stack_twice
bench_switch_stack_twice:
    call    bench_switch_stack
    jmp     bench_switch_stack

    .globl bench_call
bench_call:
    call    1f
1:  ret

    .globl bench_exchange
bench_exchange:
    movl    $1, %ecx
    xchgl   %ecx, (%eax)
    ret

/* Off a list and on again: the least that an allocation and its release can be. */
    .globl bench_pop_and_push
bench_pop_and_push:
    movl    (%eax), %edx
    movl    (%edx), %ecx
    movl    %ecx, (%eax)
    movl    (%eax), %ecx
    movl    %ecx, (%edx)
    movl    %edx, (%eax)
    ret

    .local  bench_stack
    .comm   bench_stack, 4, 4

    .section .note.GNU-stack, "", @progbits
