/* Between the object manager's files. */
#pragma once

#include "kernel/ob/ob.h"
#include "kernel/ob/path.h"

#define OB_TAG            'jbOb'
#define DIRECTORY_BUCKETS 37u /* NT's number, a prime */
#define REPARSE_LIMIT     32u /* symbolic links on one way */

struct object_directory {
    struct list_entry buckets[DIRECTORY_BUCKETS]; /* struct object_name; the name lock */
};

/* Guards directories, names, and handle counts that fall to 0. */
extern struct ex_push_lock ob_name_lock;

/* => the target of the link HEADER; its own text. */
struct unicode_string ob_link_target(const struct object_header *header);

/* The name NAME (copied), in no directory yet; NULL without memory. */
struct object_name *ob_make_name(const struct unicode_string *name);

/* All with the name lock held, shared to look, exclusive to change. */
struct object_header *ob_find_in_directory(struct object_directory *directory,
                                           const struct unicode_string *name, bool ignore_case);
void ob_insert_in_directory(struct object_directory *directory, struct object_header *header);
/* The name has no place any more. => the directory that it was in; its reference goes as the name's
 * own does, by the caller, without the lock: either may be the last. */
struct object_directory *ob_remove_from_directory(struct object_header *header);

/* Where a name leads. */
struct ob_lookup {
    struct object_header *found;        /* NULL: only the last component is missing; then */
    struct object_directory *directory; /* it belongs in here */
    struct unicode_string last;         /* under this name */
    struct unicode_string rest;         /* what is left for the parse method of `found`, ... */
    uint16_t *scratch; /* ... as `last` maybe in here: the memory of a link's target */
    uint32_t reparses;
};

/* Look NAME up, beginning in FROM, or when that is NULL at the root; a link is followed, but not at
 * the end when TYPE is that of links. It ends with an object that has a parse method. The name lock
 * is held, shared or exclusive. To be followed by ob_end_look_up, whatever the status. */
ntstatus ob_look_up(struct object_directory *from, const struct unicode_string *name,
                    bool ignore_case, const struct object_type *type, struct ob_lookup *lookup);
void ob_end_look_up(struct ob_lookup *lookup);

/* A handle more or less for an object; the handle's pointer is the caller's to keep or drop. */
ntstatus ob_increment_handle_count(struct object_header *header, uint32_t access);
extern struct ob_counters ob_totals; /* changed atomically */
void ob_decrement_handle_count(struct object_header *header, uint32_t access);

/* The table that HANDLE, or a handle with ATTRIBUTES, belongs to, and the handle's number in it. */
struct handle_table *ob_table_of(handle_t *handle, enum kprocessor_mode mode);

/* A handle with ACCESS, already granted, for HEADER, whose count includes it. => 0 without memory.
 */
handle_t ob_make_handle(struct object_header *header, uint32_t access, uint32_t attributes);

/* Make \ObjectTypes\NAME of TYPE, which has no name yet. The creator's reference goes. */
ntstatus ob_publish_type(struct object_type *type);

/* End the tables whose end was put off. PASSIVE_LEVEL. */
void ob_reap_process_tables(void);

void ob_init_types(void);
void ob_init_directories(void);
void ob_init_symbolic_links(void);
