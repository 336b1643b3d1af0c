/*
 * Objects and names: a new object gets its place, an existing one is found. What is decided about a
 * name - that it is free, that its object still has handles - is decided under the name lock.
 */
#include "kernel/ob/ob_internal.h"

static bool has_name(const struct object_attributes *attributes)
{
    return attributes && attributes->name && attributes->name->length;
}

/* The object that a relative name begins in, referenced; NULL: the root. */
static ntstatus open_root(const struct object_attributes *attributes, void **root)
{
    *root = NULL;
    if (!attributes->root_directory)
        return STATUS_SUCCESS;
    ntstatus status =
        ob_reference_object_by_handle(attributes->root_directory, 0, NULL, KERNEL_MODE, root, NULL);
    if (NT_SUCCESS(status) && ob_header(*root)->type != ob_directory_type &&
        !ob_header(*root)->type->info.parse) {
        ob_dereference_object(*root);
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    return status;
}

static void close_root(void *root)
{
    if (root)
        ob_dereference_object(root);
}

static bool is_directory(void *root)
{
    return !root || ob_header(root)->type == ob_directory_type;
}

/* ---- finding ----------------------------------------------------------------------------------
 */

/* *FOUND, referenced, of TYPE, is what the caller wants: with ACCESS, count a handle of it. Else
 * its reference goes. */
static ntstatus accept(void *found, const struct object_type *type, const uint32_t *access)
{
    struct object_header *header = ob_header(found);
    ntstatus status = STATUS_SUCCESS;

    if (type && header->type != type)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (access)
        status = ob_increment_handle_count(header, *access);
    if (!NT_SUCCESS(status))
        ob_dereference_object(found);
    return status;
}

/* OBJECT, referenced, has a parse method: *OBJECT becomes what that finds. */
static ntstatus parse(const struct object_attributes *attributes, const struct unicode_string *rest,
                      void **object)
{
    void *parsed = *object;
    ntstatus status =
        ob_header(parsed)->type->info.parse(parsed, rest, attributes->parse_context, object);

    ob_dereference_object(parsed);
    return status;
}

/* Look up in the name space, and reference. *PARSED: the object's parse method has the word. Else
 * the handle is counted here, under the name lock, so that the name does not go meanwhile. */
static ntstatus look_up(const struct object_attributes *attributes, const struct object_type *type,
                        const uint32_t *access, struct ob_lookup *lookup, void *directory,
                        void **object, bool *parsed)
{
    ex_acquire_push_lock_shared(&ob_name_lock);
    ntstatus status =
        ob_look_up(directory, attributes->name,
                   (attributes->attributes & OBJ_CASE_INSENSITIVE) != 0, type, lookup);

    if (NT_SUCCESS(status) && !lookup->found)
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    if (NT_SUCCESS(status)) {
        *object = lookup->found->body;
        *parsed =
            lookup->found->type->info.parse && (lookup->rest.length || attributes->parse_context);
        ob_reference_object(*object);
        if (!*parsed)
            status = accept(*object, type, access);
    }
    ex_release_push_lock_shared(&ob_name_lock);
    return status;
}

static ntstatus find_from(void *root, const struct object_attributes *attributes,
                          const struct object_type *type, const uint32_t *access, void **object)
{
    struct ob_lookup lookup = {.rest = *attributes->name};
    bool parsed = true;
    ntstatus status = STATUS_SUCCESS;

    if (is_directory(root)) {
        status = look_up(attributes, type, access, &lookup, root, object, &parsed);
    } else {
        ob_reference_object(root);
        *object = root;
    }
    if (NT_SUCCESS(status) && parsed) {
        status = parse(attributes, &lookup.rest, object);
        if (NT_SUCCESS(status))
            status = accept(*object, type, access);
    }
    ob_end_look_up(&lookup);
    return status;
}

/* Find and reference; with ACCESS, count a handle with that access too. */
static ntstatus find(const struct object_attributes *attributes, const struct object_type *type,
                     const uint32_t *access, void **object)
{
    static const struct unicode_string nothing;
    struct object_attributes named = *attributes;
    void *root;

    *object = NULL;
    ntstatus status = open_root(attributes, &root);
    if (!NT_SUCCESS(status))
        return status;
    if (!has_name(attributes))
        named.name = &nothing;
    if (!has_name(attributes) && is_directory(root))
        status = STATUS_OBJECT_PATH_SYNTAX_BAD;
    else
        status = find_from(root, &named, type, access, object);
    if (!NT_SUCCESS(status))
        *object = NULL;
    close_root(root);
    return status;
}

ntstatus ob_reference_object_by_name(const struct object_attributes *attributes,
                                     const struct object_type *type, void **object)
{
    return find(attributes, type, NULL, object);
}

ntstatus ob_open_object_by_name(const struct object_attributes *attributes,
                                const struct object_type *type, uint32_t access,
                                enum kprocessor_mode mode, handle_t *handle)
{
    uint32_t none = 0, granted;
    void *object;
    ntstatus status = find(attributes, type, &none, &object);

    *handle = 0;
    if (!NT_SUCCESS(status))
        return status;
    struct object_header *header = ob_header(object);
    status = ob_grant_access(header->type, access, mode, &granted);
    if (NT_SUCCESS(status)) {
        *handle = ob_make_handle(header, granted, attributes->attributes);
        status = *handle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!NT_SUCCESS(status)) {
        ob_decrement_handle_count(header, 0);
        ob_dereference_object(object);
    }
    return status;
}

/* ---- inserting --------------------------------------------------------------------------------
 */

/* The name is taken by FOUND: open that one instead, if this is allowed. */
static ntstatus collide(struct object_header *header, const struct object_attributes *attributes,
                        struct object_header *found)
{
    if (!(attributes->attributes & OBJ_OPENIF))
        return STATUS_OBJECT_NAME_COLLISION;
    if (found->type != header->type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    ntstatus status = ob_increment_handle_count(found, 0);
    if (!NT_SUCCESS(status))
        return status;
    ob_reference_object(found->body);
    return STATUS_OBJECT_NAME_EXISTS;
}

/* Put HEADER into its place, or find what is there. *FINAL is the one that the handle is for. The
 * name lock is held exclusive. */
static ntstatus place(struct object_header *header, const struct object_attributes *attributes,
                      void *directory, struct object_header **final)
{
    struct ob_lookup lookup;
    ntstatus status =
        ob_look_up(directory, attributes->name,
                   (attributes->attributes & OBJ_CASE_INSENSITIVE) != 0, header->type, &lookup);

    if (NT_SUCCESS(status) && lookup.rest.length) {
        status = STATUS_OBJECT_TYPE_MISMATCH; /* below an object that has names of its own */
    } else if (NT_SUCCESS(status) && lookup.found) {
        status = collide(header, attributes, lookup.found);
        *final = lookup.found;
    } else if (NT_SUCCESS(status)) {
        header->name = ob_make_name(&lookup.last);
        status =
            header->name ? ob_increment_handle_count(header, 0) : STATUS_INSUFFICIENT_RESOURCES;
        if (NT_SUCCESS(status))
            ob_insert_in_directory(lookup.directory, header);
        *final = header;
    }
    ob_end_look_up(&lookup);
    return status;
}

static ntstatus place_locked(struct object_header *header,
                             const struct object_attributes *attributes,
                             struct object_header **final)
{
    void *directory;
    ntstatus status = open_root(attributes, &directory);

    if (NT_SUCCESS(status) && !is_directory(directory)) {
        close_root(directory);
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (!NT_SUCCESS(status))
        return status;
    ex_acquire_push_lock_exclusive(&ob_name_lock);
    header->flags = attributes->attributes & (OBJ_PERMANENT | OBJ_EXCLUSIVE);
    status = place(header, attributes, directory, final);
    ex_release_push_lock_exclusive(&ob_name_lock);
    close_root(directory);
    return status;
}

/* FINAL has a handle counted and, if it is not the new object, a reference for it. */
static ntstatus finish(struct object_header *final, const struct object_attributes *attributes,
                       uint32_t access, handle_t *handle, ntstatus status)
{
    if (handle) {
        *handle = ob_make_handle(final, access, attributes ? attributes->attributes : 0);
        if (*handle)
            return status;
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    ob_decrement_handle_count(final, access); /* its reference goes with it */
    ob_dereference_object(final->body);
    return status;
}

static ntstatus insert_unnamed(struct object_header *header,
                               const struct object_attributes *attributes)
{
    header->flags = attributes ? attributes->attributes & OBJ_EXCLUSIVE : 0;
    return ob_increment_handle_count(header, 0);
}

ntstatus ob_insert_object(void *object, const struct object_attributes *attributes, uint32_t access,
                          enum kprocessor_mode mode, handle_t *handle)
{
    struct object_header *header = ob_header(object), *final = header;
    bool named = has_name(attributes);
    bool permanent = named && (attributes->attributes & OBJ_PERMANENT);
    uint32_t granted = 0;
    ntstatus status = ob_grant_access(header->type, access, mode, &granted);

    if (handle)
        *handle = 0;
    if (NT_SUCCESS(status) && ((!handle && !permanent) ||
                               (attributes && (attributes->attributes & ~OBJ_VALID_ATTRIBUTES))))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status =
            named ? place_locked(header, attributes, &final) : insert_unnamed(header, attributes);
    if (!NT_SUCCESS(status) || final != header)
        ob_dereference_object(object); /* it is not wanted */
    if (!NT_SUCCESS(status))
        return status;
    return finish(final, attributes, granted, handle, status);
}
