/*
 * What every way back to user mode looks at first: whether the thread has an APC to take there, and
 * whether it comes at PASSIVE_LEVEL. Almost always there is nothing to do, so the stubs look at the
 * two bytes themselves (user_return.inc). The places are those of struct kpcr and struct kthread;
 * kernel/ke/user_mode.c checks them.
 */
#pragma once

#define KPCR_IRQL                8
#define KPCR_CURRENT_THREAD      24
#define KTHREAD_USER_APC_PENDING 282
