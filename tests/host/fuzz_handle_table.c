// Random operations on a handle table, beside a plain array that says what must be there.
// sources: kernel/ex/handle_table.c tests/host/pool_stub.c
#include <stdlib.h>
#include <string.h>
#include "kernel/ex/handle_table.h"
#include "tests/host/pool_stub.h"

#define HANDLES 2048u

static struct {
    uint32_t object, access, attributes; /* object 0: free */
} model[HANDLES];
static uint32_t in_use;
static char objects[256];

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check(struct handle_table *table, handle_t handle)
{
    uint32_t index = handle >> HANDLE_SHIFT;
    const struct handle_entry *entry = ex_map_handle_to_pointer(table, handle);
    bool used = index < HANDLES && model[index].object;

    expect((entry != NULL) == used);
    if (!entry)
        return;
    expect(entry->object == &objects[model[index].object]);
    expect(ex_handle_access(entry) == model[index].access);
    expect(ex_handle_attributes(entry) == model[index].attributes);
    ex_unlock_handle_table(table);
}

static void create(struct handle_table *table, uint32_t a, uint32_t b)
{
    if (in_use == HANDLES - 1)
        return;
    handle_t handle = ex_create_handle(table, &objects[1 + a % 255], b, a % 4);
    uint32_t index = handle >> HANDLE_SHIFT;

    expect(handle && !(handle & 3) && index < HANDLES && !model[index].object);
    model[index].object = 1 + a % 255;
    model[index].access = b & HANDLE_ACCESS_MASK;
    model[index].attributes = a % 4;
    in_use++;
}

static void destroy(struct handle_table *table, handle_t handle, bool force)
{
    uint32_t index = handle >> HANDLE_SHIFT;
    struct handle_entry was;
    ntstatus status = ex_destroy_handle(table, handle, force, &was);

    if (index >= HANDLES || !model[index].object) {
        expect(status == STATUS_INVALID_HANDLE);
    } else if (!force && (model[index].attributes & HANDLE_PROTECT_FROM_CLOSE)) {
        expect(status == STATUS_HANDLE_NOT_CLOSABLE);
    } else {
        expect(status == STATUS_SUCCESS && was.object == &objects[model[index].object]);
        model[index].object = 0;
        in_use--;
    }
}

static void set(struct handle_table *table, handle_t handle, uint32_t attributes)
{
    uint32_t index = handle >> HANDLE_SHIFT;
    bool used = index < HANDLES && model[index].object;

    expect(NT_SUCCESS(ex_set_handle_attributes(table, handle, attributes)) == used);
    if (used)
        model[index].attributes = attributes;
}

static bool inherit(const struct handle_entry *entry)
{
    return ex_handle_attributes(entry) & HANDLE_INHERIT;
}

static void close_one(const struct handle_entry *entry, void *context)
{
    expect(entry->object);
    ++*(uint32_t *)context;
}

/* The process goes on in a copy: what is not inherited is gone. */
static struct handle_table *go_on_in_a_copy(struct handle_table *table)
{
    uint32_t closed = 0;
    struct handle_table *copy = ex_dup_handle_table(table, inherit, close_one);

    expect(copy);
    ex_destroy_handle_table(table, close_one, &closed);
    expect(closed == in_use);
    for (uint32_t i = 0; i < HANDLES; i++) {
        if (!model[i].object || (model[i].attributes & HANDLE_INHERIT))
            continue;
        model[i].object = 0;
        in_use--;
    }
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct handle_table *table = ex_create_handle_table();
    uint32_t closed = 0;

    memset(model, 0, sizeof(model));
    in_use = 0;
    for (size_t i = 0; i + 4 <= size; i += 4) {
        uint32_t a = data[i + 1], b = data[i + 2] | (uint32_t)data[i + 3] << 8;
        switch (data[i] % 8) {
        case 0:
        case 1:
            create(table, a, b * 65521u);
            break;
        case 2:
            for (uint32_t n = 0; n < a; n++)
                create(table, a + n, b + n);
            break;
        case 3:
        case 4:
            destroy(table, b, a & 1);
            break;
        case 5:
            set(table, b, a % 4);
            break;
        case 6:
            check(table, b);
            break;
        default:
            if (a > 240)
                table = go_on_in_a_copy(table);
        }
        expect(table->handle_count == in_use);
    }
    for (uint32_t i = 0; i < HANDLES; i++)
        check(table, i << HANDLE_SHIFT);
    ex_destroy_handle_table(table, close_one, &closed);
    expect(closed == in_use && pool_blocks == 0);
    return 0;
}
