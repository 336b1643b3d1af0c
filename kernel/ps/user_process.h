/* Processes that run a program: their image, their environment block, their first stack. */
#pragma once

#include "kernel/ps/system_dll.h"

/* The parts of a PEB that the kernel writes (winternl.h). */
#define PEB_IMAGE_BASE_ADDRESS 0x08u
#define PEB_PROCESS_PARAMETERS 0x10u

/*
 * A process NAME that will run the image SECTION, with no threads yet: the image and ntdll are
 * mapped, the shared user data and a PEB are there. PARENT lets handles inherit, unless it is NULL.
 * *PROCESS gets a reference. PASSIVE_LEVEL. (NtCreateProcess's part)
 */
ntstatus ps_create_user_process(struct eprocess **process, const char *name,
                                struct eprocess *parent, struct mm_section *section);

/* A process NAME with a clone of PARENT's memory (NT's fork), and what handles it lets inherit; no
 * threads. *PROCESS gets a reference. PASSIVE_LEVEL. */
ntstatus ps_clone_process(struct eprocess **process, const char *name, struct eprocess *parent);

/* A stack of PROCESS, for a thread: reserved and committed as its image says, with a guard page
 * below what is committed. (RtlCreateUserStack's part) */
struct initial_teb {
    uint32_t previous_stack_base, previous_stack_limit; /* 0 */
    uint32_t stack_base;                                /* behind the highest byte */
    uint32_t stack_limit;                               /* the lowest committed */
    uint32_t stack_allocation_base;
};
ntstatus ps_create_user_stack(struct eprocess *process, struct initial_teb *teb);

/*
 * A thread of PROCESS that begins in the loader and then does what CONTEXT says, on the stack that
 * TEB says. It does not run before ps_start_thread. *THREAD gets a reference. PASSIVE_LEVEL.
 */
ntstatus ps_create_process_thread(struct ethread **thread, struct eprocess *process,
                                  const struct context *context, const struct initial_teb *teb);
