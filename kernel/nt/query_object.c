/*
 * What can be asked of any object by a handle: a table of classes, each with a function that
 * answers into a buffer of pool, from where the caller gets it. A string in an answer follows it;
 * its address is that in the caller's buffer.
 */
#include "kernel/nt/common.h"
#include "lib/string.h"

#define TAG        'yuqO'
#define MOST_BYTES 0x20000u /* of an answer; longer ones are refused */

/* A question, and its answer so far. */
struct question {
    struct object_header *header;
    const struct handle_entry *entry;
    uintptr_t caller; /* where the answer goes */
    void *answer;     /* LENGTH bytes of zeros */
    uint32_t length;
    uint32_t needed; /* to be said: the bytes of the whole answer */
};

struct class
{
    uint32_t class;
    bool exact;     /* the length is to be LEAST */
    uint32_t least; /* length */
    ntstatus (*answer)(struct question *question);
};

static uint32_t name_bytes(const struct object_header *header)
{
    uint32_t bytes = ob_query_name((void *)(uintptr_t)header->body, NULL, 0);

    return bytes ? bytes + (uint32_t)sizeof(uint16_t) : 0; /* with a terminator */
}

static uint32_t type_bytes(const struct object_type *type)
{
    return (uint32_t)sizeof(struct object_type_information) +
           ROUND_UP(type->name.length + sizeof(uint16_t), 4);
}

static ntstatus answer_basic(struct question *question)
{
    const struct object_header *header = question->header;
    uint32_t name = name_bytes(header);

    question->needed = sizeof(struct object_basic_information);
    *(struct object_basic_information *)question->answer = (struct object_basic_information){
        .attributes = ex_handle_attributes(question->entry) | header->flags,
        .granted_access = ex_handle_access(question->entry),
        .handle_count = header->handle_count,
        .pointer_count = header->pointer_count,
        .nonpaged_pool_charge =
            (uint32_t)sizeof(struct object_header) + header->type->info.body_bytes,
        .name_information_length = name ? (uint32_t)sizeof(struct unicode_string) + name : 0,
        .type_information_length = type_bytes(header->type),
    };
    return STATUS_SUCCESS;
}

/* STRING, in the answer, has LENGTH bytes of text at OFFSET of it. */
static void put_string(const struct question *question, struct unicode_string *string,
                       uint32_t offset, uint32_t length)
{
    *string = (struct unicode_string){
        .length = (uint16_t)length,
        .maximum_length = (uint16_t)(length + sizeof(uint16_t)),
        .buffer = (const uint16_t *)(question->caller + offset),
    };
}

static ntstatus answer_name(struct question *question)
{
    const uint32_t offset = sizeof(struct unicode_string), terminator = sizeof(uint16_t);
    uint32_t bytes = name_bytes(question->header);

    question->needed = offset + bytes;
    if (!bytes)
        return STATUS_SUCCESS; /* it has none: a string of zeros */
    if (bytes > UINT16_MAX)
        return STATUS_NAME_TOO_LONG;
    if (question->needed > question->length)
        return STATUS_BUFFER_OVERFLOW;
    bytes = ob_query_name(question->header->body, (uint16_t *)((char *)question->answer + offset),
                          bytes - terminator);
    put_string(question, question->answer, offset, bytes);
    return STATUS_SUCCESS;
}

static ntstatus answer_type(struct question *question)
{
    const struct object_type *type = question->header->type;
    struct object_type_information *answer = question->answer;

    question->needed = type_bytes(type);
    if (question->needed > question->length)
        return STATUS_INFO_LENGTH_MISMATCH;
    answer->total_objects = type->total_objects;
    answer->total_handles = type->total_handles;
    answer->invalid_attributes = ~OBJ_VALID_ATTRIBUTES & 0xFFFF;
    answer->mapping = type->info.mapping;
    answer->valid_access = type->info.valid_access;
    answer->pool = type->info.pool;
    answer->nonpaged_pool_charge = type->info.body_bytes;
    put_string(question, &answer->name, sizeof(*answer), type->name.length);
    memcpy(answer + 1, type->name.buffer, type->name.length);
    return STATUS_SUCCESS;
}

static ntstatus answer_handle(struct question *question)
{
    uint32_t attributes = ex_handle_attributes(question->entry);

    question->needed = sizeof(struct object_handle_flag_information);
    *(struct object_handle_flag_information *)question->answer =
        (struct object_handle_flag_information){
            .inherit = (attributes & HANDLE_INHERIT) != 0,
            .protect_from_close = (attributes & HANDLE_PROTECT_FROM_CLOSE) != 0,
        };
    return STATUS_SUCCESS;
}

static const struct class classes[] = {
    {OBJECT_BASIC_INFORMATION, true, sizeof(struct object_basic_information), answer_basic},
    {OBJECT_NAME_INFORMATION, false, sizeof(struct unicode_string), answer_name},
    {OBJECT_TYPE_INFORMATION, false, sizeof(struct object_type_information), answer_type},
    {OBJECT_HANDLE_FLAG_INFORMATION, true, sizeof(struct object_handle_flag_information),
     answer_handle},
};

static const struct class *find_class(uint32_t number)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(classes); i++)
        if (classes[i].class == number)
            return &classes[i];
    return NULL;
}

/* An answer that does not fit is made nevertheless, into a buffer that holds its beginning: the
 * caller learns how long it is. */
static ntstatus ask(const struct class *class, struct question *question)
{
    bool fits = class->exact ? question->length == class->least : question->length >= class->least;
    uint32_t bytes = question->length < class->least ? class->least : question->length;

    question->answer = ex_allocate_pool_with_tag(PAGED_POOL, bytes, TAG);
    if (!question->answer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(question->answer, 0, bytes);
    ntstatus status = class->answer(question);
    if (!fits)
        status = STATUS_INFO_LENGTH_MISMATCH;
    if (status == STATUS_SUCCESS)
        status = rtl_copy_to_user((void *)question->caller, question->answer, question->needed);
    ex_free_pool_with_tag(question->answer, TAG);
    return status;
}

ntstatus nt_query_object(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                         uint32_t *returned)
{
    const struct class *class = find_class(information_class);
    struct handle_entry entry;
    void *object;

    if (!class)
        return STATUS_INVALID_INFO_CLASS;
    ntstatus status = nt_reference_object(handle, 0, NULL, &object, &entry);
    if (!NT_SUCCESS(status))
        return status;
    struct question question = {.header = ob_header(object),
                                .entry = &entry,
                                .caller = (uintptr_t)buffer,
                                .length = length < MOST_BYTES ? length : MOST_BYTES};
    status = ask(class, &question);
    ob_dereference_object(object);
    if (!returned || !question.needed)
        return status;
    ntstatus written = rtl_copy_to_user(returned, &question.needed, sizeof(question.needed));
    return NT_SUCCESS(written) ? status : written;
}

ntstatus nt_set_information_object(handle_t handle, uint32_t information_class, const void *buffer,
                                   uint32_t length)
{
    struct object_handle_flag_information flags;

    if (information_class != OBJECT_HANDLE_FLAG_INFORMATION)
        return STATUS_INVALID_INFO_CLASS;
    if (length != sizeof(flags))
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = rtl_copy_from_user(&flags, buffer, sizeof(flags));
    if (!NT_SUCCESS(status))
        return status;
    return ob_set_handle_attributes(handle,
                                    (flags.inherit ? HANDLE_INHERIT : 0) |
                                        (flags.protect_from_close ? HANDLE_PROTECT_FROM_CLOSE : 0),
                                    ke_get_previous_mode());
}
