/*
 * The object manager: types, objects, names and handles.
 *
 *      handle table: handle -> entry -> object header | body
 *                                       ^      |
 *      directory: hashed name ----------+      +--> type: methods, access, counts
 *
 * An object lives while its pointer count is above 0. Each handle is one pointer, and so is a name
 * in a directory. When the last handle of a temporary object is closed its name goes; a permanent
 * one keeps it until ob_make_temporary_object.
 *
 * There are no security descriptors: one user, to whom everything is granted that a type knows. But
 * a handle grants what it was opened for and no more. Kernel-mode callers are not checked, as on
 * NT.
 *
 * Lock order: the name lock (directories, names, handle counts falling to 0), then a handle
 * table's. open is called with one of them held, so it must not use names or handles; parse, delete
 * and close are called with none.
 */
#pragma once

#include "kernel/ex/handle_table.h"
#include "kernel/ke/exceptions.h"
#include "lib/unicode.h"
#include "mm/pool.h"

/* ---- access masks (winnt.h) -------------------------------------------------------------------
 */

#define ACCESS_DELETE            0x00010000u
#define ACCESS_READ_CONTROL      0x00020000u
#define ACCESS_WRITE_DAC         0x00040000u
#define ACCESS_WRITE_OWNER       0x00080000u
#define ACCESS_SYNCHRONIZE       0x00100000u
#define STANDARD_RIGHTS_REQUIRED 0x000F0000u
#define MAXIMUM_ALLOWED          0x02000000u
#define GENERIC_ALL              0x10000000u
#define GENERIC_EXECUTE          0x20000000u
#define GENERIC_WRITE            0x40000000u
#define GENERIC_READ             0x80000000u

struct generic_mapping {
    uint32_t read, write, execute, all;
};

struct object_type;

/* Generic rights become those of TYPE, MAXIMUM_ALLOWED all of them. => STATUS_ACCESS_DENIED when a
 * user-mode caller wants what TYPE does not know. */
ntstatus ob_grant_access(const struct object_type *type, uint32_t access, enum kprocessor_mode mode,
                         uint32_t *granted);

/* ---- types ------------------------------------------------------------------------------------
 */

struct object_type_initializer {
    struct generic_mapping mapping;
    uint32_t valid_access; /* everything else is denied */
    uint32_t body_bytes;
    enum pool_type pool; /* PAGED_POOL: its objects are only touched below DISPATCH_LEVEL */
    bool waitable;       /* the body begins with a dispatcher_header, for handles to wait for */
    /* PASSIVE_LEVEL; the object's memory is freed after it. May be NULL, as all of these. */
    void (*delete)(void *object);
    /* A handle was made / closed; LAST: the last one. */
    void (*open)(void *object, uint32_t access);
    void (*close)(void *object, uint32_t access, bool last);
    /* The path ends at OBJECT, or goes on behind it with REST, which begins with a separator unless
     * OBJECT is where it is relative to. CONTEXT is what the caller said in its attributes. *FOUND
     * becomes what the whole path leads to, referenced. No lock is held; PASSIVE_LEVEL. */
    ntstatus (*parse)(void *object, const struct unicode_string *rest, void *context, void **found);
};

struct object_type {
    struct object_type_initializer info;
    struct unicode_string name;
    volatile uint32_t total_objects, total_handles;
};

/* Make the type NAME, whose text must stay, and the object \ObjectTypes\NAME. *TYPE stays until
 * ob_make_temporary_object(TYPE), when no object of it is left.
 * Fails with STATUS_INSUFFICIENT_RESOURCES or STATUS_OBJECT_NAME_COLLISION. PASSIVE_LEVEL. */
ntstatus ob_create_object_type(const uint16_t *name, const struct object_type_initializer *info,
                               struct object_type **type);
extern struct object_type *ob_type_type, *ob_directory_type, *ob_symbolic_link_type;

/* ---- objects ----------------------------------------------------------------------------------
 */

#define OBJ_INHERIT          0x00000002u
#define OBJ_PERMANENT        0x00000010u
#define OBJ_EXCLUSIVE        0x00000020u /* one handle at a time */
#define OBJ_CASE_INSENSITIVE 0x00000040u
#define OBJ_OPENIF           0x00000080u
#define OBJ_KERNEL_HANDLE    0x00000200u
#define OBJ_VALID_ATTRIBUTES 0x000003F2u

