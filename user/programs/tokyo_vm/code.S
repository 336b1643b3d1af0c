/*
 * The code that runs where it is not: one recursive function of two numbers, with each of its cases
 * in a page of its own. It must run at any address, so it jumps only relative to itself and finds
 * all else by %ebx, a struct vm. Between the pieces are breakpoints.
 *
 *      %eax, %edx  the two numbers; %eax is the value in the end
 *      (%esp)      the first number, kept in the call's frame
 */
#include "user/programs/tokyo_vm/vm.h"

#define PAGE       0x1000
#define BREAKPOINT 0xCC

        .section .vmcode, "dr"
        .p2align 12
        .globl _vm_code, _vm_code_end
_vm_code:

/* Page 0, where every call begins. */
function:
        subl $(VM_FRAME - 4), %esp
        cmpl VM_LIMIT(%ebx), %esp
        jb too_deep
        movl %eax, (%esp)
        testl %eax, %eax
        jz first_is_zero
        testl %edx, %edx
        jz second_is_zero
        jmp neither_is_zero

        .org _vm_code + 1 * PAGE, BREAKPOINT
first_is_zero:
        leal 1(%edx), %eax
        addl $(VM_FRAME - 4), %esp
        ret

        .org _vm_code + 2 * PAGE, BREAKPOINT
second_is_zero:
        decl %eax
        movl $1, %edx
        call function
        addl $(VM_FRAME - 4), %esp
        ret

/* At the end of page 3. The call lies across the border to page 4: three of its five bytes are
 * here. */
        .org _vm_code + 4 * PAGE - 4, BREAKPOINT
neither_is_zero:
        decl %edx
        call function
        movl %eax, %edx
        movl (%esp), %eax
        decl %eax
        call function
        addl $(VM_FRAME - 4), %esp
        ret

/* All the calls are left at once: what is on top of the stack is where the first one returns to. */
        .org _vm_code + 5 * PAGE, BREAKPOINT
too_deep:
        movl $-1, %eax
        movl VM_TOP(%ebx), %esp
        subl $4, %esp
        ret

        .org _vm_code + 6 * PAGE, BREAKPOINT
_vm_code_end:
