/*
 * Programs for user mode that wait and take APCs; see user_code.S for what they find. Services are
 * called by name, whatever their numbers.
 */
#include "kernel/nt/services.h"
#include "tests/kernel/user_code.h"
#include "tests/kernel/user_macros.inc"

#define NUMBER(name, function, words) .set NUMBER_##name, count; .set count, count + 1;
    .set    count, 0
    SYSTEM_SERVICES(NUMBER)

    .set    CONTEXT_EBX, 0xA4
    .set    STATUS_USER_APC, 0xC0
    .set    APC_FRAME, 16                   /* routine, context, two arguments: CONTEXT follows */

    .macro  call_service name
    movl    $NUMBER_\name, %eax
    movl    %esp, %edx
    int     $0x2E
    .endm

/* An APC to the thread itself. */
    .macro  queue_apc context
    pushl   $0x33
    pushl   $0x22
    pushl   \context
    pushl   $0x1234
    pushl   $-2                             /* NtCurrentThread() */
    call_service NtQueueApcThread
    addl    $20, %esp
    .endm

/* Whatever the test has left at ebx: the service's number, and from ebx + 16 on its arguments. */
program call_prepared
    movl    $1, 4(%ebx)                     /* for those who wait for it to be there */
    movl    (%ebx), %eax
    leal    16(%ebx), %edx
    int     $0x2E
    .globl user_call_prepared_exit
user_call_prepared_exit:
    exit    %eax
end_program call_prepared

/* Two APCs end a delay; each finds what was said and spoils all registers, and everything is as it
 * was behind it. The APCs count at ebx and add their contexts up at ebx + 4. */
program apcs
    queue_apc $0x11
    queue_apc $0x12
    movl    $-1, 12(%ebx)                   /* as good as for ever */
    movl    $0x80000000, 16(%ebx)
    leal    12(%ebx), %eax
    pushl   %eax
    pushl   $1
    movl    $0x51, %esi
    movl    $0xD1, %edi
    movl    $0xBB, %ebp
    fld1
    std
    call_service NtDelayExecution
    pushfl
    cld
    testl   $0x400, (%esp)
    jz      1f
    fistpl  8(%ebx)
    cmpl    $1, 8(%ebx)
    jne     1f
    cmpl    $STATUS_USER_APC, %eax
    jne     1f
    cmpl    $0x51, %esi
    jne     1f
    cmpl    $0xD1, %edi
    jne     1f
    cmpl    $0xBB, %ebp
    jne     1f
    cmpl    $2, (%ebx)
    jne     1f
    exit    4(%ebx)
1:  exit    $0xBAD
    .balign 16
    .globl user_apcs_entry
user_apcs_entry:
    pushfl
    popl    %eax
    testl   $0x400, %eax                    /* as the calling convention has it */
    jnz     2f
    movl    APC_FRAME + CONTEXT_EBX(%esp), %ebx
    cmpl    $0x1234, (%esp)
    jne     2f
    cmpl    $0x22, 8(%esp)
    jne     2f
    cmpl    $0x33, 12(%esp)
    jne     2f
    movl    4(%esp), %eax
    addl    %eax, 4(%ebx)
    incl    (%ebx)
    leal    APC_FRAME(%esp), %ecx
    xorl    %esi, %esi
    xorl    %edi, %edi
    xorl    %ebp, %ebp
    xorl    %ebx, %ebx
    fninit
    pushl   $1
    pushl   %ecx
    call_service NtContinue
2:  exit    $0xBAD2
end_program apcs

/* An APC where the stack is at edi. */
program apc_on_stack_at_edi
    queue_apc $0
    movl    %edi, %esp
    movl    $NUMBER_NtTestAlert, %eax
    int     $0x2E
    exit    $0xBAD
end_program apc_on_stack_at_edi

/* A timer of 1 ms calls the thread, with the time. */
program timer_apc
    pushl   $1                              /* SynchronizationTimer */
    pushl   $0
    pushl   $0x10000000                     /* GENERIC_ALL */
    pushl   %ebx
    call_service NtCreateTimer
    testl   %eax, %eax
    jnz     1f
    movl    $-10000, 16(%ebx)
    movl    $-1, 20(%ebx)
    leal    16(%ebx), %eax
    pushl   $0
    pushl   $0
    pushl   $0
    pushl   $0x77
    pushl   $0x1234
    pushl   %eax
    pushl   (%ebx)
    call_service NtSetTimer
    testl   %eax, %eax
    jnz     1f
    pushl   $0                              /* for ever */
    pushl   $1
    pushl   $-2
    call_service NtWaitForSingleObject
    exit    %eax
1:  exit    %eax
    .balign 16
    .globl user_timer_apc_entry
user_timer_apc_entry:
    cmpl    $0x77, 4(%esp)
    jne     2f
    cmpl    $0x01000000, 12(%esp)           /* the high half, in this century */
    jb      2f
    leal    APC_FRAME(%esp), %ecx
    pushl   $1
    pushl   %ecx
    call_service NtContinue
2:  exit    $0xBAD2
end_program timer_apc

    .section .note.GNU-stack, "", @progbits
