/*
 * The way into the kernel by SYSENTER, the call of a service with the arguments that the caller left
 * on its stack, and copying where a fault may not be resolved.
 *
 * SYSENTER (Intel SDM volume 2) loads cs, ss, eip and esp from registers that ki_init_fast_call set,
 * clears IF, and saves nothing: the program left its stack pointer in edx, and goes on at a place
 * that is the same for all, ki_fast_call_return. So the frame can be filled in as INT 2Eh has it.
 *
 * It does not clear TF either, so a program that steps takes its trap at the first instruction here
 * (arch/i386/trap_stubs.S), which has cleared the flag then. The call begins anew at the second
 * entry; its frame has TF, and another vector, so that it ends by iret: the step is over when one
 * more instruction of user mode is, as with INT 2Eh.
 */
#include "arch/i386/descriptors.h"
#include "arch/i386/user_return.inc"

    .set    VECTOR_SERVICE_BY_IRET, 1       /* arch/i386/trap.h */
    .set    VECTOR_SYSTEM_SERVICE, 0x2E
    .set    FRAME_VECTOR, 32                /* struct ktrap_frame */
    .set    EFLAGS_IF, 0x200
    .set    EFLAGS_IOPL, 0x3000
    .set    EFLAGS_TF, 0x100

    .text
    .macro  push_user_state flags, vector
    movl    $KGDT_R3_DATA, %ecx             /* the caller's ds may be anything, ecx is not kept */
    movl    %ecx, %ds
    movl    (%esp), %esp                    /* SYSENTER_ESP is the address of esp0 */
    pushl   $KGDT_R3_DATA                   /* ss */
    pushl   %edx                            /* esp */
    pushfl
    andl    $~EFLAGS_IOPL, (%esp)           /* it is 0 in ring 3, but see ki_trap_from_virtual */
    orl     $\flags, (%esp)
    pushl   $KGDT_R3_CODE
    pushl   ki_fast_call_return
    pushl   $0
    pushl   $\vector
    .endm

    .globl ki_stepped_fast_call_entry
ki_stepped_fast_call_entry:
    push_user_state EFLAGS_IF | EFLAGS_TF, VECTOR_SERVICE_BY_IRET
    jmp     ki_fast_call

    .globl ki_fast_call_entry
ki_fast_call_entry:
    push_user_state EFLAGS_IF, VECTOR_SYSTEM_SERVICE
ki_fast_call:
    addl    $8, %edx                        /* behind two return addresses: the arguments */
    pusha
    pushl   %ecx                            /* ds */
    pushl   %ecx                            /* es */
    pushl   $KGDT_R3_TEB
    pushl   %gs
    movl    %ecx, %es
    movl    $KGDT_R0_PCR, %ecx
    movl    %ecx, %fs
    pushl   $2
    popfl                                   /* DF, AC, NT and TF clear */
    leal    16(%esp), %ebx
    pushl   %ebx
    call    ki_system_service
    before_user_mode
    addl    $4, %esp
    .globl ki_pop_user_gs
ki_pop_user_gs:                             /* it may fault, so both ways out come by here */
    popl    %gs
    popl    %fs
    cmpl    $VECTOR_SYSTEM_SERVICE, 8 + FRAME_VECTOR(%esp)
    jne     ki_return_with_gs_and_fs        /* it steps, or a context was set: all registers count */
    addl    $8, %esp                        /* ds and es are what they were set to above */
    popa
    addl    $8, %esp                        /* vector, error code */
    popl    %edx                            /* eip */
    addl    $4, %esp
    andl    $~(EFLAGS_IF | EFLAGS_TF), (%esp)
    popfl
    popl    %ecx                            /* esp */
    sti                                     /* holds interrupts off for one instruction more */
    sysexit

/*
 * uint32_t ki_call_service(void *service, const void *arguments, uint32_t words): copy WORDS words
 * from the user's ARGUMENTS, which were probed, to the stack, and call SERVICE on them. => what it
 * returns, or the status of the fault that the copying took.
 */
    .globl ki_call_service
ki_call_service:
    pushl   %ebp
    movl    %esp, %ebp
    pushl   %esi
    pushl   %edi
    movl    16(%ebp), %ecx
    movl    12(%ebp), %esi
    leal    (,%ecx,4), %eax
    subl    %eax, %esp
    movl    %esp, %edi
    cmpb    $0, ki_smap
    jne     3f
1:  rep movsl
2:  call    *8(%ebp)
    leal    -8(%ebp), %esp
    popl    %edi
    popl    %esi
    popl    %ebp
    ret
3:  stac
4:  rep movsl
    clac
    jmp     2b
5:  cmpb    $0, ki_smap                     /* a fault: its status is in eax */
    je      6f
    clac
6:  leal    -8(%ebp), %esp
    popl    %edi
    popl    %esi
    popl    %ebp
    ret

    .section .fixups, "a"
    .long   1b, 5b
    .long   4b, 5b
    .text

/* uint32_t ki_read_user_word(const void *from, uint32_t *to): see arch/i386/guarded.h */
    .globl ki_read_user_word
ki_read_user_word:
    movl    4(%esp), %eax
    movl    8(%esp), %ecx
    cmpb    $0, ki_smap
    jne     2f
1:  movl    (%eax), %edx
    movl    %edx, (%ecx)
    xorl    %eax, %eax
    ret
2:  stac
3:  movl    (%eax), %edx
    movl    %edx, (%ecx)
    clac
    xorl    %eax, %eax
4:  ret
5:  clac                                    /* the status is in eax */
    ret

/* uint32_t ki_write_user_word(void *to, uint32_t value): the same */
    .globl ki_write_user_word
ki_write_user_word:
    movl    4(%esp), %eax
    movl    8(%esp), %edx
    cmpb    $0, ki_smap
    jne     7f
6:  movl    %edx, (%eax)
    xorl    %eax, %eax
    ret
7:  stac
8:  movl    %edx, (%eax)
    clac
    xorl    %eax, %eax
    ret

    .section .fixups, "a"
    .long   1b, 4b
    .long   3b, 5b
    .long   6b, 4b
    .long   8b, 5b
    .text

/* uint32_t ki_copy_guarded(void *to, const void *from, uint32_t bytes): see arch/i386/guarded.h */
    .globl ki_copy_guarded
ki_copy_guarded:
    pushl   %edi
    pushl   %esi
    movl    12(%esp), %edi
    movl    16(%esp), %esi
    movl    20(%esp), %ecx
    movl    %ecx, %edx
    cmpb    $0, ki_smap
    je      1f
    stac
1:  shrl    $2, %ecx
2:  rep movsl
    movl    %edx, %ecx
    andl    $3, %ecx
3:  rep movsb
    xorl    %eax, %eax
4:  cmpb    $0, ki_smap
    je      5f
    clac
5:  popl    %esi
    popl    %edi
    ret

    .section .fixups, "a"
    .long   2b, 4b
    .long   3b, 4b

    .section .note.GNU-stack, "", @progbits
