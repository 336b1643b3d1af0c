/*
 * The loader, between its files. A module's life, all of it under the loader lock:
 *
 *      ldr_search.c   from a name to a file, and its section
 *      ldr_map.c      the view, relocated if it is elsewhere than it wants to be
 *      ldr_import.c   the modules it needs, by the same way, and their addresses
 *      ldr_tls.c      thread local storage
 *      ldr_attach.c   entry points, those of the needed modules first
 *      ldr_unload.c   and back, when nobody refers to it any more
 */
#pragma once

#include "user/ntdll/image_view.h"
#include "user/ntdll/ntdll.h"

struct ldr_module {
    struct ldr_entry entry; /* first: the lists of the PEB lead to it */
    struct ldr_module **dependencies;
    uint32_t dependency_count, dependency_capacity;
    uint32_t mark;     /* of the last walk that came by */
    bool attaching;    /* its entry point is being called, or those of what it needs are */
    uint32_t tls_slot; /* its index of every thread's vector, where entry.tls_index is not 0 */
    const IMAGE_TLS_DIRECTORY *tls;
};

extern struct peb_ldr_data ldrp_data;
extern RTL_CRITICAL_SECTION ldrp_lock;
extern struct ldr_module *ldrp_image, *ldrp_ntdll;
extern bool ldrp_shutting_down;

static inline struct ldr_module *ldrp_module_of(LIST_ENTRY *in_load_order)
{
    return CONTAINER(in_load_order, struct ldr_module, entry.in_load_order);
}

static inline struct image_view ldrp_view(const struct ldr_module *module)
{
    return (struct image_view){module->entry.dll_base, module->entry.size_of_image};
}

/* ---- ldr_list.c: the modules there are ------------------------------------------------------ */

/* A module for the image mapped at BASE, on the lists, with no references. FULL_NAME is copied.
 * => NULL: there is no memory. */
struct ldr_module *ldrp_insert_module(void *base, const UNICODE_STRING *full_name);
/* Off the lists and freed; its view is not touched. */
void ldrp_remove_module(struct ldr_module *module);
struct ldr_module *ldrp_find_by_base(const void *base);
struct ldr_module *ldrp_find_by_address(const void *address);
/* By the file's name alone, or if PATH is one, by that. */
struct ldr_module *ldrp_find_by_name(const UNICODE_STRING *name);
/* MODULE needs OTHER: it will go no earlier. */
NTSTATUS ldrp_add_dependency(struct ldr_module *module, struct ldr_module *other);
/* Calls VISIT once for each module that MODULE needs, and MODULE. */
void ldrp_visit(struct ldr_module *module, void (*visit)(struct ldr_module *module));

/* ---- ldr_search.c --------------------------------------------------------------------------- */

/* Find the DLL NAME by PATH, directories with semicolons between them (NULL: the default), or where
 * NAME says. *FULL_NAME is its path and *SECTION its image. RtlFreeUnicodeString, NtClose.
 * => STATUS_DLL_NOT_FOUND, or why it cannot be used. */
NTSTATUS ldrp_search(const WCHAR *path, const UNICODE_STRING *name, UNICODE_STRING *full_name,
                     HANDLE *section);
/* NAME with ".dll" where it has no extension; RtlFreeUnicodeString. */
NTSTATUS ldrp_complete_name(const UNICODE_STRING *name, UNICODE_STRING *complete);

/* ---- ldr_map.c ------------------------------------------------------------------------------ */

/* Map and relocate SECTION's image, which debuggers hear of as NAME (NULL: of no name). */
NTSTATUS ldrp_map(HANDLE section, const WCHAR *name, void **base);
/* The image at BASE is where it is: make its addresses agree. */
NTSTATUS ldrp_relocate(void *base);

/* ---- ldr_import.c --------------------------------------------------------------------------- */

/* The module NAME and all that it needs, bound, but not attached. What was loaded before an error
 * has no references: ldrp_sweep. */
NTSTATUS ldrp_load_graph(const WCHAR *path, const UNICODE_STRING *name, struct ldr_module **module);
/* Bind MODULE's imports. */
NTSTATUS ldrp_bind(const WCHAR *path, struct ldr_module *module);
/* NAME: NULL: by ORDINAL. HINT as in image_find_name. */
NTSTATUS ldrp_resolve(struct ldr_module *module, const char *name, uint32_t ordinal, uint32_t hint,
                      void **address);

/* ---- ldr_tls.c ------------------------------------------------------------------------------ */

void ldrp_initialize_tls(void);
/* MODULE's TLS directory, if it has one, gets a slot, in every thread that there is. */
NTSTATUS ldrp_add_tls(struct ldr_module *module);
void ldrp_remove_tls(struct ldr_module *module);
/* The current thread's vector, with a block for each module that has a directory. */
NTSTATUS ldrp_allocate_thread_tls(void);
void ldrp_free_thread_tls(void);
void ldrp_call_tls_callbacks(struct ldr_module *module, ULONG reason, void *reserved);

/* ---- ldr_attach.c, ldr_unload.c ------------------------------------------------------------- */

/* Call the entry points of MODULE and what it needs, if they were not yet. RESERVED as DllMain
 * gets it. => STATUS_DLL_INIT_FAILED: one said no. */
NTSTATUS ldrp_attach(struct ldr_module *module, void *reserved);
/* Tell all modules that a thread began / ends. */
void ldrp_notify_thread(ULONG reason);
void ldrp_detach(struct ldr_module *module, void *reserved);
/* One reference more / less to MODULE and all that it needs. */
void ldrp_reference(struct ldr_module *module);
void ldrp_dereference(struct ldr_module *module);
/* Let go of the modules without references. */
void ldrp_sweep(void);

/* ---- ldr_error.c ---------------------------------------------------------------------------- */

/* Why the load fails, if it is the process's start that does: told once, for the first. */
void ldrp_complain_dll(const UNICODE_STRING *name, NTSTATUS status);
void ldrp_complain_import(const struct ldr_module *module, const char *name, uint32_t ordinal);
