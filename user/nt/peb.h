/*
 * The blocks through which a process, its threads and its kernel know of each other. The offsets
 * are those documented for 32-bit Windows (winternl.h has some of them): programs and debuggers
 * read these blocks directly. Parts that nobody here uses are gaps.
 */
#pragma once

#include "user/nt/nt.h"

struct client_id {
    HANDLE process, thread;
};

/* CURDIR: Handle is NULL; the directory is a matter of names only. */
struct current_directory {
    UNICODE_STRING path; /* with a backslash at its end */
    HANDLE handle;
};

#define PROCESS_PARAMETERS_NORMALIZED 1u /* its strings are pointers, not offsets */

/* RTL_USER_PROCESS_PARAMETERS. The environment: NAME=value strings, each with its terminator, and
 * another terminator. */
struct process_parameters {
    ULONG maximum_length, length;
    ULONG flags, debug_flags;
    HANDLE console_handle;
    ULONG console_flags;
    HANDLE standard_input, standard_output, standard_error;
    struct current_directory current_directory;
    UNICODE_STRING dll_path;
    UNICODE_STRING image_path_name;
    UNICODE_STRING command_line;
    WCHAR *environment;
    ULONG starting_x, starting_y, count_x, count_y;
    ULONG count_chars_x, count_chars_y, fill_attribute;
    ULONG window_flags, show_window_flags;
    UNICODE_STRING window_title, desktop_info, shell_info, runtime_data;
    uint8_t current_directories[0x200];
};
_Static_assert(offsetof(struct process_parameters, image_path_name) == 0x38, "winternl.h");
_Static_assert(offsetof(struct process_parameters, environment) == 0x48, "as programs read it");
_Static_assert(sizeof(struct process_parameters) == 0x290, "as programs read it");

/* PEB_LDR_DATA: all modules in three orders. */
struct peb_ldr_data {
    ULONG length;
    BOOLEAN initialized;
    HANDLE ss_handle;
    LIST_ENTRY in_load_order, in_memory_order, in_initialization_order;
    void *entry_in_progress;
};
_Static_assert(offsetof(struct peb_ldr_data, in_memory_order) == 0x14, "winternl.h");

struct peb {
    BOOLEAN inherited_address_space, read_image_file_exec_options, being_debugged, bits;
    HANDLE mutant;
    void *image_base_address;
    struct peb_ldr_data *ldr;
    struct process_parameters *process_parameters;
    void *sub_system_data;
    void *process_heap;
    RTL_CRITICAL_SECTION *fast_peb_lock;
    uint8_t gap_20[0x40 - 0x20];
    void *tls_bitmap;
    ULONG tls_bitmap_bits[2];
    uint8_t gap_4c[0x64 - 0x4C];
    ULONG number_of_processors;
    ULONG nt_global_flag;
    ULONG gap_6c;
    LARGE_INTEGER critical_section_timeout;
    ULONG heap_segment_reserve, heap_segment_commit;
    ULONG heap_de_commit_total_free_threshold, heap_de_commit_free_block_threshold;
    ULONG number_of_heaps, maximum_number_of_heaps;
    void **process_heaps;
    uint8_t gap_94[0xA0 - 0x94];
    RTL_CRITICAL_SECTION *loader_lock;
    ULONG os_major_version, os_minor_version;
    USHORT os_build_number, os_csd_version;
    ULONG os_platform_id;
    ULONG image_subsystem, image_subsystem_major_version, image_subsystem_minor_version;
    uint8_t gap_c0[0x150 - 0xC0];
    void *tls_expansion_bitmap;
    ULONG tls_expansion_bitmap_bits[32];
    ULONG session_id;
};
_Static_assert(offsetof(struct peb, critical_section_timeout) == 0x70, "as programs read it");
_Static_assert(offsetof(struct peb, loader_lock) == 0xA0, "as programs read it");
_Static_assert(offsetof(struct peb, session_id) == 0x1D4, "winternl.h");

#define TLS_SLOTS           64u
#define TLS_EXPANSION_SLOTS 1024u

struct teb {
    EXCEPTION_REGISTRATION_RECORD *exception_list; /* -1: the end of the chain */
    uint8_t *stack_base;                           /* behind the highest byte */
    uint8_t *stack_limit;                          /* the lowest byte committed */
    void *sub_system_tib, *fiber_data, *arbitrary_user_pointer;
    struct teb *self;
    void *environment_pointer;
    struct client_id client_id;
    void *active_rpc_handle;
    void **thread_local_storage_pointer;
    struct peb *peb;
    ULONG last_error_value;
    ULONG count_of_owned_critical_sections;
    uint8_t gap_3c[0xE0C - 0x3C];
    void *deallocation_stack; /* the lowest byte reserved */
    void *tls_slots[TLS_SLOTS];
    LIST_ENTRY tls_links;
    uint8_t gap_f18[0xF20 - 0xF18];
    void *debuggees; /* of a debugger: kernel32's list */
    HANDLE debug_object;
    uint8_t gap_f28[0xF75 - 0xF28];
    BOOLEAN free_stack_on_termination; /* the kernel does, when the thread ends */
    uint8_t gap_f76[0xF94 - 0xF76];
    void **tls_expansion_slots;
    uint8_t gap_f98[0xFB4 - 0xF98];
    void **fls_data;
};
_Static_assert(offsetof(struct teb, peb) == 0x30, "winternl.h");
_Static_assert(offsetof(struct teb, tls_slots) == 0xE10, "winternl.h");
_Static_assert(offsetof(struct teb, debug_object) == 0xF24, "as the kernel reads it");
_Static_assert(offsetof(struct teb, free_stack_on_termination) == 0xF75, "as debuggers read it");
_Static_assert(offsetof(struct teb, tls_expansion_slots) == 0xF94, "winternl.h");

static inline struct teb *current_teb(void)
{
    struct teb *teb;

    __asm__("movl %%fs:0x18, %0" : "=r"(teb));
    return teb;
}

static inline struct peb *current_peb(void)
{
    struct peb *peb;

    __asm__("movl %%fs:0x30, %0" : "=r"(peb));
    return peb;
}
