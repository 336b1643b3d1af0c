/*
 * The system services. Each is called with the arguments that the program left on its stack;
 * pointers among them are addresses that the program chose, and are used through
 * kernel/nt/user_memory.h only. All at PASSIVE_LEVEL. What each does, and its statuses, is NT's:
 * the comments say what is TokOS's.
 */
#pragma once

#include "kernel/nt/objects.h"
#include "kernel/ob/ob.h"
#include "lib/status.h"

struct ktrap_frame;

/* Pseudo-handles. */
#define NT_CURRENT_PROCESS 0xFFFFFFFFu
#define NT_CURRENT_THREAD  0xFFFFFFFEu

/* Rights to processes and threads (winnt.h). */
#define PROCESS_TERMINATE         0x0001u
#define PROCESS_CREATE_THREAD     0x0002u
#define PROCESS_CREATE_PROCESS    0x0080u
#define PROCESS_VM_OPERATION      0x0008u
#define PROCESS_VM_READ           0x0010u
#define PROCESS_VM_WRITE          0x0020u
#define PROCESS_SET_INFORMATION   0x0200u
#define PROCESS_QUERY_INFORMATION 0x0400u
#define PROCESS_SUSPEND_RESUME    0x0800u
#define THREAD_TERMINATE          0x0001u
#define THREAD_SUSPEND_RESUME     0x0002u
#define THREAD_GET_CONTEXT        0x0008u
#define THREAD_SET_CONTEXT        0x0010u
#define THREAD_SET_INFORMATION    0x0020u
#define THREAD_QUERY_INFORMATION  0x0040u

/* INT 2Eh and SYSENTER: the service numbered eax, with the arguments at edx. */
void ki_system_service(struct ktrap_frame *frame);
void nt_init(void);

struct tokos_page;
struct tokos_counters;
ntstatus nt_tokos_null(void); /* does nothing: what a system call costs */
ntstatus nt_tokos_query_page(handle_t process, uintptr_t va, struct tokos_page *page);
ntstatus nt_tokos_query_counters(struct tokos_counters *counters);
/* To the kernel's log, for everybody; lines begin with the process's number. */
ntstatus nt_display_string(const struct unicode_string *string);

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
struct io_status_block;
ntstatus nt_flush_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size,
                                 struct io_status_block *block);
ntstatus nt_flush_instruction_cache(handle_t process, uintptr_t base, uint32_t bytes);
ntstatus nt_flush_process_write_buffers(void);
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

/* Classes: SystemBasicInformation, SystemProcessorInformation, SystemPerformanceInformation and
 * SystemTimeOfDayInformation. */
ntstatus nt_query_system_information(uint32_t information_class, void *buffer, uint32_t length,
                                     uint32_t *returned);
/* Classes: ProcessBasePriority, ProcessPriorityClass, ProcessAffinityMask / ThreadPriority,
 * ThreadBasePriority, ThreadAffinityMask, ThreadZeroTlsCell. */
ntstatus nt_set_information_process(handle_t process, uint32_t information_class,
                                    const void *buffer, uint32_t length);
ntstatus nt_set_information_thread(handle_t thread, uint32_t information_class, const void *buffer,
                                   uint32_t length);

struct client_id;
struct initial_teb;
struct nt_object_attributes;
/* SECTION: an image; 0: the new process is a clone of PARENT. DEBUG_PORT: a debug object; 0: that
 * of PARENT, if it lets inherit. There are no exception ports. */
ntstatus nt_create_process(handle_t *process, uint32_t access,
                           const struct nt_object_attributes *attributes, handle_t parent,
                           uint8_t inherit_handles, handle_t section, handle_t debug_port,
                           handle_t exception_port);
/* The same with FLAGS, PROCESS_CREATE_FLAGS_. IN_JOB means nothing. */
ntstatus nt_create_process_ex(handle_t *process, uint32_t access,
                              const struct nt_object_attributes *attributes, handle_t parent,
                              uint32_t flags, handle_t section, handle_t debug_port,
                              handle_t exception_port, uint8_t in_job);
