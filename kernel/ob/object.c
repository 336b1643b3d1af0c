/*
 * The life of an object: made with one reference, deleted by the last. Deletion may wait, so at a
 * raised level it is left to a system worker thread.
 */
#include "kernel/ob/ob_internal.h"
#include "kernel/ke/bugcheck.h"
#include "lib/atomic.h"
#include "lib/string.h"

static struct object_header *volatile to_delete; /* changed by compare and exchange */
struct ob_counters ob_totals;
void (*ob_request_reap)(void);

ntstatus ob_create_object(struct object_type *type, void **object)
{
    ke_assert_irql_at_most(APC_LEVEL);
    uint32_t bytes = (uint32_t)sizeof(struct object_header) + type->info.body_bytes;
    struct object_header *header = ex_allocate_pool_with_tag(type->info.pool, bytes, OB_TAG);

    if (!header)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(header, 0, bytes);
    header->pointer_count = 1;
    header->type = type;
    interlocked_increment(&type->total_objects);
    interlocked_increment(&ob_totals.objects);
    *object = header->body;
    return STATUS_SUCCESS;
}

static void delete_object(struct object_header *header)
{
    if (header->type->info.delete)
        header->type->info.delete(header->body);
    if (header->name)
        ex_free_pool_with_tag(header->name, OB_TAG);
    interlocked_decrement(&header->type->total_objects);
    interlocked_decrement(&ob_totals.objects);
    ex_free_pool_with_tag(header, OB_TAG);
}

static NORETURN void bad_count(const struct object_header *header)
{
    ke_bug_check_ex(REFERENCE_BY_POINTER, (uintptr_t)header->type, (uintptr_t)header->body, 2,
                    header->pointer_count);
}

void ob_reference_object(void *object)
{
    struct object_header *header = ob_header(object);

    if (unlikely((int32_t)interlocked_increment(&header->pointer_count) <= 1))
        bad_count(header);
}

void ob_reap_deferred_deletions(void)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    struct object_header *header =
        (struct object_header *)interlocked_exchange((volatile uint32_t *)&to_delete, 0);

    while (header) {
        struct object_header *next = header->next_to_delete;
        delete_object(header);
        header = next;
    }
    ob_reap_process_tables();
}

static void defer_deletion(struct object_header *header)
{
    uint32_t first;

    do {
        first = (uint32_t)to_delete;
        header->next_to_delete = (struct object_header *)first;
    } while (interlocked_compare_exchange((volatile uint32_t *)&to_delete, (uint32_t)header,
                                          first) != first);
    if (!first)
        ob_request_reap();
}

void ob_dereference_object(void *object)
{
    struct object_header *header = ob_header(object);
    int32_t left = (int32_t)interlocked_decrement(&header->pointer_count);

    if (unlikely(left < 0))
        bad_count(header);
    if (left)
        return;
    if (ke_get_current_irql() > PASSIVE_LEVEL)
        defer_deletion(header);
    else
        delete_object(header);
}

ntstatus ob_reference_object_by_pointer(void *object, const struct object_type *type)
{
    if (type && ob_header(object)->type != type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    ob_reference_object(object);
    return STATUS_SUCCESS;
}

/* ---- handle counts ----------------------------------------------------------------------------
 */

ntstatus ob_increment_handle_count(struct object_header *header, uint32_t access)
{
    /* Not even for a moment more than there are: the last one's end would not be known as such. */
    if (!(header->flags & OBJ_EXCLUSIVE))
        interlocked_increment(&header->handle_count);
    else if (interlocked_compare_exchange(&header->handle_count, 1, 0))
        return STATUS_ACCESS_DENIED;
    interlocked_increment(&header->type->total_handles);
    interlocked_increment(&ob_totals.handles);
    if (header->type->info.open)
        header->type->info.open(header->body, access);
    return STATUS_SUCCESS;
}

/* Take the name of HEADER, which has no handle and is not permanent, out of its directory. => the
 * directory, or NULL. The name lock is held. */
static struct object_directory *drop_name(struct object_header *header)
{
    if (header->handle_count || (header->flags & OBJ_PERMANENT) || !header->name ||
        !header->name->directory)
        return NULL;
    return ob_remove_from_directory(header);
}

/* What the name had referenced. */
static void forget_name(struct object_header *header, struct object_directory *directory)
{
    if (!directory)
        return;
    ob_dereference_object(directory);
    ob_dereference_object(header->body);
}

/* Whose last handle goes is not found by its name any more when it hears of that. */
void ob_decrement_handle_count(struct object_header *header, uint32_t access)
{
    struct object_directory *directory = NULL;
    uint32_t left;

    if (header->name) {
        ex_acquire_push_lock_exclusive(&ob_name_lock);
        left = interlocked_decrement(&header->handle_count);
        directory = drop_name(header);
        ex_release_push_lock_exclusive(&ob_name_lock);
    } else {
        left = interlocked_decrement(&header->handle_count);
    }
    interlocked_decrement(&header->type->total_handles);
    interlocked_decrement(&ob_totals.handles);
    if (header->type->info.close)
        header->type->info.close(header->body, access, left == 0);
    forget_name(header, directory);
}

void ob_make_temporary_object(void *object)
{
    struct object_header *header = ob_header(object);

    ex_acquire_push_lock_exclusive(&ob_name_lock);
    header->flags &= ~OBJ_PERMANENT;
    struct object_directory *directory = drop_name(header);
    ex_release_push_lock_exclusive(&ob_name_lock);
    forget_name(header, directory);
}
