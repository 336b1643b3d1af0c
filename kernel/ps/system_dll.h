/*
 * ntdll.dll, which every process of user mode has mapped, and the places in it that the kernel
 * sends threads to. (PspSystemDll)
 */
#pragma once

#include "kernel/ps/ps.h"
#include "mm/section.h"

enum ps_entry_point {
    PS_LDR_INITIALIZE_THUNK,  /* where each thread begins */
    PS_RTL_USER_THREAD_START, /* and then goes on: eax the routine, ebx its argument */
    PS_EXCEPTION_DISPATCHER,
    PS_APC_DISPATCHER,
    PS_FAST_SYSTEM_CALL,     /* what the shared user data page has programs call: SYSENTER, */
    PS_INT_SYSTEM_CALL,      /* or INT 2Eh */
    PS_FAST_SYSTEM_CALL_RET, /* where SYSEXIT goes */
    PS_ENTRY_POINTS
};

/* Take SOURCE, the file, as ntdll. => STATUS_ENTRYPOINT_NOT_FOUND when one of its entry points is
 * missing, or why it is no image. Once. PASSIVE_LEVEL. */
ntstatus ps_load_system_dll(struct mm_page_source *source);
bool ps_has_system_dll(void);

/* Map it into PROCESS, which is attached to, and tell it where its threads go. */
ntstatus ps_map_system_dll(struct eprocess *process);

/* Where ntdll is in PROCESS. */
uintptr_t ps_system_dll_base(const struct eprocess *process);
uintptr_t ps_entry_point(const struct eprocess *process, enum ps_entry_point which);