ntstatus nt_create_thread(handle_t *thread, uint32_t access,
                          const struct nt_object_attributes *attributes, handle_t process,
                          struct client_id *client, const struct context *context,
                          const struct initial_teb *teb, uint32_t suspended);
ntstatus nt_open_process(handle_t *process, uint32_t access,
                         const struct nt_object_attributes *attributes,
                         const struct client_id *client);
ntstatus nt_open_thread(handle_t *thread, uint32_t access,
                        const struct nt_object_attributes *attributes,
                        const struct client_id *client);
ntstatus nt_suspend_thread(handle_t thread, uint32_t *previous);
ntstatus nt_resume_thread(handle_t thread, uint32_t *previous);
ntstatus nt_get_context_thread(handle_t thread, struct context *context);
ntstatus nt_set_context_thread(handle_t thread, const struct context *context);
/* Classes: ProcessBasicInformation, ProcessVmCounters, ProcessTimes, ProcessDebugPort,
 * ProcessWow64Information.
 */
ntstatus nt_query_information_process(handle_t process, uint32_t information_class, void *buffer,
                                      uint32_t length, uint32_t *returned);
/* Classes: ThreadBasicInformation, ThreadTimes, ThreadAmILastThread. */
ntstatus nt_query_information_thread(handle_t thread, uint32_t information_class, void *buffer,
                                     uint32_t length, uint32_t *returned);
/* Files. Requests are synchronous: they are over when the service returns, whatever the file was
 * opened with; an APC routine is STATUS_NOT_SUPPORTED. */
struct nt_object_attributes;
struct io_status_block;
struct file_basic_information;
struct file_network_open_information;
ntstatus nt_create_file(handle_t *handle, uint32_t access,
                        const struct nt_object_attributes *attributes,
                        struct io_status_block *block, const int64_t *allocation_size,
                        uint32_t file_attributes, uint32_t share, uint32_t disposition,
                        uint32_t options, const void *ea, uint32_t ea_bytes);
ntstatus nt_open_file(handle_t *handle, uint32_t access,
                      const struct nt_object_attributes *attributes, struct io_status_block *block,
                      uint32_t share, uint32_t options);
ntstatus nt_read_file(handle_t file, handle_t event, const void *apc_routine,
                      const void *apc_context, struct io_status_block *block, void *buffer,
                      uint32_t length, const int64_t *offset, const uint32_t *key);
ntstatus nt_write_file(handle_t file, handle_t event, const void *apc_routine,
                       const void *apc_context, struct io_status_block *block, const void *buffer,
                       uint32_t length, const int64_t *offset, const uint32_t *key);
ntstatus nt_flush_buffers_file(handle_t file, struct io_status_block *block);
/* Codes of METHOD_BUFFERED only, with up to 64 KB each way. */
ntstatus nt_device_io_control_file(handle_t file, handle_t event, const void *apc_routine,
                                   const void *apc_context, struct io_status_block *block,
                                   uint32_t code, const void *in, uint32_t in_bytes, void *out,
                                   uint32_t out_bytes);
/* Classes: kernel/io/file_information.h. */
ntstatus nt_query_information_file(handle_t file, struct io_status_block *block, void *buffer,
                                   uint32_t length, uint32_t information_class);
ntstatus nt_set_information_file(handle_t file, struct io_status_block *block, const void *buffer,
                                 uint32_t length, uint32_t information_class);
ntstatus nt_query_directory_file(handle_t file, handle_t event, const void *apc_routine,
                                 const void *apc_context, struct io_status_block *block,
                                 void *buffer, uint32_t length, uint32_t information_class,
                                 uint32_t single, const struct unicode_string *pattern,
                                 uint32_t restart);
ntstatus nt_query_attributes_file(const struct nt_object_attributes *attributes,
                                  struct file_basic_information *info);
ntstatus nt_query_full_attributes_file(const struct nt_object_attributes *attributes,
                                       struct file_network_open_information *info);
ntstatus nt_query_volume_information_file(handle_t file, struct io_status_block *block,
                                          void *buffer, uint32_t length,
                                          uint32_t information_class);
