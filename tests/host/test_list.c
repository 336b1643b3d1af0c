/*
 * lib/list.h: the order of the entries, forwards and backwards, after each kind of change.
 */
#include "tests/host/host_test.h"
#include "lib/list.h"

struct item {
    int number;
    struct list_entry links;
};

/* Checks the numbers on the list from both ends; `expected` ends with 0. */
static void expect_numbers(const struct list_entry *head, const int *expected)
{
    const struct list_entry *entry = head;
    int n = 0;

    for (; expected[n] != 0; ++n) {
        entry = entry->flink;
        assert_ptr_not_equal(entry, head);
        assert_int_equal(CONTAINER_OF(entry, struct item, links)->number, expected[n]);
    }
    assert_ptr_equal(entry->flink, head);
    for (entry = head; n > 0; --n) {
        entry = entry->blink;
        assert_int_equal(CONTAINER_OF(entry, struct item, links)->number, expected[n - 1]);
    }
    assert_ptr_equal(entry->blink, head);
}

static void entries_come_and_go_in_order(void **state)
{
    struct item a = {.number = 1}, b = {.number = 2}, c = {.number = 3};
    struct list_entry head;

    (void)state;
    initialize_list_head(&head);
    assert_true(is_list_empty(&head));
    expect_numbers(&head, (int[]){0});
    insert_tail_list(&head, &b.links);
    insert_head_list(&head, &a.links);
    insert_tail_list(&head, &c.links);
    assert_false(is_list_empty(&head));
    expect_numbers(&head, (int[]){1, 2, 3, 0});
    assert_false(remove_entry_list(&b.links));
    expect_numbers(&head, (int[]){1, 3, 0});
    assert_ptr_equal(remove_head_list(&head), &a.links);
    expect_numbers(&head, (int[]){3, 0});
    assert_true(remove_entry_list(&c.links));
    assert_true(is_list_empty(&head));
    expect_numbers(&head, (int[]){0});
}

static void removing_the_head_of_an_empty_list_gives_the_head(void **state)
{
    struct list_entry head;

    (void)state;
    initialize_list_head(&head);
    assert_ptr_equal(remove_head_list(&head), &head);
    assert_true(is_list_empty(&head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_and_go_in_order),
        cmocka_unit_test(removing_the_head_of_an_empty_list_gives_the_head),
    };

    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
