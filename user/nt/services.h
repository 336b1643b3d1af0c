/*
 * The system services that winternl.h does not declare, and what they need. The meaning of each is
 * NT's. Zw names are the same functions.
 */
#pragma once

#include "user/nt/nt.h"
#include "user/nt/peb.h"

typedef void(NTAPI *nt_apc_routine)(void *context, void *argument1, void *argument2);

/* The stack of a thread to be made. (INITIAL_TEB) */
struct initial_teb {
    void *old_stack_base, *old_stack_limit;
    void *stack_base, *stack_limit;
    void *deallocation_stack;
};

struct thread_basic_information {
    NTSTATUS exit_status;
    struct teb *teb;
    struct client_id client_id;
    ULONG affinity_mask;
    LONG priority, base_priority;
};

struct nt_process_basic_information {
    NTSTATUS exit_status;
    struct peb *peb;
    ULONG affinity_mask;
    LONG base_priority;
    ULONG unique_process_id, inherited_from_unique_process_id;
};

struct nt_kernel_user_times {
    LARGE_INTEGER create_time, exit_time, kernel_time, user_time;
};

struct section_basic_information {
    void *base;
    ULONG attributes;
    LARGE_INTEGER size;
};

struct section_image_information {
    void *transfer_address;
    ULONG zero_bits;
    ULONG maximum_stack_size, committed_stack_size;
    ULONG sub_system_type;
    USHORT sub_system_minor_version, sub_system_major_version;
    ULONG gp_value;
    USHORT image_characteristics, dll_characteristics;
    USHORT machine;
    BOOLEAN image_contains_code, image_flags;
    ULONG loader_flags;
    ULONG image_file_size;
    ULONG check_sum;
};

enum {
    SECTION_BASIC_INFORMATION,
    SECTION_IMAGE_INFORMATION
};
enum {
    VIEW_SHARE = 1,
    VIEW_UNMAP
}; /* inherit dispositions */
enum {
    WAIT_FOR_ALL,
    WAIT_FOR_ANY
}; /* WAIT_TYPE */
enum {
    NOTIFICATION_EVENT,
    SYNCHRONIZATION_EVENT
}; /* EVENT_TYPE */
enum {
    NOTIFICATION_TIMER,
    SYNCHRONIZATION_TIMER
}; /* TIMER_TYPE */
enum {
    MEMORY_BASIC_INFORMATION_CLASS
}; /* of NtQueryVirtualMemory */
enum {
    MAP_PROCESS = 1,
    MAP_SYSTEM
}; /* of NtLockVirtualMemory */

struct system_basic_information {
    ULONG reserved;
    ULONG timer_resolution; /* 100 ns */
    ULONG page_size;
    ULONG number_of_physical_pages, lowest_physical_page_number, highest_physical_page_number;
    ULONG allocation_granularity;
    void *minimum_user_mode_address, *maximum_user_mode_address;
    ULONG active_processors_affinity_mask;
    uint8_t number_of_processors;
};

struct system_processor_information {
    USHORT processor_architecture, processor_level, processor_revision, reserved;
    ULONG processor_feature_bits;
};

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, void **base, ULONG zero_bits, SIZE_T *size,
                                       ULONG type, ULONG protect);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG type);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG protect,
                                      ULONG *old_protect);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE process, const void *address, ULONG information_class,
                                    void *buffer, SIZE_T length, SIZE_T *returned);
NTSTATUS NTAPI NtLockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG map);
NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG map);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE process, const void *address, void *buffer, SIZE_T bytes,
                                   SIZE_T *done);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE process, void *address, const void *buffer, SIZE_T bytes,
                                    SIZE_T *done);
NTSTATUS NTAPI NtFlushInstructionCache(HANDLE process, const void *base, SIZE_T bytes);
NTSTATUS NTAPI NtFlushProcessWriteBuffers(void);
NTSTATUS NTAPI NtGetWriteWatch(HANDLE process, ULONG flags, void *base, SIZE_T size,
                               void **addresses, ULONG_PTR *count, ULONG *granularity);
NTSTATUS NTAPI NtResetWriteWatch(HANDLE process, void *base, SIZE_T size);
NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE process, void **base, SIZE_T *size, IO_STATUS_BLOCK *io);

NTSTATUS NTAPI NtContinue(CONTEXT *context, BOOLEAN test_alert);
NTSTATUS NTAPI NtRaiseException(EXCEPTION_RECORD *record, CONTEXT *context, BOOLEAN first_chance);
NTSTATUS NTAPI NtTerminateThread(HANDLE thread, NTSTATUS status);
NTSTATUS NTAPI NtTerminateProcess(HANDLE process, NTSTATUS status);
NTSTATUS NTAPI NtYieldExecution(void);
NTSTATUS NTAPI NtTestAlert(void);

NTSTATUS NTAPI NtCreateSection(HANDLE *section, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               LARGE_INTEGER *maximum_size, ULONG protect, ULONG allocation,
                               HANDLE file);
NTSTATUS NTAPI NtOpenSection(HANDLE *section, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE section, HANDLE process, void **base, ULONG_PTR zero_bits,
                                  SIZE_T commit, LARGE_INTEGER *offset, SIZE_T *size, ULONG inherit,
                                  ULONG allocation, ULONG protect);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE process, void *base);
