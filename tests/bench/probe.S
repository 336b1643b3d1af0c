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

/* The least that a switch to another stack and back needs: twice what ki_swap_context does. */
    .globl bench_switch_stacks
bench_switch_stacks:
    call    1f
    call    1f
    ret
1:  pushl   %ebp
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
    .local  bench_stack
    .comm   bench_stack, 4, 4

    .section .note.GNU-stack, "", @progbits
