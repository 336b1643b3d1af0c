/*
 * Arguments that are structures with pointers in them, copied from the caller: what is used is what
 * was checked, whatever the program does to its memory meanwhile.
 */
#pragma once

#include "kernel/nt/user_memory.h"
#include "kernel/ob/ob.h"

/* OBJECT_ATTRIBUTES, as programs have it. */
struct nt_object_attributes {
    uint32_t length; /* of this structure */
    handle_t root_directory;
    const struct unicode_string *object_name; /* NULL: none */
    uint32_t attributes;
    const void *security_descriptor, *security_quality_of_service; /* not looked at */
};

struct nt_captured_attributes {
    struct object_attributes attributes; /* its name is the next field, or NULL */
    struct unicode_string name;          /* its text in paged pool */
};

/* Copy the string at FROM, its text into paged pool. Fails with STATUS_OBJECT_NAME_INVALID (an odd
 * length), STATUS_INSUFFICIENT_RESOURCES, or as the copying does; then nothing is to be released.
 * PASSIVE_LEVEL. */
ntstatus nt_capture_unicode_string(const struct unicode_string *from, struct unicode_string *to);
void nt_release_unicode_string(struct unicode_string *string);

/* Copy the attributes at FROM, and the name they lead to. A user-mode caller gets no handles of the
 * kernel's by them. Fails with STATUS_INVALID_PARAMETER, STATUS_INVALID_HANDLE, or as above. */
ntstatus nt_capture_object_attributes(const struct nt_object_attributes *from,
                                      struct nt_captured_attributes *to);
/* The same where there need be none: a FROM of NULL stands for no name and no attributes. */
ntstatus nt_capture_optional_attributes(const struct nt_object_attributes *from,
                                        struct nt_captured_attributes *to);
void nt_release_object_attributes(struct nt_captured_attributes *captured);