NTSTATUS NTAPI NtQuerySection(HANDLE section, ULONG information_class, void *buffer, SIZE_T length,
                              SIZE_T *returned);

NTSTATUS NTAPI NtReadFile(HANDLE file, HANDLE event, nt_apc_routine apc, void *apc_context,
                          IO_STATUS_BLOCK *io, void *buffer, ULONG bytes, LARGE_INTEGER *offset,
                          ULONG *key);
NTSTATUS NTAPI NtWriteFile(HANDLE file, HANDLE event, nt_apc_routine apc, void *apc_context,
                           IO_STATUS_BLOCK *io, const void *buffer, ULONG bytes,
                           LARGE_INTEGER *offset, ULONG *key);
NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE file, HANDLE event, nt_apc_routine apc,
                                    void *apc_context, IO_STATUS_BLOCK *io, void *buffer,
                                    ULONG bytes, ULONG information_class, BOOLEAN single_entry,
                                    UNICODE_STRING *pattern, BOOLEAN restart);
NTSTATUS NTAPI NtQueryAttributesFile(OBJECT_ATTRIBUTES *attributes, FILE_BASIC_INFORMATION *info);
NTSTATUS NTAPI NtQueryFullAttributesFile(OBJECT_ATTRIBUTES *attributes,
                                         FILE_NETWORK_OPEN_INFORMATION *info);
NTSTATUS NTAPI NtFlushBuffersFile(HANDLE file, IO_STATUS_BLOCK *io);

NTSTATUS NTAPI NtCreateProcessEx(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                 HANDLE parent, ULONG flags, HANDLE section, HANDLE debug_port,
                                 HANDLE exception_port, BOOLEAN in_job);
NTSTATUS NTAPI NtOpenProcess(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                             struct client_id *id);
NTSTATUS NTAPI NtCreateThread(HANDLE *thread, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                              HANDLE process, struct client_id *id, CONTEXT *context,
                              struct initial_teb *stack, BOOLEAN suspended);
NTSTATUS NTAPI NtOpenThread(HANDLE *thread, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                            struct client_id *id);
NTSTATUS NTAPI NtSuspendThread(HANDLE thread, ULONG *previous);
NTSTATUS NTAPI NtResumeThread(HANDLE thread, ULONG *previous);
NTSTATUS NTAPI NtGetContextThread(HANDLE thread, CONTEXT *context);
NTSTATUS NTAPI NtSetContextThread(HANDLE thread, const CONTEXT *context);
NTSTATUS NTAPI NtSetInformationThread(HANDLE thread, THREADINFOCLASS information_class,
                                      void *buffer, ULONG length);
NTSTATUS NTAPI NtQueueApcThread(HANDLE thread, nt_apc_routine routine, void *context,
                                void *argument1, void *argument2);
NTSTATUS NTAPI NtAlertThread(HANDLE thread);

NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, const HANDLE *handles, ULONG wait_type,
                                        BOOLEAN alertable, LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE signal, HANDLE wait, BOOLEAN alertable,
                                              LARGE_INTEGER *timeout);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN alertable, LARGE_INTEGER *interval);

NTSTATUS NTAPI NtCreateEvent(HANDLE *event, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                             ULONG type, BOOLEAN signalled);
NTSTATUS NTAPI NtOpenEvent(HANDLE *event, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtSetEvent(HANDLE event, LONG *previous);
NTSTATUS NTAPI NtResetEvent(HANDLE event, LONG *previous);
NTSTATUS NTAPI NtPulseEvent(HANDLE event, LONG *previous);
NTSTATUS NTAPI NtCreateSemaphore(HANDLE *semaphore, ACCESS_MASK access,
                                 OBJECT_ATTRIBUTES *attributes, LONG count, LONG maximum);
NTSTATUS NTAPI NtOpenSemaphore(HANDLE *semaphore, ACCESS_MASK access,
                               OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE semaphore, LONG count, LONG *previous);
NTSTATUS NTAPI NtCreateMutant(HANDLE *mutant, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                              BOOLEAN owned);
NTSTATUS NTAPI NtOpenMutant(HANDLE *mutant, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtReleaseMutant(HANDLE mutant, LONG *previous);
NTSTATUS NTAPI NtCreateTimer(HANDLE *timer, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                             ULONG type);
NTSTATUS NTAPI NtOpenTimer(HANDLE *timer, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtSetTimer(HANDLE timer, LARGE_INTEGER *due, nt_apc_routine routine, void *context,
                          BOOLEAN resume, LONG period, BOOLEAN *previous);
NTSTATUS NTAPI NtCancelTimer(HANDLE timer, BOOLEAN *previous);

NTSTATUS NTAPI NtDuplicateObject(HANDLE source_process, HANDLE source, HANDLE target_process,
                                 HANDLE *target, ACCESS_MASK access, ULONG attributes,
                                 ULONG options);
NTSTATUS NTAPI NtSetInformationObject(HANDLE handle, ULONG information_class, void *buffer,
                                      ULONG length);
NTSTATUS NTAPI NtQueryPerformanceCounter(LARGE_INTEGER *counter, LARGE_INTEGER *frequency);
NTSTATUS NTAPI NtDisplayString(UNICODE_STRING *string);
