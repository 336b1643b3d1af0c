/*
 * From ordinary code to that which is not there, and back.
 */
#include "user/programs/tokyo_vm/vm.h"

        .text

/* uint32_t vm_enter(struct vm *vm, uint32_t m, uint32_t n) */
        .globl _vm_enter
_vm_enter:
        pushl %ebp
        pushl %ebx
        pushl %esi
        pushl %edi
        movl 20(%esp), %ebx
        movl 24(%esp), %eax
        movl 28(%esp), %edx
        movl %esp, VM_CALLER(%ebx)
        movl VM_TOP(%ebx), %esp
        call *VM_CODE(%ebx)             /* neither the stack nor the code is there */
        movl VM_CALLER(%ebx), %esp
        popl %edi
        popl %esi
        popl %ebx
        popl %ebp
        ret