#define KERNEL_HANDLE_BIT 0x80000000u /* a handle of the system's table */

struct object_attributes {
    handle_t root_directory;           /* where a name that does not begin with \ is; 0: none */
    const struct unicode_string *name; /* NULL or empty: no name */
    uint32_t attributes;               /* OBJ_ bits */
    void *parse_context;               /* for the parse method of an object that the name leads to;
                                          NULL: a name that ends there means that object itself */
};

struct object_header;

struct object_name {
    struct list_entry links;            /* its directory's bucket; the name lock */
    struct object_directory *directory; /* the name lock; NULL: it has no place any more */
    struct object_header *owner;
    struct unicode_string name;
};

struct object_header {
    volatile uint32_t pointer_count;
    volatile uint32_t handle_count;
    struct object_type *type;
    struct object_name *name;             /* NULL: none */
    struct object_header *next_to_delete; /* the list of deferred deletions */
    uint32_t flags;                       /* OBJ_PERMANENT, OBJ_EXCLUSIVE; the name lock */
    uint64_t body[];
};

static inline struct object_header *ob_header(const void *object)
{
    return CONTAINER_OF(object, struct object_header, body);
}

/* A new object of TYPE, its body all zeros, with one reference and no name or handle yet. Fails
 * with STATUS_INSUFFICIENT_RESOURCES. Below DISPATCH_LEVEL. */
ntstatus ob_create_object(struct object_type *type, void **object);

/*
 * Give the new OBJECT the name and attributes of ATTRIBUTES (NULL: none) and, unless HANDLE is
 * NULL, a handle with ACCESS. The creator's reference goes, whatever comes of it. When the name
 * exists and OBJ_OPENIF is set, the handle is for the object that has it:
 * STATUS_OBJECT_NAME_EXISTS. Fails with STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_TYPE_MISMATCH,
 * STATUS_ACCESS_DENIED and the like; then OBJECT is deleted. An object without a handle must be
 * permanent.
 */
ntstatus ob_insert_object(void *object, const struct object_attributes *attributes, uint32_t access,
                          enum kprocessor_mode mode, handle_t *handle);

/* One more / less pointer. Dereferencing at a raised level puts the deletion off to a system worker
 * thread. Up to DISPATCH_LEVEL. A count that was 0 is bug check 18h. */
void ob_reference_object(void *object);
void ob_dereference_object(void *object);
/* Delete what was put off. PASSIVE_LEVEL. */
void ob_reap_deferred_deletions(void);
/* Called up to DISPATCH_LEVEL when something was put off: has that function called soon. */
extern void (*ob_request_reap)(void);

/* => STATUS_OBJECT_TYPE_MISMATCH if OBJECT is not a TYPE (NULL: any), else referenced. */
ntstatus ob_reference_object_by_pointer(void *object, const struct object_type *type);

/* Take away the permanence: the name goes with the last handle, or now. Below DISPATCH_LEVEL. */
void ob_make_temporary_object(void *object);

/* Write the full name of OBJECT, "\BaseNamedObjects\x" or nothing, in ASCII. => characters. */
uint32_t ob_query_name_string(void *object, char *text, uint32_t size);
/* => the bytes of OBJECT's full name, 0: it has none. It is written to TEXT when it fits ROOM
 * bytes. Below DISPATCH_LEVEL. */
uint32_t ob_query_name(void *object, uint16_t *text, uint32_t room);

/* ---- names and handles ------------------------------------------------------------------------
 */

/* Find the object that ATTRIBUTES name, of TYPE (NULL: any), and reference it. Fails with
 * STATUS_OBJECT_NAME_NOT_FOUND, _PATH_NOT_FOUND, _PATH_SYNTAX_BAD, _NAME_INVALID, _TYPE_MISMATCH,
 * or as a parse method does. */
ntstatus ob_reference_object_by_name(const struct object_attributes *attributes,
                                     const struct object_type *type, void **object);

/* The same, and a handle with ACCESS. */
ntstatus ob_open_object_by_name(const struct object_attributes *attributes,
                                const struct object_type *type, uint32_t access,
                                enum kprocessor_mode mode, handle_t *handle);

/* A handle for OBJECT. ATTRIBUTES: OBJ_INHERIT, OBJ_KERNEL_HANDLE. */
ntstatus ob_open_object_by_pointer(void *object, uint32_t attributes, uint32_t access,
                                   const struct object_type *type, enum kprocessor_mode mode,
                                   handle_t *handle);

