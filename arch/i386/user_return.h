/*
 * What every way back to user mode looks at first: whether the thread has an APC to take there, and
 * whether it comes at PASSIVE_LEVEL. Almost always there is nothing to do, so the stubs look at the
 * two bytes themselves. The places are those of struct kpcr and struct kthread;
 * kernel/ke/user_mode.c checks them.
 */
#pragma once

#define KPCR_IRQL                8
#define KPCR_CURRENT_THREAD      24
#define KTHREAD_USER_APC_PENDING 282

#ifdef __ASSEMBLER__
/* clang-format off */
    /* Changes eax and ecx. The frame's address is on top of the stack, the argument. */
    .macro before_user_mode
    movl    %fs:KPCR_CURRENT_THREAD, %eax
    movb    %fs:KPCR_IRQL, %cl
    orb     KTHREAD_USER_APC_PENDING(%eax), %cl
    jz      .Lnothing_to_do\@
    call    *ki_before_user_mode
.Lnothing_to_do\@:
    .endm
/* clang-format on */
#endif
