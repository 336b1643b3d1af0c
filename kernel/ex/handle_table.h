/*
 * Handle tables: small numbers that stand for objects. A handle is a multiple of 4 and never 0; its
 * two low bits are the caller's to use.
 *
 *      table.pages[handle >> 11] -> page of 512 entries -> [handle >> 2 & 511]
 *
 * so looking one up costs the same however many there are. A handle that was closed is given out
 * again, the one closed last first.
 */
#pragma once

#include "kernel/ex/push_lock.h"
#include "lib/list.h"
#include "lib/status.h"

typedef uint32_t handle_t;

#define HANDLES_A_PAGE  512u
#define HANDLE_PAGES    1024u
#define HANDLE_SHIFT    2u
#define MAXIMUM_HANDLES (HANDLE_PAGES * HANDLES_A_PAGE - 1u) /* the first entry is handle 0 */

/* What an entry says beside its object (the low bits of NT's object pointer). */
#define HANDLE_PROTECT_FROM_CLOSE 0x1u
#define HANDLE_INHERIT            0x2u

struct handle_entry {
    void *object; /* NULL: the entry is free */
    union {
        uint32_t granted_access; /* the low 30 bits, with the attributes in the high two */
        uint32_t next_free;      /* free: the index of the next free entry, 0: none */
    };
};

#define HANDLE_ACCESS_MASK     0x3FFFFFFFu
#define HANDLE_ATTRIBUTE_SHIFT 30u

static inline uint32_t ex_handle_access(const struct handle_entry *entry)
{
    return entry->granted_access & HANDLE_ACCESS_MASK;
}

static inline uint32_t ex_handle_attributes(const struct handle_entry *entry)
{
    return entry->granted_access >> HANDLE_ATTRIBUTE_SHIFT;
}

struct handle_table {
    struct ex_push_lock lock; /* guards the rest */
    struct handle_entry **pages;
    uint32_t page_count;
    uint32_t first_free;               /* index, 0: none */
    uint32_t next_unused;              /* indices from here on were never given out */
    uint32_t handle_count;             /* in use */
    struct handle_table *next_to_kill; /* the list of those whose end was put off */
};

/* All of the following: below DISPATCH_LEVEL. */

/* => an empty table, or NULL without memory. */
struct handle_table *ex_create_handle_table(void);

/* Call CLOSE(entry, context) for each handle in use, and delete the table. Nobody uses it. */
void ex_destroy_handle_table(struct handle_table *table,
                             void (*close)(const struct handle_entry *entry, void *context),
                             void *context);

/* A handle for OBJECT (not NULL). => 0 without memory, or when the table is full. */
handle_t ex_create_handle(struct handle_table *table, void *object, uint32_t access,
                          uint32_t attributes);

/* => the entry of HANDLE, with the table locked so that it stays; or NULL, and nothing locked. To
 * be followed by ex_unlock_handle_table. */
const struct handle_entry *ex_map_handle_to_pointer(struct handle_table *table, handle_t handle);
void ex_unlock_handle_table(struct handle_table *table);

/* Free HANDLE. *WAS is what it stood for. => STATUS_INVALID_HANDLE, or STATUS_HANDLE_NOT_CLOSABLE
 * when it is protected and FORCE is not set. */
ntstatus ex_destroy_handle(struct handle_table *table, handle_t handle, bool force,
                           struct handle_entry *was);

/* Set the attributes of HANDLE to ATTRIBUTES. => STATUS_INVALID_HANDLE. */
ntstatus ex_set_handle_attributes(struct handle_table *table, handle_t handle, uint32_t attributes);

/* A new table with those handles of TABLE, under their numbers, for which INHERIT(entry) is true.
 * => NULL without memory; then UNDO was called for each that had been taken over. */
struct handle_table *
ex_dup_handle_table(struct handle_table *table, bool (*inherit)(const struct handle_entry *entry),
                    void (*undo)(const struct handle_entry *entry, void *context));

/* Call VISIT(handle, entry, context) for each handle in use, in order, until it returns false. The
 * table is not locked: for the debugger, and for those who have it to themselves. */
void ex_enum_handle_table(const struct handle_table *table,
                          bool (*visit)(handle_t handle, const struct handle_entry *entry,
                                        void *context),
                          void *context);
