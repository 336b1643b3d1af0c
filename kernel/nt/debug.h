/* The services of debuggers, part of kernel/nt/nt.h, and what they tell (ntdll's DbgUi functions
 * make DEBUG_EVENTs of it). The layout is DBGUI_WAIT_STATE_CHANGE's. */
#pragma once

#include "kernel/ke/context.h"
#include "kernel/nt/common.h"

struct nt_object_attributes;

struct dbgui_wait_state_change {
    uint32_t new_state; /* enum dbg_state */
    struct client_id client;
    union {
        struct {
            struct exception_record record;
            uint32_t first_chance;
        } exception;
        struct {
            handle_t thread;
            uint32_t sub_system_key, start_address;
        } create_thread;
        struct {
            handle_t process, thread;
            uint32_t sub_system_key;
            handle_t file;
            uint32_t base_of_image, debug_info_offset, debug_info_size;
            uint32_t initial_sub_system_key, start_address;
        } create_process;
        ntstatus exit_status;
        struct {
            handle_t file;
            uint32_t base_of_dll, debug_info_offset, debug_info_size, name_pointer;
        } load_dll;
        uint32_t unloaded_base;
    } info;
};
_Static_assert(sizeof(struct dbgui_wait_state_change) == 96, "DBGUI_WAIT_STATE_CHANGE");

/* FLAGS: DEBUG_KILL_ON_CLOSE, the processes end with the last handle. */
ntstatus nt_create_debug_object(handle_t *handle, uint32_t access,
                                const struct nt_object_attributes *attributes, uint32_t flags);
ntstatus nt_debug_active_process(handle_t process, handle_t debug_object);
ntstatus nt_remove_process_debug(handle_t process, handle_t debug_object);
/* STATUS_TIMEOUT, _USER_APC and _ALERTED leave *CHANGE as it is. */
ntstatus nt_wait_for_debug_event(handle_t debug_object, uint8_t alertable, const int64_t *timeout,
                                 struct dbgui_wait_state_change *change);
/* STATUS: DBG_CONTINUE, DBG_EXCEPTION_HANDLED, DBG_EXCEPTION_NOT_HANDLED; DBG_TERMINATE_THREAD and
 * DBG_TERMINATE_PROCESS go on as the first. */
ntstatus nt_debug_continue(handle_t debug_object, const struct client_id *client, ntstatus status);
/* Class 1, DebugObjectKillProcessOnExitInformation. */
ntstatus nt_set_information_debug_object(handle_t debug_object, uint32_t information_class,
                                         const void *buffer, uint32_t length, uint32_t *returned);
