/* SEC_BASED: one address for all. */
#include "mm/section.h"
#include "tests/kernel/spaces.h"

static ntstatus map(struct ktest_space *s, struct mm_section *section, uintptr_t *base)
{
    struct mm_view_request request = {
        .base = *base, .inherit = VIEW_UNMAP, .protect = PAGE_READWRITE};
    ntstatus status = mm_map_view_of_section(s->vm, section, &request);

    *base = request.base;
    return status;
}

KTEST(section_based, views_are_at_the_same_address_everywhere)
{
    struct mm_section one, two;
    struct ktest_space a, b;
    uintptr_t in_a = 0, in_b = 0, other = 0, taken = 0;

    ktest_assert_eq(test,
                    mm_create_section(&one, NULL, 0x12345, PAGE_READWRITE, SEC_COMMIT | SEC_BASED),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    mm_create_section(&two, NULL, 0x10000, PAGE_READWRITE, SEC_COMMIT | SEC_BASED),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, one.base, 0x7F7D0000); /* from above, on 64 KB */
    ktest_assert_eq(test, two.base, 0x7F7C0000);
    if (!ktest_enter_space(test, &a))
        return;
    ktest_assert_eq(test, map(&a, &one, &in_a), STATUS_SUCCESS);
    ktest_assert_eq(test, in_a, one.base);
    ktest_assert_eq(test, map(&a, &one, &taken), STATUS_CONFLICTING_ADDRESSES);
    ktest_assert_eq(test, map(&a, &two, &other), STATUS_SUCCESS);
    ktest_write((void *)in_a, 9);
    if (!ktest_enter_space(test, &b))
        return;
    ktest_allocate(&b, 0x10000, 0x10000, MEM_RESERVE, PAGE_READWRITE);
    ktest_assert_eq(test, map(&b, &one, &in_b), STATUS_SUCCESS);
    ktest_assert_eq(test, in_b, in_a);
    ktest_assert_eq(test, ktest_read((void *)in_b), 9);
    ktest_leave_space(&b);
    mm_delete_section(&one);
    ktest_assert_eq(test,
                    mm_create_section(&one, NULL, 0x20000, PAGE_READWRITE, SEC_COMMIT | SEC_BASED),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, one.base, 0x7F7D0000); /* free again */
    mm_delete_section(&one);
    mm_delete_section(&two);
    ktest_leave_space(&a);
}

KTEST(section_based, addresses_can_run_out)
{
    struct mm_section sections[40];
    ntstatus status = STATUS_SUCCESS;
    uint32_t made = 0;

    while (NT_SUCCESS(status) && made < ARRAY_SIZE(sections)) /* they are not committed */
        status = mm_create_section(&sections[made++], NULL, 0x4000000, PAGE_READWRITE,
                                   SEC_RESERVE | SEC_BASED);
    ktest_assert(test, status == STATUS_NO_MEMORY || status == STATUS_INSUFFICIENT_RESOURCES);
    for (uint32_t i = 0; i + 1 < made; i++)
        mm_delete_section(&sections[i]);
}
