// The handle table.
// sources: kernel/ex/handle_table.c tests/host/pool_stub.c
#include "tests/host/host_test.h"
#include "kernel/ex/handle_table.h"
#include "tests/host/pool_stub.h"

static int things[8];

static struct handle_table *new_table(void)
{
    struct handle_table *table = ex_create_handle_table();

    assert_non_null(table);
    return table;
}

static void count_close(const struct handle_entry *entry, void *context)
{
    assert_non_null(entry->object);
    ++*(int *)context;
}

static void end_table(struct handle_table *table, int left)
{
    int closed = 0;

    ex_destroy_handle_table(table, count_close, &closed);
    assert_int_equal(closed, left);
    assert_int_equal(pool_blocks, 0);
}

static void numbers_are_multiples_of_four_and_never_0(void **state)
{
    struct handle_table *table = new_table();

    (void)state;
    for (uint32_t i = 1; i <= 1200; i++)
        assert_int_equal(ex_create_handle(table, &things[0], i, 0), 4 * i);
    assert_null(ex_map_handle_to_pointer(table, 0));
    assert_null(ex_map_handle_to_pointer(table, 3));
    assert_null(ex_map_handle_to_pointer(table, 4 * 1201));
    assert_null(ex_map_handle_to_pointer(table, 0xFFFFFFFF));
    const struct handle_entry *entry = ex_map_handle_to_pointer(table, 4 * 700 + 2);
    assert_non_null(entry);
    assert_int_equal(ex_handle_access(entry), 700);
    ex_unlock_handle_table(table);
    end_table(table, 1200);
}

static void closed_last_comes_first(void **state)
{
    struct handle_table *table = new_table();
    struct handle_entry was;

    (void)state;
    for (int i = 0; i < 5; i++)
        ex_create_handle(table, &things[i], 0, 0);
    assert_int_equal(ex_destroy_handle(table, 8, false, &was), STATUS_SUCCESS);
    assert_ptr_equal(was.object, &things[1]);
    assert_int_equal(ex_destroy_handle(table, 16, false, &was), STATUS_SUCCESS);
    assert_int_equal(ex_destroy_handle(table, 16, false, &was), STATUS_INVALID_HANDLE);
    assert_int_equal(ex_create_handle(table, &things[5], 0, 0), 16);
    assert_int_equal(ex_create_handle(table, &things[6], 0, 0), 8);
    assert_int_equal(ex_create_handle(table, &things[7], 0, 0), 24);
    end_table(table, 6);
}

static void protected_handles_stay(void **state)
{
    struct handle_table *table = new_table();
    struct handle_entry was;
    handle_t handle = ex_create_handle(table, things, 0x3FFFFFFF, HANDLE_PROTECT_FROM_CLOSE);

    (void)state;
    assert_int_equal(ex_destroy_handle(table, handle, false, &was), STATUS_HANDLE_NOT_CLOSABLE);
    assert_int_equal(ex_set_handle_attributes(table, handle, HANDLE_INHERIT), STATUS_SUCCESS);
    const struct handle_entry *entry = ex_map_handle_to_pointer(table, handle);
    assert_int_equal(ex_handle_access(entry), 0x3FFFFFFF);
    assert_int_equal(ex_handle_attributes(entry), HANDLE_INHERIT);
    ex_unlock_handle_table(table);
    ex_set_handle_attributes(table, handle, HANDLE_PROTECT_FROM_CLOSE);
    assert_int_equal(ex_destroy_handle(table, handle, true, &was), STATUS_SUCCESS);
    assert_int_equal(ex_set_handle_attributes(table, handle, 0), STATUS_INVALID_HANDLE);
    end_table(table, 0);
}

