/*
 * The loader's interface, and what it keeps of a module. (LDR_DATA_TABLE_ENTRY, with the offsets
 * that are documented for 32-bit Windows.)
 */
#pragma once

#include "user/nt/nt.h"

/* struct ldr_entry's flags. */
#define LDRP_STATIC_LINK           0x00000002u
#define LDRP_IMAGE_DLL             0x00000004u
#define LDRP_ENTRY_PROCESSED       0x00004000u /* its imports are bound */
#define LDRP_DONT_CALL_FOR_THREADS 0x00040000u
#define LDRP_PROCESS_ATTACH_CALLED 0x00080000u
#define LDRP_IMAGE_NOT_AT_BASE     0x00200000u

#define LDR_LOAD_COUNT_PINNED 0xFFFFu /* stays until the process ends */

struct ldr_entry {
    LIST_ENTRY in_load_order, in_memory_order, in_initialization_order;
    void *dll_base;
    void *entry_point;
    ULONG size_of_image;
    UNICODE_STRING full_dll_name, base_dll_name;
    ULONG flags;
    USHORT load_count;
    USHORT tls_index; /* not 0: it has a TLS directory */
    LIST_ENTRY hash_links;
    ULONG time_date_stamp;
    void *entry_point_activation_context, *patch_information;
};
_Static_assert(offsetof(struct ldr_entry, full_dll_name) == 0x24, "winternl.h");
_Static_assert(offsetof(struct ldr_entry, load_count) == 0x38, "as debuggers read it");

/*
 * NT's documented functions. SEARCH_PATH may be NULL: the program's directory, then C:\. With a
 * path in it, NAME is that file. All may be called by any thread, in a DLL's entry point too.
 */
NTSTATUS NTAPI LdrLoadDll(const WCHAR *search_path, ULONG *flags, const UNICODE_STRING *name,
                          void **base);
NTSTATUS NTAPI LdrUnloadDll(void *base);
NTSTATUS NTAPI LdrGetDllHandle(const WCHAR *search_path, ULONG *flags, const UNICODE_STRING *name,
                               void **base);
/* NAME: NULL or empty: by ORDINAL. */
NTSTATUS NTAPI LdrGetProcedureAddress(void *base, const ANSI_STRING *name, ULONG ordinal,
                                      void **address);
NTSTATUS NTAPI LdrFindEntryForAddress(void *address, struct ldr_entry **entry);
NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(void *base);
/* FLAGS: 1 pins it for ever. */
NTSTATUS NTAPI LdrAddRefDll(ULONG flags, void *base);
NTSTATUS NTAPI LdrLockLoaderLock(ULONG flags, ULONG *state, ULONG_PTR *cookie);
NTSTATUS NTAPI LdrUnlockLoaderLock(ULONG flags, ULONG_PTR cookie);
/* DLLs learn that the process, or the calling thread, ends. */
NTSTATUS NTAPI LdrShutdownProcess(void);
NTSTATUS NTAPI LdrShutdownThread(void);
