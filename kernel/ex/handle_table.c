/* Handle tables. A table grows by a page, and never shrinks. */
#include "kernel/ex/handle_table.h"
#include "lib/string.h"
#include "mm/low_resources.h"
#include "mm/pool.h"

#define TAG 'ltbO'

static inline struct handle_entry *entry_at(const struct handle_table *table, uint32_t index)
{
    return &table->pages[index / HANDLES_A_PAGE][index % HANDLES_A_PAGE];
}

/* => the entry in use of HANDLE, or NULL. */
static inline struct handle_entry *find(const struct handle_table *table, handle_t handle)
{
    uint32_t index = handle >> HANDLE_SHIFT;

    if (index == 0 || index >= table->next_unused)
        return NULL;
    struct handle_entry *entry = entry_at(table, index);
    return entry->object ? entry : NULL;
}

struct handle_table *ex_create_handle_table(void)
{
    struct handle_table *table = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*table), TAG);
    struct handle_entry **pages =
        ex_allocate_pool_with_tag(NONPAGED_POOL, HANDLE_PAGES * (uint32_t)sizeof(void *), TAG);

    if (!table || !pages) {
        if (table)
            ex_free_pool_with_tag(table, TAG);
        if (pages)
            ex_free_pool_with_tag(pages, TAG);
        return NULL;
    }
    *table = (struct handle_table){.pages = pages, .next_unused = 1};
    ex_initialize_push_lock(&table->lock, "handle table");
    return table;
}

static void delete_table(struct handle_table *table)
{
    for (uint32_t i = 0; i < table->page_count; i++)
        ex_free_pool_with_tag(table->pages[i], TAG);
    ex_free_pool_with_tag(table->pages, TAG);
    ex_delete_push_lock(&table->lock);
    ex_free_pool_with_tag(table, TAG);
}

void ex_destroy_handle_table(struct handle_table *table,
                             void (*close)(const struct handle_entry *entry, void *context),
                             void *context)
{
    for (uint32_t index = 1; index < table->next_unused; index++)
        if (entry_at(table, index)->object)
            close(entry_at(table, index), context);
    delete_table(table);
}

/* Make sure that the entry of INDEX exists. */
static bool grow(struct handle_table *table, uint32_t index)
{
    if (index / HANDLES_A_PAGE < table->page_count)
        return true;
    if (table->page_count == HANDLE_PAGES)
        return false;
    struct handle_entry *page = ex_allocate_pool_with_tag(
        NONPAGED_POOL, HANDLES_A_PAGE * (uint32_t)sizeof(struct handle_entry), TAG);
    if (!page)
        return false;
    memset(page, 0, HANDLES_A_PAGE * sizeof(struct handle_entry));
    table->pages[table->page_count++] = page;
    return true;
}

/* => the index of a free entry, taken; 0: there is none. */
static uint32_t take_free(struct handle_table *table)
{
    uint32_t index = table->first_free;

    if (index) {
        table->first_free = entry_at(table, index)->next_free;
        return index;
    }
    if (!grow(table, table->next_unused))
        return 0;
    return table->next_unused++;
}

handle_t ex_create_handle(struct handle_table *table, void *object, uint32_t access,
                          uint32_t attributes)
{
    if (mm_inject_resource_failure(MM_RESOURCE_HANDLES))
        return 0;
    ex_acquire_push_lock_exclusive(&table->lock);
    uint32_t index = take_free(table);
    if (index) {
        struct handle_entry *entry = entry_at(table, index);
        entry->object = object;
        entry->granted_access = (access & HANDLE_ACCESS_MASK) | attributes
                                                                    << HANDLE_ATTRIBUTE_SHIFT;
        table->handle_count++;
    }
    ex_release_push_lock_exclusive(&table->lock);
    return index << HANDLE_SHIFT;
}

const struct handle_entry *ex_map_handle_to_pointer(struct handle_table *table, handle_t handle)
{
    ex_acquire_push_lock_shared(&table->lock);
    const struct handle_entry *entry = find(table, handle);
    if (unlikely(!entry))
        ex_release_push_lock_shared(&table->lock);
    return entry;
}

void ex_unlock_handle_table(struct handle_table *table)
{
    ex_release_push_lock_shared(&table->lock);
}

static void put_free(struct handle_table *table, struct handle_entry *entry, uint32_t index)
{
    entry->object = NULL;
    entry->next_free = table->first_free;
    table->first_free = index;
    table->handle_count--;
}

ntstatus ex_destroy_handle(struct handle_table *table, handle_t handle, bool force,
                           struct handle_entry *was)
{
    ntstatus status = STATUS_SUCCESS;

    ex_acquire_push_lock_exclusive(&table->lock);
    struct handle_entry *entry = find(table, handle);
    if (!entry) {
        status = STATUS_INVALID_HANDLE;
    } else if (!force && (ex_handle_attributes(entry) & HANDLE_PROTECT_FROM_CLOSE)) {
        status = STATUS_HANDLE_NOT_CLOSABLE;
    } else {
        *was = *entry;
        put_free(table, entry, handle >> HANDLE_SHIFT);
    }
    ex_release_push_lock_exclusive(&table->lock);
    return status;
}

ntstatus ex_set_handle_attributes(struct handle_table *table, handle_t handle, uint32_t attributes)
{
    ex_acquire_push_lock_exclusive(&table->lock);
    struct handle_entry *entry = find(table, handle);
    if (entry)
        entry->granted_access = ex_handle_access(entry) | attributes << HANDLE_ATTRIBUTE_SHIFT;
    ex_release_push_lock_exclusive(&table->lock);
    return entry ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* What COPY does not inherit is free there: a list of it, the lowest first. */
static void link_free(struct handle_table *copy)
{
    copy->first_free = 0;
    for (uint32_t index = copy->next_unused - 1; index > 0; index--) {
        struct handle_entry *entry = entry_at(copy, index);
        if (entry->object)
            continue;
        entry->next_free = copy->first_free;
        copy->first_free = index;
    }
}

struct handle_table *
ex_dup_handle_table(struct handle_table *table, bool (*inherit)(const struct handle_entry *entry),
                    void (*undo)(const struct handle_entry *entry, void *context))
{
    struct handle_table *copy = ex_create_handle_table();
    bool complete = copy != NULL;

    if (!copy)
        return NULL;
    ex_acquire_push_lock_shared(&table->lock);
    for (uint32_t index = 1; index < table->next_unused && complete; index++) {
        const struct handle_entry *entry = entry_at(table, index);
        complete = grow(copy, index);
        if (!complete)
            break;
        copy->next_unused = index + 1;
        if (!entry->object || !inherit(entry))
            continue;
        *entry_at(copy, index) = *entry;
        copy->handle_count++;
    }
    ex_release_push_lock_shared(&table->lock);
    if (!complete) {
        ex_destroy_handle_table(copy, undo, NULL);
        return NULL;
    }
    link_free(copy);
    return copy;
}

void ex_enum_handle_table(const struct handle_table *table,
                          bool (*visit)(handle_t handle, const struct handle_entry *entry,
                                        void *context),
                          void *context)
{
    for (uint32_t index = 1; index < table->next_unused; index++) {
        const struct handle_entry *entry = entry_at(table, index);
        if (entry->object && !visit(index << HANDLE_SHIFT, entry, context))
            return;
    }
}