static void a_table_without_memory_is_as_it_was(void **state)
{
    struct handle_table *table = new_table();

    (void)state;
    for (uint32_t i = 1; i < HANDLES_A_PAGE; i++)
        assert_int_not_equal(ex_create_handle(table, things, 0, 0), 0);
    pool_fail_after = 0;
    assert_int_equal(ex_create_handle(table, things, 0, 0), 0);
    assert_null(ex_create_handle_table());
    assert_int_equal(table->handle_count, HANDLES_A_PAGE - 1);
    pool_fail_after = UINT32_MAX;
    assert_int_equal(ex_create_handle(table, things, 0, 0), HANDLES_A_PAGE * 4);
    end_table(table, HANDLES_A_PAGE);
}

static void a_full_table_says_so(void **state)
{
    struct handle_table *table = new_table();
    struct handle_entry was;

    (void)state;
    for (uint32_t i = 1; i <= MAXIMUM_HANDLES; i++)
        if (ex_create_handle(table, things, 0, 0) != 4 * i)
            fail();
    assert_int_equal(ex_create_handle(table, things, 0, 0), 0);
    ex_destroy_handle(table, 400, false, &was);
    assert_int_equal(ex_create_handle(table, things, 0, 0), 400);
    end_table(table, (int)MAXIMUM_HANDLES);
}

static int inherited;

static bool inherit(const struct handle_entry *entry)
{
    bool wanted = ex_handle_attributes(entry) & HANDLE_INHERIT;

    inherited += wanted;
    return wanted;
}

static void undo(const struct handle_entry *entry, void *context)
{
    (void)entry, (void)context;
    inherited--;
}

static void copies_hold_what_is_inherited(void **state)
{
    struct handle_table *table = new_table(), *copy;

    (void)state;
    inherited = 0;
    for (uint32_t i = 1; i <= 1100; i++)
        ex_create_handle(table, things, i, i % 10 ? 0 : HANDLE_INHERIT);
    copy = ex_dup_handle_table(table, inherit, undo);
    assert_non_null(copy);
    assert_int_equal(copy->handle_count, 110);
    assert_int_equal(inherited, 110);
    assert_null(ex_map_handle_to_pointer(copy, 4 * 9));
    assert_int_equal(ex_handle_access(ex_map_handle_to_pointer(copy, 4 * 1100)), 1100);
    ex_unlock_handle_table(copy);
    for (uint32_t i = 1; i <= 1100; i++) /* the gaps, the lowest first */
        if (i % 10)
            assert_int_equal(ex_create_handle(copy, things, 0, 0), 4 * i);
    assert_int_equal(ex_create_handle(copy, things, 0, 0), 4 * 1101);
    int closed = 0;
    ex_destroy_handle_table(copy, count_close, &closed);
    assert_int_equal(closed, 1101);
    for (uint32_t blocks = 0; blocks < 5; blocks++) { /* two for a table, three for its pages */
        inherited = 0;
        pool_fail_after = blocks;
        assert_null(ex_dup_handle_table(table, inherit, undo));
        assert_int_equal(inherited, 0);
    }
    pool_fail_after = UINT32_MAX;
    end_table(table, 1100);
}

static bool visit_three(handle_t handle, const struct handle_entry *entry, void *context)
{
    uint32_t *seen = context;

    assert_non_null(entry->object);
    seen[++seen[0]] = handle;
    return seen[0] < 3;
}

static void visits_in_order_until_told_to_stop(void **state)
{
    struct handle_table *table = new_table();
    struct handle_entry was;
    uint32_t seen[8] = {0};

    (void)state;
    for (int i = 0; i < 6; i++)
        ex_create_handle(table, things, 0, 0);
    ex_destroy_handle(table, 8, false, &was);
    ex_enum_handle_table(table, visit_three, seen);
    assert_int_equal(seen[0], 3);
    assert_int_equal(seen[1], 4);
    assert_int_equal(seen[2], 12);
    assert_int_equal(seen[3], 16);
    end_table(table, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_multiples_of_four_and_never_0),
        cmocka_unit_test(closed_last_comes_first),
        cmocka_unit_test(protected_handles_stay),
        cmocka_unit_test(a_table_without_memory_is_as_it_was),
        cmocka_unit_test(a_full_table_says_so),
        cmocka_unit_test(copies_hold_what_is_inherited),
        cmocka_unit_test(visits_in_order_until_told_to_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
