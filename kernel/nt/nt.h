/*
 * The system services. Each is called with the arguments that the program left on its stack;
 * pointers among them are addresses that the program chose, and are used through
 * kernel/nt/user_memory.h only. All at PASSIVE_LEVEL. What each does, and its statuses, is NT's:
 * the comments say what is TokOS's.
 */
#pragma once

#include "kernel/ob/ob.h"
#include "lib/status.h"

struct ktrap_frame;

/* Pseudo-handles. */
#define NT_CURRENT_PROCESS 0xFFFFFFFFu
#define NT_CURRENT_THREAD  0xFFFFFFFEu

/* Rights to processes and threads (winnt.h). */
#define PROCESS_TERMINATE         0x0001u
#define PROCESS_VM_OPERATION      0x0008u
#define PROCESS_VM_READ           0x0010u
#define PROCESS_VM_WRITE          0x0020u
#define PROCESS_QUERY_INFORMATION 0x0400u
#define THREAD_TERMINATE          0x0001u

/* INT 2Eh and SYSENTER: the service numbered eax, with the arguments at edx. */
void ki_system_service(struct ktrap_frame *frame);
void nt_init(void);

ntstatus nt_tokos_null(void); /* does nothing: what a system call costs */

ntstatus nt_allocate_virtual_memory(handle_t process, uintptr_t *base, uint32_t zero_bits,
                                    uint32_t *size, uint32_t type, uint32_t protect);
ntstatus nt_free_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size, uint32_t type);
ntstatus nt_protect_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size,
                                   uint32_t protect, uint32_t *old_protect);
/* Class 0, MemoryBasicInformation. */
ntstatus nt_query_virtual_memory(handle_t process, uintptr_t address, uint32_t information_class,
                                 void *buffer, uint32_t length, uint32_t *returned);
ntstatus nt_lock_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size, uint32_t map);
ntstatus nt_unlock_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size, uint32_t map);
ntstatus nt_read_virtual_memory(handle_t process, uintptr_t address, void *buffer, uint32_t bytes,
                                uint32_t *done);
ntstatus nt_write_virtual_memory(handle_t process, uintptr_t address, const void *buffer,
                                 uint32_t bytes, uint32_t *done);
ntstatus nt_flush_instruction_cache(handle_t process, uintptr_t base, uint32_t bytes);
ntstatus nt_get_write_watch(handle_t process, uint32_t flags, uintptr_t base, uint32_t size,
                            uint32_t *addresses, uint32_t *count, uint32_t *granularity);
ntstatus nt_reset_write_watch(handle_t process, uintptr_t base, uint32_t size);

ntstatus nt_close(handle_t handle);

struct context;
struct exception_record;
ntstatus nt_continue(const struct context *context, uint32_t test_alert);
ntstatus nt_raise_exception(const struct exception_record *record, const struct context *context,
                            uint32_t first_chance);
ntstatus nt_terminate_thread(handle_t thread, ntstatus status);
ntstatus nt_terminate_process(handle_t process, ntstatus status);
ntstatus nt_yield_execution(void);
ntstatus nt_test_alert(void);