/* => the object of HANDLE, referenced, if it is a TYPE (NULL: any) and the handle grants ACCESS.
 * Fails with STATUS_INVALID_HANDLE, _OBJECT_TYPE_MISMATCH, _ACCESS_DENIED. *INFO (unless NULL) gets
 * the entry. */
ntstatus ob_reference_object_by_handle(handle_t handle, uint32_t access,
                                       const struct object_type *type, enum kprocessor_mode mode,
                                       void **object, struct handle_entry *info);

/* Fails with STATUS_INVALID_HANDLE, or STATUS_HANDLE_NOT_CLOSABLE. */
ntstatus ob_close_handle(handle_t handle, enum kprocessor_mode mode);

/* ATTRIBUTES: HANDLE_PROTECT_FROM_CLOSE, HANDLE_INHERIT. */
ntstatus ob_set_handle_attributes(handle_t handle, uint32_t attributes, enum kprocessor_mode mode);

#define DUPLICATE_CLOSE_SOURCE    0x1u
#define DUPLICATE_SAME_ACCESS     0x2u
#define DUPLICATE_SAME_ATTRIBUTES 0x4u

/* A handle in table TO for what HANDLE stands for in table FROM. A user-mode caller gets no access
 * that the source does not grant. *NEW_HANDLE is 0 on failure; DUPLICATE_CLOSE_SOURCE closes the
 * source even then. */
ntstatus ob_duplicate_object(struct handle_table *from, handle_t handle, struct handle_table *to,
                             uint32_t access, uint32_t attributes, uint32_t options,
                             enum kprocessor_mode mode, handle_t *new_handle);

/* A handle for OBJECT in table TO. ATTRIBUTES: HANDLE_ ones. Else as ob_open_object_by_pointer. */
ntstatus ob_open_object_in(struct handle_table *to, void *object, uint32_t access,
                           uint32_t attributes, enum kprocessor_mode mode, handle_t *handle);

/* A process's table: a new one, with what PARENT (NULL: none) lets inherit; and its end. An end may
 * lead to other processes' ends: where the stack is short it is put off to a system worker thread.
 */
struct handle_table *ob_create_process_table(struct handle_table *parent);
void ob_kill_process_table(struct handle_table *table);

/* Close the handles in TABLE, of a process that ends, for objects of TYPE. PASSIVE_LEVEL. */
void ob_close_handles_of_type(struct handle_table *table, const struct object_type *type);

/* The table that handles without KERNEL_HANDLE_BIT belong to now; the process manager's. */
extern struct handle_table *(*ob_current_handle_table)(void);
extern struct handle_table *ob_kernel_handle_table;

/* ---- the name space ---------------------------------------------------------------------------
 */

/* A new directory / a symbolic link to TARGET, whose text is copied. As ob_insert_object. */
ntstatus ob_create_directory(const struct object_attributes *attributes, handle_t *handle);
ntstatus ob_create_symbolic_link(const struct object_attributes *attributes,
                                 const struct unicode_string *target, handle_t *handle);
/* The same for a caller in MODE, with ACCESS. */
ntstatus ob_create_directory_object(const struct object_attributes *attributes, uint32_t access,
                                    enum kprocessor_mode mode, handle_t *handle);
ntstatus ob_create_symbolic_link_object(const struct object_attributes *attributes, uint32_t access,
                                        enum kprocessor_mode mode,
                                        const struct unicode_string *target, handle_t *handle);
/* => where LINK leads. It stays as it is while the link is referenced. */
const struct unicode_string *ob_symbolic_link_target(const void *link);

#define DIRECTORY_QUERY     0x1u
#define SYMBOLIC_LINK_QUERY 0x1u

extern struct object_directory *ob_root_directory;

/* Call VISIT for each object in DIRECTORY; the machine is stopped, or nobody changes names. */
void ob_visit_directory(const struct object_directory *directory,
                        void (*visit)(struct object_header *header));

struct ob_counters {
    uint32_t objects, handles, types;
};
void ob_query_counters(struct ob_counters *out);

/* The root, \BaseNamedObjects, \ObjectTypes and the system's handle table. PASSIVE_LEVEL, once. */
void ob_init_system(void);
