/*
 * Services that ntdll has stubs for and the kernel does not offer yet, in the form of
 * kernel/nt/services.h. They are numbered behind its list, so that calling one returns
 * STATUS_INVALID_SYSTEM_SERVICE; one that the kernel's list has too is taken from there.
 */
#define PENDING_SERVICES(SERVICE)                                                    \
    SERVICE(NtExtendSection, nt_extend_section, 2)                                   \
    SERVICE(NtFlushVirtualMemory, nt_flush_virtual_memory, 4)                        \
    SERVICE(NtCreateProcessEx, nt_create_process_ex, 9)                              \
    SERVICE(NtSetInformationProcess, nt_set_information_process, 4)                  \
    SERVICE(NtSetInformationThread, nt_set_information_thread, 4)                    \
    SERVICE(NtWaitForSingleObject, nt_wait_for_single_object, 3)                     \
    SERVICE(NtWaitForMultipleObjects, nt_wait_for_multiple_objects, 5)               \
    SERVICE(NtSignalAndWaitForSingleObject, nt_signal_and_wait_for_single_object, 4) \
    SERVICE(NtDelayExecution, nt_delay_execution, 2)                                 \
    SERVICE(NtCreateEvent, nt_create_event, 5)                                       \
    SERVICE(NtOpenEvent, nt_open_event, 3)                                           \
    SERVICE(NtSetEvent, nt_set_event, 2)                                             \
    SERVICE(NtResetEvent, nt_reset_event, 2)                                         \
    SERVICE(NtPulseEvent, nt_pulse_event, 2)                                         \
    SERVICE(NtQueryEvent, nt_query_event, 5)                                         \
    SERVICE(NtCreateSemaphore, nt_create_semaphore, 5)                               \
    SERVICE(NtOpenSemaphore, nt_open_semaphore, 3)                                   \
    SERVICE(NtReleaseSemaphore, nt_release_semaphore, 3)                             \
    SERVICE(NtCreateMutant, nt_create_mutant, 4)                                     \
    SERVICE(NtOpenMutant, nt_open_mutant, 3)                                         \
    SERVICE(NtReleaseMutant, nt_release_mutant, 2)                                   \
    SERVICE(NtCreateTimer, nt_create_timer, 4)                                       \
    SERVICE(NtOpenTimer, nt_open_timer, 3)                                           \
    SERVICE(NtSetTimer, nt_set_timer, 7)                                             \
    SERVICE(NtCancelTimer, nt_cancel_timer, 2)                                       \
    SERVICE(NtDuplicateObject, nt_duplicate_object, 7)                               \
    SERVICE(NtQueryObject, nt_query_object, 5)                                       \
    SERVICE(NtSetInformationObject, nt_set_information_object, 4)                    \
    SERVICE(NtQuerySystemTime, nt_query_system_time, 1)                              \
    SERVICE(NtQueryPerformanceCounter, nt_query_performance_counter, 2)              \
    SERVICE(NtQuerySystemInformation, nt_query_system_information, 4)                \
    SERVICE(NtQueueApcThread, nt_queue_apc_thread, 5)                                \
    SERVICE(NtAlertThread, nt_alert_thread, 1)                                       \
    SERVICE(NtDisplayString, nt_display_string, 1)                                   \
    SERVICE(NtRaiseHardError, nt_raise_hard_error, 6)
