/* Leak check: what the memory manager has given out is counted before and after a test. */
#include "tests/kernel/leaks.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "lib/format.h"
#include "mm/mi.h"
#include "mm/mm.h"

/* Where the next type's counts go. */
static struct ktest_type_count *next_type, *types_end;

static void count_type(struct object_header *header)
{
    struct object_type *type = (struct object_type *)header->body;

    if (next_type < types_end)
        *next_type++ = (struct ktest_type_count){type, type->total_objects, type->total_handles};
}

/* \\ObjectTypes has them all. */
static void count_objects(struct ktest_resources *now)
{
    struct unicode_string name;
    struct object_attributes attributes = {.name = &name};
    void *directory;

    rtl_init_unicode_string(&name, u"\\ObjectTypes");
    if (!NT_SUCCESS(ob_reference_object_by_name(&attributes, ob_directory_type, &directory)))
        return;
    next_type = now->types;
    types_end = now->types + KTEST_TYPES;
    ob_visit_directory(directory, count_type);
    ob_dereference_object(directory);
}

void ktest_take_down(struct ktest_resources *now)
{
    struct mm_counters counters;
    struct pool_usage usage;

    *now = (struct ktest_resources){0};
    if (ke_get_current_irql() == PASSIVE_LEVEL) {
        ob_reap_deferred_deletions();
        count_objects(now);
    }
    ob_query_counters(&now->objects);
    mm_trim_nonpaged_pool();
    mm_query_counters(&counters);
    now->frames = counters.available_pages + counters.system_page_tables;
    now->commitment = counters.committed_pages - counters.system_page_tables;
    now->system_ptes = counters.free_system_ptes;
    now->irql = ke_get_current_irql();
    now->hyper_space = mi_hyper_space_depth;
    for (uint32_t i = 0; i < POOL_TYPES; i++) {
        mm_query_pool(i, &usage);
        now->blocks[i] = usage.blocks;
        now->bytes[i] = usage.bytes;
        /* A pool may keep a page that it cut into blocks. */
        now->frames += i == NONPAGED_POOL ? usage.pages : 0;
        now->commitment -= usage.pages;
    }
}

static uint32_t differs(const char *what, uint32_t before, uint32_t after)
{
    if (before == after)
        return 0;
    dbg_print("# leak: %s: %u before, %u after\n", what, before, after);
    return 1;
}

static const struct ktest_type_count *find_type(const struct ktest_resources *in,
                                                const struct object_type *type)
{
    static const struct ktest_type_count none;

    for (uint32_t i = 0; i < KTEST_TYPES; i++)
        if (in->types[i].type == type)
            return &in->types[i];
    return &none;
}

/* A type that came meanwhile is itself an object. At a raised IRQL the types were not counted. */
static uint32_t report_objects(const struct ktest_resources *before,
                               const struct ktest_resources *after)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < KTEST_TYPES && before->types[i].type && after->types[0].type; i++) {
        const struct ktest_type_count *was = &before->types[i], *is = find_type(after, was->type);
        char name[24], what[40];
        if (was->objects == is->objects && was->handles == is->handles)
            continue;
        rtl_unicode_to_ascii(&was->type->name, name, sizeof(name));
        snformat(what, sizeof(what), "objects, %s", name);
        found += differs(what, was->objects, is->objects);
        snformat(what, sizeof(what), "handles, %s", name);
        found += differs(what, was->handles, is->handles);
    }
    return found;
}

uint32_t ktest_report_leaks(const struct ktest_resources *before,
                            const struct ktest_resources *after)
{
    uint32_t found = differs("frames", before->frames, after->frames) +
                     differs("commit charge", before->commitment, after->commitment) +
                     differs("free system PTEs", before->system_ptes, after->system_ptes) +
                     differs("objects", before->objects.objects, after->objects.objects) +
                     differs("handles", before->objects.handles, after->objects.handles) +
                     report_objects(before, after) + differs("IRQL", before->irql, after->irql) +
                     differs("hyperspace slots", before->hyper_space, after->hyper_space);

    for (uint32_t i = 0; i < POOL_TYPES; i++) {
        found += differs("pool blocks", before->blocks[i], after->blocks[i]);
        found += differs("pool bytes", before->bytes[i], after->bytes[i]);
    }
    return found;
}
