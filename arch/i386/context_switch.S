/*
 * The switch from one kernel stack to another. What the C calling convention lets a function change
 * is dead here; the rest is kept on the stack that is left:
 *
 *      esp -> edi  esi  ebx  ebp  return address
 *
 * A new thread's stack is laid out so that it "returns" to ki_thread_startup.
 */
    .text

/* void ki_swap_context(uintptr_t *save, uintptr_t esp) */
    .globl ki_swap_context
ki_swap_context:
    movl    4(%esp), %eax
    movl    8(%esp), %edx
    pushl   %ebp
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    movl    %esp, (%eax)
    movl    %edx, %esp
    popl    %edi
    popl    %esi
    popl    %ebx
    popl    %ebp
    ret

/* Where a thread begins; ebp is 0, so that a walk up the stack ends here. */
    .globl ki_thread_startup
ki_thread_startup:
    pushl   $0                              /* no return address either */
    jmp     ki_begin_thread

    .section .note.GNU-stack, "", @progbits
