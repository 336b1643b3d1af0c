/*
 * From a name to an object: component by component through directories, and through symbolic links,
 * whose targets take the place of what was read so far. At an object that has a parse method, such
 * as a device, the way in the object manager's own name space ends; what is left is the object's.
 */
#include "kernel/ob/ob_internal.h"
#include "lib/string.h"

void ob_end_look_up(struct ob_lookup *lookup)
{
    if (lookup->scratch)
        ex_free_pool_with_tag(lookup->scratch, OB_TAG);
    lookup->scratch = NULL;
}

/* *PATH, which begins with a separator if it is not empty, gets TARGET before it, in memory of the
 * look-up's own. */
static ntstatus join(struct ob_lookup *lookup, const struct unicode_string *target,
                     struct unicode_string *path)
{
    uint32_t bytes = (uint32_t)target->length + path->length;
    uint16_t *text =
        bytes <= 0xFFFEu ? ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, OB_TAG) : NULL;

    if (!text)
        return bytes <= 0xFFFEu ? STATUS_INSUFFICIENT_RESOURCES : STATUS_OBJECT_NAME_INVALID;
    memcpy(text, target->buffer, target->length);
    memcpy(text + target->length / 2, path->buffer, path->length);
    ob_end_look_up(lookup); /* PATH may have been in the memory that goes now */
    lookup->scratch = text;
    *path = (struct unicode_string){
        .length = (uint16_t)bytes, .maximum_length = (uint16_t)bytes, .buffer = text};
    return STATUS_SUCCESS;
}

/* Go where the link HEADER leads. => STATUS_REPARSE */
static ntstatus follow(struct ob_lookup *lookup, struct object_header *header,
                       struct unicode_string *path)
{
    struct unicode_string target = ob_link_target(header);

    if (++lookup->reparses > REPARSE_LIMIT)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    ntstatus status = join(lookup, &target, path);
    if (!NT_SUCCESS(status))
        return status;
    lookup->directory = ob_root_directory;
    return ob_take_separator(path) ? STATUS_REPARSE : STATUS_OBJECT_PATH_SYNTAX_BAD;
}

/* Into the directory FOUND, if it is one and a name follows; a separator alone is a mistake. */
static ntstatus enter(struct ob_lookup *lookup, struct unicode_string *path)
{
    if (path->length == sizeof(*path->buffer))
        return STATUS_OBJECT_NAME_INVALID;
    if (!lookup->found)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    if (lookup->found->type != ob_directory_type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    ob_take_separator(path);
    lookup->directory = (struct object_directory *)lookup->found->body;
    return STATUS_REPARSE;
}

/* One component further. => STATUS_REPARSE: go on; STATUS_SUCCESS: this was the last. */
static ntstatus step(struct ob_lookup *lookup, struct unicode_string *path, bool ignore_case,
                     bool follow_last)
{
    switch (ob_next_component(path, &lookup->last)) {
    case OB_PATH_BAD:
        return STATUS_OBJECT_NAME_INVALID;
    case OB_PATH_END:
        lookup->found = ob_header(lookup->directory);
        return STATUS_SUCCESS;
    default:
        break;
    }
    lookup->found = ob_find_in_directory(lookup->directory, &lookup->last, ignore_case);
    if (lookup->found && lookup->found->type == ob_symbolic_link_type &&
        (path->length || follow_last))
        return follow(lookup, lookup->found, path);
    if (lookup->found && lookup->found->type->info.parse) {
        lookup->rest = *path;
        return STATUS_SUCCESS;
    }
    return path->length ? enter(lookup, path) : STATUS_SUCCESS;
}

ntstatus ob_look_up(struct object_directory *from, const struct unicode_string *name,
                    bool ignore_case, const struct object_type *type, struct ob_lookup *lookup)
{
    struct unicode_string path = *name;
    ntstatus status;

    *lookup = (struct ob_lookup){.directory = from ? from : ob_root_directory};
    if (ob_take_separator(&path) != !from)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    do
        status = step(lookup, &path, ignore_case, type != ob_symbolic_link_type);
    while (status == STATUS_REPARSE);
    return status;
}
