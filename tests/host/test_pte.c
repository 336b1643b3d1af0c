// sources: mm/pte.c
/* The forms of a PTE: their encodings, and that each is told from all the others. */
#include "tests/host/host_test.h"

#include "mm/pte.h"

static struct mmpte raw(uint32_t value)
{
    return (struct mmpte){.value = value};
}

/* Values from Microsoft's debugger documentation. */
static void documented_values(void **state)
{
    (void)state;
    assert_int_equal(mi_pte_kind(raw(0x0003B163)), MI_PTE_VALID);
    assert_int_equal(raw(0x0003B163).hard.page_frame_number, 0x3B);
    assert_true(raw(0x0003B163).hard.global && raw(0x0003B163).hard.dirty);
    assert_false(raw(0x00154121).hard.write);
    assert_int_equal(mi_pte_kind(raw(0x0011A080)), MI_PTE_PAGE_FILE);
    assert_int_equal(raw(0x0011A080).soft.page_file_high, 0x11A);
    assert_int_equal(raw(0x0011A080).soft.protection, MM_READWRITE);
    assert_int_equal(raw(0x031B8438).subsect.protection, MM_READONLY); /* !ca's PTE template */
    assert_int_equal(mi_pte_kind(raw(0x031B8438)), MI_PTE_SUBSECTION);
    assert_int_equal(raw(0x00000060).soft.protection, MM_EXECUTE_READ); /* !pfn's restore pte */
    assert_int_equal(mi_pte_kind(raw(0x00000060)), MI_PTE_DEMAND_ZERO);
    assert_int_equal(mi_make_demand_zero_pte(MM_READWRITE).value, 0x80);
}

static void each_kind_is_itself(void **state)
{
    (void)state;
    assert_int_equal(mi_pte_kind(raw(0)), MI_PTE_ZERO);
    assert_int_equal(mi_pte_kind(raw(1)), MI_PTE_VALID);
    assert_int_equal(mi_pte_kind(mi_make_transition_pte(5, MM_READONLY)), MI_PTE_TRANSITION);
    assert_int_equal(mi_pte_kind(mi_make_transition_pte(0, MM_READWRITE)), MI_PTE_TRANSITION);
    assert_int_equal(mi_pte_kind(mi_make_subsection_pte(0, MM_READONLY)), MI_PTE_SUBSECTION);
    assert_int_equal(mi_pte_kind((struct mmpte){.list = {.one_entry = 1, .next_entry = 7}}),
                     MI_PTE_FREE);
    assert_int_equal(mi_pte_kind((struct mmpte){.list = {.next_entry = PTE_LIST_END}}),
                     MI_PTE_FREE);
    assert_int_equal(mi_pte_kind(mi_make_demand_zero_pte(MM_DECOMMIT)), MI_PTE_DECOMMITTED);
    for (uint32_t protection = 1; protection < 32; protection++) {
        if (protection != MM_DECOMMIT)
            assert_int_equal(mi_pte_kind(mi_make_demand_zero_pte(protection)), MI_PTE_DEMAND_ZERO);
        assert_int_equal(mi_pte_kind(mi_make_transition_pte(1, protection)), MI_PTE_TRANSITION);
        assert_int_equal(mi_pte_kind(mi_make_subsection_pte(8, protection)), MI_PTE_SUBSECTION);
    }
}

static void every_kind_has_a_name(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind < MI_PTE_KIND_COUNT; kind++)
        assert_non_null(mi_pte_kind_names[kind]);
}

static void subsection_offsets_survive(void **state)
{
    static const uint32_t offsets[] = {0, 8, 0x78, 0x80, 0x1000, 0x123458, 0x7FFFFF8};

    (void)state;
    for (uint32_t i = 0; i < ARRAY_SIZE(offsets); i++) {
        struct mmpte pte = mi_make_subsection_pte(offsets[i], MM_READONLY);
        assert_false(pte.hard.valid);
        assert_int_equal(mi_subsection_pte_offset(pte), offsets[i]);
        assert_int_equal(pte.subsect.protection, MM_READONLY);
        assert_int_equal(pte.subsect.which_pool, 1);
    }
}

static void protections_become_the_right_bits(void **state)
{
    static const struct {
        uint32_t protection;
        bool write, copy, uncached;
    } expected[] = {
        {MM_READONLY, false, false, false},
        {MM_EXECUTE, false, false, false},
        {MM_EXECUTE_READ, false, false, false},
        {MM_READWRITE, true, false, false},
        {MM_WRITECOPY, false, true, false},
        {MM_EXECUTE_READWRITE, true, false, false},
        {MM_EXECUTE_WRITECOPY, false, true, false},
        {MM_READWRITE | MM_NOCACHE, true, false, true},
        {MM_READONLY | MM_NOCACHE, false, false, true},
    };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_SIZE(expected); i++) {
        struct mmpte_hardware hard = mi_make_valid_pte(0xABCDE, expected[i].protection).hard;
        assert_true(hard.valid && hard.accessed && !hard.owner && !hard.global && !hard.dirty);
        assert_int_equal(hard.page_frame_number, 0xABCDE);
        assert_int_equal(hard.write, expected[i].write);
        assert_int_equal(hard.copy_on_write, expected[i].copy);
        assert_int_equal(hard.cache_disable, expected[i].uncached);
    }
    assert_false(mi_make_valid_pte(1, MM_ZERO_ACCESS).hard.valid);
}

static void addresses_of_entries(void **state)
{
    (void)state;
    assert_int_equal((uintptr_t)mi_get_pte_address(0), 0xC0000000);
    assert_int_equal((uintptr_t)mi_get_pte_address(0xFFFFFFFF), 0xC03FFFFC);
    assert_int_equal((uintptr_t)mi_get_pde_address(0), 0xC0300000);
    assert_int_equal((uintptr_t)mi_get_pde_address(0xFFFFFFFF), 0xC0300FFC);
    assert_int_equal((uintptr_t)mi_get_pte_address(0xC0300C00), 0xC0300C00);
    for (uint64_t va = 0; va < 0x100000000; va += 0x7FF000) {
        struct mmpte *pte = mi_get_pte_address((uintptr_t)va);
        assert_int_equal(mi_get_virtual_address_mapped_by_pte(pte), va & ~0xFFFull);
        assert_int_equal((uintptr_t)mi_get_pte_address((uintptr_t)pte),
                         (uintptr_t)mi_get_pde_address((uintptr_t)va));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documented_values),
        cmocka_unit_test(each_kind_is_itself),
        cmocka_unit_test(every_kind_has_a_name),
        cmocka_unit_test(subsection_offsets_survive),
        cmocka_unit_test(protections_become_the_right_bits),
        cmocka_unit_test(addresses_of_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
