/*
 * The system services, in the order of their numbers: SERVICE(name in user mode, function, words of
 * arguments). The table of the kernel and the stubs of ntdll are both made of this list.
 */
#define SYSTEM_SERVICES(SERVICE)                                               \
    SERVICE(NtTokosNull, nt_tokos_null, 0)                                     \
    SERVICE(NtAllocateVirtualMemory, nt_allocate_virtual_memory, 6)            \
    SERVICE(NtFreeVirtualMemory, nt_free_virtual_memory, 4)                    \
    SERVICE(NtProtectVirtualMemory, nt_protect_virtual_memory, 5)              \
    SERVICE(NtQueryVirtualMemory, nt_query_virtual_memory, 6)                  \
    SERVICE(NtLockVirtualMemory, nt_lock_virtual_memory, 4)                    \
    SERVICE(NtUnlockVirtualMemory, nt_unlock_virtual_memory, 4)                \
    SERVICE(NtReadVirtualMemory, nt_read_virtual_memory, 5)                    \
    SERVICE(NtWriteVirtualMemory, nt_write_virtual_memory, 5)                  \
    SERVICE(NtFlushInstructionCache, nt_flush_instruction_cache, 3)            \
    SERVICE(NtGetWriteWatch, nt_get_write_watch, 7)                            \
    SERVICE(NtResetWriteWatch, nt_reset_write_watch, 3)                        \
    SERVICE(NtClose, nt_close, 1)                                              \
    SERVICE(NtContinue, nt_continue, 2)                                        \
    SERVICE(NtRaiseException, nt_raise_exception, 3)                           \
    SERVICE(NtTerminateThread, nt_terminate_thread, 2)                         \
    SERVICE(NtTerminateProcess, nt_terminate_process, 2)                       \
    SERVICE(NtYieldExecution, nt_yield_execution, 0)                           \
    SERVICE(NtTestAlert, nt_test_alert, 0)                                     \
    SERVICE(NtMapViewOfSection, nt_map_view_of_section, 10)                    \
    SERVICE(NtUnmapViewOfSection, nt_unmap_view_of_section, 2)                 \
    SERVICE(NtQuerySection, nt_query_section, 5)                               \
    SERVICE(NtCreateSection, nt_create_section, 7)                             \
    SERVICE(NtOpenSection, nt_open_section, 3)                                 \
    SERVICE(NtCreateProcess, nt_create_process, 8)                             \
    SERVICE(NtOpenProcess, nt_open_process, 4)                                 \
    SERVICE(NtQueryInformationProcess, nt_query_information_process, 5)        \
    SERVICE(NtCreateThread, nt_create_thread, 8)                               \
    SERVICE(NtOpenThread, nt_open_thread, 4)                                   \
    SERVICE(NtQueryInformationThread, nt_query_information_thread, 5)          \
    SERVICE(NtSuspendThread, nt_suspend_thread, 2)                             \
    SERVICE(NtResumeThread, nt_resume_thread, 2)                               \
    SERVICE(NtGetContextThread, nt_get_context_thread, 2)                      \
    SERVICE(NtSetContextThread, nt_set_context_thread, 2)                      \
    SERVICE(NtCreateFile, nt_create_file, 11)                                  \
    SERVICE(NtOpenFile, nt_open_file, 6)                                       \
    SERVICE(NtReadFile, nt_read_file, 9)                                       \
    SERVICE(NtWriteFile, nt_write_file, 9)                                     \
    SERVICE(NtFlushBuffersFile, nt_flush_buffers_file, 2)                      \
    SERVICE(NtQueryInformationFile, nt_query_information_file, 5)              \
    SERVICE(NtSetInformationFile, nt_set_information_file, 5)                  \
    SERVICE(NtQueryDirectoryFile, nt_query_directory_file, 11)                 \
    SERVICE(NtQueryAttributesFile, nt_query_attributes_file, 2)                \
    SERVICE(NtQueryFullAttributesFile, nt_query_full_attributes_file, 2)       \
    SERVICE(NtQueryVolumeInformationFile, nt_query_volume_information_file, 5) \
    SERVICE(NtTokosQueryPage, nt_tokos_query_page, 3)                          \
    SERVICE(NtTokosQueryCounters, nt_tokos_query_counters, 1)
