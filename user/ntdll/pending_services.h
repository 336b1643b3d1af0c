/*
 * Services that ntdll has stubs for and the kernel does not offer yet, in the form of
 * kernel/nt/services.h. They are numbered behind its list, so that calling one returns
 * STATUS_INVALID_SYSTEM_SERVICE; one that the kernel's list has too is taken from there.
 */
#define PENDING_SERVICES(SERVICE)                                 \
    SERVICE(NtDeviceIoControlFile, nt_device_io_control_file, 10) \
    SERVICE(NtExtendSection, nt_extend_section, 2)                \
    SERVICE(NtFlushVirtualMemory, nt_flush_virtual_memory, 4)     \
    SERVICE(NtCreateProcessEx, nt_create_process_ex, 9)           \
    SERVICE(NtDisplayString, nt_display_string, 1)                \
    SERVICE(NtRaiseHardError, nt_raise_hard_error, 6)
