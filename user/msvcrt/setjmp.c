/*
 * setjmp and longjmp, in assembler: they take apart their caller's frame. The buffer is laid out as
 * mingw's setjmp.h says (struct _JUMP_BUFFER).
 *
 * longjmp leaves the functions it jumps out of by RtlUnwind when they have exception handlers of
 * their own, so that these are told and unlinked.
 */
#include <setjmp.h>
#include "crt.h"

/*
 * int _setjmp3(jmp_buf buffer, int count, ...)
 * Of COUNT further arguments the first is the function that undoes what is between (for compilers
 * with __try), the second its state, and up to six more are kept for it.
 *
 * _setjmp(buffer), which takes no count, is the same with none.
 */
__asm__(".globl __setjmp3\n"
        "__setjmp3:\n"
        "    movl 8(%esp), %ecx\n"
        "    jmp 1f\n"
        ".globl __setjmp\n"
        "__setjmp:\n"
        "    xorl %ecx, %ecx\n"
        "1:  movl 4(%esp), %edx\n"
        "    movl %ebp, (%edx)\n"
        "    movl %ebx, 4(%edx)\n"
        "    movl %edi, 8(%edx)\n"
        "    movl %esi, 12(%edx)\n"
        "    movl %esp, 16(%edx)\n"
        "    movl (%esp), %eax\n"
        "    movl %eax, 20(%edx)\n"
        "    movl %fs:0, %eax\n"
        "    movl %eax, 24(%edx)\n"
        "    movl $-1, 28(%edx)\n"
        "    movl $0x56433230, 32(%edx)\n" /* the mark of a buffer with the fields from here on */
        "    movl $0, 36(%edx)\n"
        "    testl %ecx, %ecx\n"
        "    jle 3f\n"
        "    movl 12(%esp), %eax\n"
        "    movl %eax, 36(%edx)\n"
        "    decl %ecx\n"
        "    jz 3f\n"
        "    movl 16(%esp), %eax\n"
        "    movl %eax, 28(%edx)\n"
        "    decl %ecx\n"
        "    cmpl $6, %ecx\n"
        "    jle 2f\n"
        "    movl $6, %ecx\n"
        "2:  testl %ecx, %ecx\n"
        "    jz 3f\n"
        "    movl 16(%esp,%ecx,4), %eax\n"
        "    movl %eax, 36(%edx,%ecx,4)\n"
        "    decl %ecx\n"
        "    jmp 2b\n"
        "3:  xorl %eax, %eax\n"
        "    ret\n");

/*
 * RtlUnwind gives no register back but %ebp and %esp, and does not return to its caller but to
 * where it is told, with its arguments gone.
 */
static void unwind(void *frame)
{
    __asm__ volatile("pushl %%ebp\n\t"
                     "pushl $0\n\t"
                     "pushl $0\n\t"
                     "pushl $1f\n\t"
                     "pushl %0\n\t"
                     "call _RtlUnwind@16\n"
                     "1:\tpopl %%ebp"
                     : "+a"(frame)
                     :
                     : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
}

/*
 * What of longjmp needs no registers: the exception handlers between here and the buffer's frame.
 */
void crt_unwind_to(const _JUMP_BUFFER *buffer);

void crt_unwind_to(const _JUMP_BUFFER *buffer)
{
    unsigned long top;

    __asm__("movl %%fs:0, %0" : "=r"(top));
    if (top != buffer->Registration)
        unwind((void *)buffer->Registration);
    if (buffer->Cookie == 0x56433230 && buffer->UnwindFunc)
        ((void(__stdcall *)(const _JUMP_BUFFER *))buffer->UnwindFunc)(buffer);
}

/* void longjmp(jmp_buf buffer, int value) */
__asm__(".globl _longjmp\n"
        "_longjmp:\n"
        "    pushl 4(%esp)\n"
        "    call _crt_unwind_to\n"
        "    popl %edx\n" /* the function may have used the argument's place: take it again */
        "    movl 4(%esp), %edx\n"
        "    movl 8(%esp), %eax\n"
        "    testl %eax, %eax\n"
        "    jnz 1f\n"
        "    incl %eax\n"
        "1:  movl (%edx), %ebp\n"
        "    movl 4(%edx), %ebx\n"
        "    movl 8(%edx), %edi\n"
        "    movl 12(%edx), %esi\n"
        "    movl 16(%edx), %esp\n"
        "    addl $4, %esp\n" /* over the return address */
        "    jmp *20(%edx)\n");
