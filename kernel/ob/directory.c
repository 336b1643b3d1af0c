/*
 * Directories: names in hashed buckets. All names are hashed without regard to case, so that a
 * look-up of either kind finds its bucket.
 */
#include "kernel/ob/ob_internal.h"
#include "kernel/ke/bugcheck.h"
#include "lib/string.h"

struct object_type *ob_directory_type;
struct object_directory *ob_root_directory;
struct ex_push_lock ob_name_lock;

static struct list_entry *bucket_of(struct object_directory *directory,
                                    const struct unicode_string *name)
{
    return &directory->buckets[rtl_hash_unicode_string(name, true) % DIRECTORY_BUCKETS];
}

struct object_name *ob_make_name(const struct unicode_string *text)
{
    struct object_name *name = ex_allocate_pool_with_tag(
        NONPAGED_POOL, (uint32_t)sizeof(*name) + text->length + (uint32_t)sizeof(uint16_t), OB_TAG);

    if (!name)
        return NULL;
    uint16_t *copy = (uint16_t *)(name + 1);
    memcpy(copy, text->buffer, text->length);
    *name = (struct object_name){
        .name = {.length = text->length, .maximum_length = text->length, .buffer = copy}};
    return name;
}

struct object_header *ob_find_in_directory(struct object_directory *directory,
                                           const struct unicode_string *wanted, bool ignore_case)
{
    struct list_entry *head = bucket_of(directory, wanted);

    for (struct list_entry *at = head->flink; at != head; at = at->flink) {
        struct object_name *name = CONTAINER_OF(at, struct object_name, links);
        if (rtl_equal_unicode_string(&name->name, wanted, ignore_case))
            return name->owner;
    }
    return NULL;
}

void ob_insert_in_directory(struct object_directory *directory, struct object_header *header)
{
    header->name->directory = directory;
    header->name->owner = header;
    insert_tail_list(bucket_of(directory, &header->name->name), &header->name->links);
    ob_reference_object(header->body); /* the name's */
    ob_reference_object(directory);    /* a directory stays while it has entries */
}

struct object_directory *ob_remove_from_directory(struct object_header *header)
{
    struct object_directory *directory = header->name->directory;

    remove_entry_list(&header->name->links);
    header->name->directory = NULL;
    return directory;
}

void ob_visit_directory(const struct object_directory *directory,
                        void (*visit)(struct object_header *header))
{
    for (uint32_t i = 0; i < DIRECTORY_BUCKETS; i++) {
        const struct list_entry *head = &directory->buckets[i];
        for (const struct list_entry *at = head->flink; at != head; at = at->flink)
            visit(CONTAINER_OF(at, struct object_name, links)->owner);
    }
}

static ntstatus new_directory(struct object_directory **directory)
{
    void *object;
    ntstatus status = ob_create_object(ob_directory_type, &object);

    if (!NT_SUCCESS(status))
        return status;
    *directory = object;
    for (uint32_t i = 0; i < DIRECTORY_BUCKETS; i++)
        initialize_list_head(&(*directory)->buckets[i]);
    return STATUS_SUCCESS;
}

ntstatus ob_create_directory_object(const struct object_attributes *attributes, uint32_t access,
                                    enum kprocessor_mode mode, handle_t *handle)
{
    struct object_directory *directory;
    ntstatus status = new_directory(&directory);

    if (!NT_SUCCESS(status))
        return status;
    return ob_insert_object(directory, attributes, access, mode, handle);
}

ntstatus ob_create_directory(const struct object_attributes *attributes, handle_t *handle)
{
    return ob_create_directory_object(attributes, GENERIC_ALL, KERNEL_MODE, handle);
}

uint32_t ob_query_name_string(void *object, char *text, uint32_t size)
{
    const struct object_header *path[16], *header = ob_header(object);
    uint32_t depth = 0, length = 0;

    if (!size)
        return 0;
    text[0] = '\0';
    if (object == ob_root_directory)
        return (uint32_t)strlcpy(text, "\\", size);
    while (header->name && header->name->directory && depth < ARRAY_SIZE(path)) {
        path[depth++] = header;
        if (header->name->directory == ob_root_directory)
            break;
        header = ob_header(header->name->directory);
    }
    while (depth-- && length + 2 < size) {
        text[length++] = '\\';
        length +=
            (uint32_t)rtl_unicode_to_ascii(&path[depth]->name->name, text + length, size - length);
    }
    return length;
}

static void make_permanent(const uint16_t *name)
{
    struct unicode_string path;
    struct object_attributes attributes = {.name = &path, .attributes = OBJ_PERMANENT};

    rtl_init_unicode_string(&path, name);
    if (!NT_SUCCESS(ob_create_directory(&attributes, NULL)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 2, 0, 0, 0);
}

void ob_init_directories(void)
{
    static const struct object_type_initializer info = {
        .mapping = {0x20003, 0x2000C, 0x20003, STANDARD_RIGHTS_REQUIRED | 0xF},
        .valid_access = STANDARD_RIGHTS_REQUIRED | 0xF,
        .body_bytes = sizeof(struct object_directory),
        .pool = NONPAGED_POOL,
    };

    ex_initialize_push_lock(&ob_name_lock, "object names");
    if (!NT_SUCCESS(ob_create_object_type(u"Directory", &info, &ob_directory_type)) ||
        !NT_SUCCESS(new_directory(&ob_root_directory)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 2, 1, 0, 0);
    make_permanent(u"\\ObjectTypes");
    make_permanent(u"\\BaseNamedObjects");
    /* These two were there before the place where types have their names. */
    if (!NT_SUCCESS(ob_publish_type(ob_type_type)) ||
        !NT_SUCCESS(ob_publish_type(ob_directory_type)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 2, 2, 0, 0);
}
