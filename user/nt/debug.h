/*
 * The native debug interface, from which Win32's is made. What the kernel tells of an event
 * (DBGUI_WAIT_STATE_CHANGE) is laid out as kernel/nt/debug.h has it.
 */
#pragma once

#include "user/nt/peb.h"

enum dbg_state {
    DbgIdle,
    DbgReplyPending,
    DbgCreateThreadStateChange,
    DbgCreateProcessStateChange,
    DbgExitThreadStateChange,
    DbgExitProcessStateChange,
    DbgExceptionStateChange,
    DbgBreakpointStateChange,
    DbgSingleStepStateChange,
    DbgLoadDllStateChange,
    DbgUnloadDllStateChange,
};

struct dbgui_wait_state_change {
    ULONG new_state; /* enum dbg_state */
    struct client_id client;
    union {
        EXCEPTION_DEBUG_INFO exception;
        struct {
            HANDLE thread;
            ULONG sub_system_key;
            void *start_address;
        } create_thread;
        struct {
            HANDLE process, thread;
            ULONG sub_system_key;
            HANDLE file;
            void *base_of_image;
            ULONG debug_info_offset, debug_info_size;
            ULONG initial_sub_system_key;
            void *start_address;
        } create_process;
        NTSTATUS exit_status;
        struct {
            HANDLE file;
            void *base_of_dll;
            ULONG debug_info_offset, debug_info_size;
            void *name_pointer;
        } load_dll;
        void *unloaded_base;
    } info;
};
_Static_assert(sizeof(struct dbgui_wait_state_change) == 96, "DBGUI_WAIT_STATE_CHANGE");

#define DEBUG_ALL_ACCESS                        0x1F000F
#define DEBUG_KILL_ON_CLOSE                     1
#define DebugObjectKillProcessOnExitInformation 1
#define PROCESS_CREATE_FLAGS_NO_DEBUG_INHERIT   2
#define PROCESS_CREATE_FLAGS_INHERIT_HANDLES    4

NTSTATUS NTAPI NtCreateDebugObject(HANDLE *object, ACCESS_MASK access,
                                   OBJECT_ATTRIBUTES *attributes, ULONG flags);
NTSTATUS NTAPI NtSetInformationDebugObject(HANDLE object, ULONG information_class, void *buffer,
                                           ULONG length, ULONG *returned);
NTSTATUS NTAPI NtDebugActiveProcess(HANDLE process, HANDLE object);
NTSTATUS NTAPI NtRemoveProcessDebug(HANDLE process, HANDLE object);
NTSTATUS NTAPI NtWaitForDebugEvent(HANDLE object, BOOLEAN alertable, LARGE_INTEGER *timeout,
                                   struct dbgui_wait_state_change *change);
NTSTATUS NTAPI NtDebugContinue(HANDLE object, struct client_id *client, NTSTATUS status);

/* This thread becomes a debugger: it has a debug object then. Each thread has its own. */
NTSTATUS NTAPI DbgUiConnectToDbg(void);
/* => this thread's debug object, or NULL. */
HANDLE NTAPI DbgUiGetThreadDebugObject(void);
void NTAPI DbgUiSetThreadDebugObject(HANDLE object);
NTSTATUS NTAPI DbgUiWaitStateChange(struct dbgui_wait_state_change *change, LARGE_INTEGER *timeout);
NTSTATUS NTAPI DbgUiContinue(struct client_id *client, NTSTATUS status);
/* Debug PROCESS, which runs: a thread of its own stops it at a breakpoint. */
NTSTATUS NTAPI DbgUiDebugActiveProcess(HANDLE process);
NTSTATUS NTAPI DbgUiStopDebugging(HANDLE process);
NTSTATUS NTAPI DbgUiIssueRemoteBreakin(HANDLE process);
DECLSPEC_NORETURN void NTAPI DbgUiRemoteBreakin(void *context);
/* What Win32 makes of CHANGE. */
NTSTATUS NTAPI DbgUiConvertStateChangeStructure(struct dbgui_wait_state_change *change,
                                                DEBUG_EVENT *event);
void NTAPI DbgBreakPoint(void);
