/* Handles: a look-up among 10 and among 100,000. The floor is a bounds check and two loads. */
#include "kernel/ex/objects.h"
#include "tests/bench/bench.h"

static struct handle_table *table;
static handle_t wanted;

static void look_up(void *context)
{
    void *object;

    (void)context;
    if (NT_SUCCESS(
            ob_reference_object_by_handle(wanted, 0, ex_event_type, KERNEL_MODE, &object, NULL)))
        ob_dereference_object(object);
}

static struct handle_table *bench_table(void)
{
    return table;
}

/* COUNT handles of OBJECT; the one in the middle is looked up. */
static void measure(struct bench *bench, void *object, uint32_t count, const char *name)
{
    struct handle_table *(*before)(void) = ob_current_handle_table;
    uint32_t list[2] = {0, 0};
    void *last = list, *first = &last;

    table = ob_create_process_table(NULL);
    bench_expect(bench, table);
    if (!table)
        return;
    ob_current_handle_table = bench_table;
    for (uint32_t i = 1; i <= count; i++) {
        handle_t handle = 0;
        ob_open_object_by_pointer(object, 0, 1, NULL, KERNEL_MODE, &handle);
        if (i == count / 2)
            wanted = handle;
    }
    bench_expect(bench, table->handle_count == count);
    bench_begin(name);
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, look_up, NULL);
        bench_measure(BENCH_FLOOR, bench_pop_and_push, &first);
    }
    bench_end(bench, 1);
    ob_current_handle_table = before;
    ob_kill_process_table(table);
}

BENCH(handle, look_up)
{
    handle_t event;
    void *object;

    bench_expect(bench, NT_SUCCESS(ex_create_event(NULL, GENERIC_ALL, KERNEL_MODE,
                                                   EVENT_NOTIFICATION_OBJECT, false, &event)));
    if (bench->failed)
        return;
    ob_reference_object_by_handle(event, 0, NULL, KERNEL_MODE, &object, NULL);
    measure(bench, object, 10, "10");
    measure(bench, object, 100000, "100000");
    ob_dereference_object(object);
    ob_close_handle(event, KERNEL_MODE);
}
