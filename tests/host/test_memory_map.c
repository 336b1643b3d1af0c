/*
 * boot/memory_map.c against a model that keeps the type of each half page in an array.
 */
// sources: boot/memory_map.c
#include <string.h>
#include "tests/host/host_test.h"
#include "tests/host/memory_map_check.h"
#include "boot/memory_map.h"

#define UNIT    0x800ull /* half a page, so that partial frames occur */
#define UNITS   96u
#define FOUR_GB 0x100000000ull
#define HOLE    -1

enum {
    USABLE = 1,
    RESERVED = 2,
    ACPI = 3,
    NVS = 4,
    BAD = 5
};

struct model {
    uint64_t origin; /* address of unit 0 */
    int types[UNITS];
};

static int type_of(uint32_t firmware_type)
{
    static const int types[] = {BOOT_RANGE_RESERVED, BOOT_RANGE_USABLE, BOOT_RANGE_RESERVED,
                                BOOT_RANGE_ACPI,     BOOT_RANGE_NVS,    BOOT_RANGE_BAD};

    return firmware_type <= BAD ? types[firmware_type] : BOOT_RANGE_RESERVED;
}

static int table_type(const struct boot_info *info, uint64_t address)
{
    for (uint32_t i = 0; i < info->range_count; ++i) {
        const struct boot_range *range = &info->ranges[i];

        if (address >= range->base && address - range->base < range->length)
            return (int)range->type;
    }
    return HOLE;
}

static void add_to_both(struct boot_info *info, struct model *model, uint32_t first, uint32_t count,
                        uint32_t firmware_type)
{
    memory_map_add(info, model->origin + first * UNIT, count * UNIT, firmware_type);
    for (uint32_t i = first; i < first + count; ++i) {
        if (model->types[i] < type_of(firmware_type))
            model->types[i] = type_of(firmware_type);
    }
}

static void compare_types(const struct boot_info *info, const struct model *model)
{
    assert_true(memory_map_in_order(info));
    for (uint32_t i = 0; i < UNITS; ++i) {
        assert_int_equal(table_type(info, model->origin + i * UNIT), model->types[i]);
        assert_int_equal(table_type(info, model->origin + (i + 1) * UNIT - 1), model->types[i]);
    }
}

static void compare_bytes(const struct boot_info *info, const struct model *model)
{
    uint64_t usable = 0, above = 0;

    for (uint32_t i = 0; i < UNITS; ++i) {
        if (model->types[i] == BOOT_RANGE_USABLE) {
            usable += UNIT;
            above += model->origin + i * UNIT >= FOUR_GB ? UNIT : 0;
        }
    }
    assert_true(memory_map_usable_bytes(info) == usable);
    assert_true(memory_map_above_4g(info) == above);
}

static bool model_frame_usable(const struct model *model, uint32_t unit)
{
    return model->types[unit] == BOOT_RANGE_USABLE && model->types[unit + 1] == BOOT_RANGE_USABLE;
}

/* Every frame of the model is asked for by itself and looked for in the runs. */
static void compare_frames(const struct boot_info *info, const struct model *model)
{
    uint32_t cursor = 0;
    uint64_t next = 0;
    pfn_t first = 0, count = 0;
    bool more = memory_map_next_run(info, &cursor, &first, &count);

    for (uint32_t i = 0; i < UNITS; i += 2) {
        uint64_t frame = (model->origin + i * UNIT) >> PAGE_SHIFT;
        bool usable = model_frame_usable(model, i);

        if (frame >> 32 == 0)
            assert_int_equal(memory_map_frame_usable(info, (pfn_t)frame), usable);
        if (!usable || frame >= FOUR_GB >> PAGE_SHIFT)
            continue;
        if (next == 0) {
            assert_true(more);
            assert_true(count > 0 && first == frame);
            next = frame;
        }
        assert_true(frame == next);
        ++next;
        if (next == (uint64_t)first + count) {
            more = memory_map_next_run(info, &cursor, &first, &count);
            assert_true(!more || first > next); /* runs ascend and do not touch */
            next = 0;
        }
    }
    assert_false(more);
    assert_true(next == 0);
}

static void random_maps_agree_with_the_model(void **state)
{
    static const uint64_t origins[] = {0,       0x100000,   FOUR_GB - UNITS / 2 * UNIT,
                                       FOUR_GB, 1ull << 44, 0 - UNITS * UNIT - PAGE_SIZE};
    uint32_t seed = 77;

    (void)state;
    for (int round = 0; round < 6000; ++round) {
        static struct boot_info info;
        struct model model = {.origin = origins[round % 6]};
        uint32_t additions = host_random(&seed) % 30;

        memset(&info, 0, sizeof(info));
        memset(model.types, 0xFF, sizeof(model.types));
        for (uint32_t i = 0; i < additions; ++i) {
            uint32_t first = host_random(&seed) % UNITS;
            uint32_t count = host_random(&seed) % (UNITS - first + 1);

            count = host_random(&seed) % 3 ? count % 6 : count;
            add_to_both(&info, &model, first, count,
                        host_random(&seed) % 3 ? USABLE : host_random(&seed) % 22);
        }
        memory_map_normalise(&info);
        assert_int_equal(info.ranges_dropped, 0);
        compare_types(&info, &model);
        compare_bytes(&info, &model);
        compare_frames(&info, &model);
    }
}

static void firmware_types_map_by_table(void **state)
{
    (void)state;
    for (uint32_t type = 0; type < 300; ++type) {
        struct boot_info info = {0};

        memory_map_add(&info, 0x1000, 0x1000, type);
        assert_int_equal(info.range_count, 1);
        assert_int_equal(info.ranges[0].type, type_of(type));
    }
}

static void the_more_restrictive_type_wins_in_either_order(void **state)
{
    static const uint32_t order[] = {USABLE, ACPI, NVS, RESERVED, BAD};

    (void)state;
    for (uint32_t a = 0; a < 5; ++a)
        for (uint32_t b = 0; b < 5; ++b) {
            struct boot_info info = {0};

            memory_map_add(&info, 0, 0x3000, order[a]);
            memory_map_add(&info, 0x1000, 0x1000, order[b]);
            assert_int_equal(table_type(&info, 0x1800), type_of(order[a > b ? a : b]));
            assert_int_equal(table_type(&info, 0x800), type_of(order[a]));
            assert_int_equal(table_type(&info, 0x2800), type_of(order[a]));
        }
}

static void the_ends_of_the_number_space(void **state)
{
    struct boot_info info = {0};

    (void)state;
    memory_map_add(&info, 0x1000, 0, USABLE);
    memory_map_add(&info, UINT64_MAX, 0, USABLE);
    memory_map_add(&info, UINT64_MAX, UINT64_MAX, USABLE);
    assert_int_equal(info.range_count, 0);
    memory_map_add(&info, 0x1000, 0x2000, USABLE);
    memory_map_add(&info, 0x2000, 0, RESERVED); /* nothing: splits nothing either */
    assert_int_equal(info.range_count, 1);
    memory_map_add(&info, UINT64_MAX - 0xFFF, 0x1000, RESERVED);
    memory_map_add(&info, UINT64_MAX - 0x2000, UINT64_MAX, NVS);
    memory_map_normalise(&info);
    assert_true(memory_map_in_order(&info));
    assert_int_equal(table_type(&info, UINT64_MAX - 1), BOOT_RANGE_RESERVED);
    assert_int_equal(table_type(&info, UINT64_MAX - 0x2000), BOOT_RANGE_NVS);
    memory_map_add(&info, 0, UINT64_MAX, BAD);
    memory_map_normalise(&info);
    assert_int_equal(info.range_count, 1);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].length == UINT64_MAX);
}

static void everything_is_usable(void **state)
{
    struct boot_info info = {0};
    uint32_t cursor = 0;
    pfn_t first, count;

    (void)state;
    memory_map_add(&info, 0, 1ull << 63, USABLE);
    memory_map_add(&info, 1ull << 63, 1ull << 63, USABLE);
    memory_map_normalise(&info);
    assert_true(memory_map_usable_bytes(&info) == UINT64_MAX);
    assert_true(memory_map_above_4g(&info) == UINT64_MAX - FOUR_GB);
    assert_true(memory_map_next_run(&info, &cursor, &first, &count));
    assert_int_equal(first, 0);
    assert_int_equal(count, 0x100000);
    assert_false(memory_map_next_run(&info, &cursor, &first, &count));
    assert_true(memory_map_frame_usable(&info, 0xFFFFFFFF));
}

static void ranges_within_one_frame_make_no_run(void **state)
{
    struct boot_info info = {0};
    uint32_t cursor = 0;
    pfn_t first, count;

    (void)state;
    memory_map_add(&info, 0x1001, 0x1FFE, USABLE); /* 1001 to 2FFE: no whole frame */
    memory_map_add(&info, 0x5FFF, 0x1001, USABLE); /* 5FFF to 6FFF: frame 6 */
    memory_map_add(&info, 0x8000, 0x800, USABLE);
    memory_map_add(&info, 0x8800, 0x800, USABLE); /* two halves make a frame */
    memory_map_normalise(&info);
    assert_false(memory_map_frame_usable(&info, 1));
    assert_false(memory_map_frame_usable(&info, 2));
    assert_true(memory_map_next_run(&info, &cursor, &first, &count));
    assert_int_equal(first, 6);
    assert_int_equal(count, 1);
    assert_true(memory_map_next_run(&info, &cursor, &first, &count));
    assert_int_equal(first, 8);
    assert_int_equal(count, 1);
    assert_false(memory_map_next_run(&info, &cursor, &first, &count));
    assert_false(memory_map_next_run(&info, &cursor, &first, &count));
}

/* Ranges `from` up to `to` of a row of single pages, each with a hole of one page before it. */
static void add_islands(struct boot_info *info, uint32_t from, uint32_t to, uint32_t type)
{
    for (uint32_t i = from; i < to; ++i)
        memory_map_add(info, (2 * i + 1) * 0x1000ull, 0x1000, type);
}

static void a_full_table_gives_up_the_smallest_usable_range(void **state)
{
    static struct boot_info info;

    (void)state;
    memset(&info, 0, sizeof(info));
    add_islands(&info, 0, BOOT_MAX_RANGES - 2, RESERVED);
    memory_map_add(&info, 0x10000000, 0x2000, USABLE);
    memory_map_add(&info, 0x20000000, 0x1000, USABLE);
    assert_int_equal(info.range_count, BOOT_MAX_RANGES);
    assert_int_equal(info.ranges_dropped, 0);
    memory_map_add(&info, 0x0F000000, 0x1000, USABLE); /* no larger than the smallest */
    assert_int_equal(info.ranges_dropped, 1);
    assert_int_equal(table_type(&info, 0x0F000000), HOLE);
    memory_map_add(&info, 0x0F000000, 0x1001, USABLE);
    assert_int_equal(info.ranges_dropped, 2);
    assert_int_equal(table_type(&info, 0x0F000000), BOOT_RANGE_USABLE);
    assert_int_equal(table_type(&info, 0x20000000), HOLE);
    memory_map_add(&info, 0x40000000, 0x1000, BAD);
    assert_int_equal(table_type(&info, 0x0F000000), HOLE);
    assert_int_equal(table_type(&info, 0x10000000), BOOT_RANGE_USABLE);
    memory_map_add(&info, 0x50000000, 0x1000, BAD);
    assert_int_equal(info.ranges_dropped, 4);
    assert_true(memory_map_usable_bytes(&info) == 0);
    assert_int_equal(table_type(&info, 0x40000000), BOOT_RANGE_BAD);
    assert_int_equal(table_type(&info, 0x50000000), BOOT_RANGE_BAD);
    memory_map_normalise(&info);
    assert_true(memory_map_in_order(&info));
}

/* From the top down no range continues the one before it, so each takes a place of its own. */
static void neighbours_are_merged_before_anything_is_given_up(void **state)
{
    static struct boot_info info;

    (void)state;
    memset(&info, 0, sizeof(info));
    for (uint32_t i = 1000; i-- > 0;)
        memory_map_add(&info, i * 0x1000ull, 0x1000, USABLE);
    memory_map_normalise(&info);
    assert_int_equal(info.ranges_dropped, 0);
    assert_int_equal(info.range_count, 1);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].length == 1000 * 0x1000);
}

static void a_range_that_continues_another_needs_no_room(void **state)
{
    static struct boot_info info;

    (void)state;
    memset(&info, 0, sizeof(info));
    add_islands(&info, 0, BOOT_MAX_RANGES - 1, USABLE);
    memory_map_add(&info, 0x10000000, 0x1000, RESERVED);
    memory_map_add(&info, 0x10001000, 0x1000, RESERVED);
    memory_map_add(&info, 0, 0x10000000, RESERVED); /* swallows all islands and fills all holes */
    memory_map_normalise(&info);
    assert_int_equal(info.range_count, 1);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].length == 0x10002000);
    assert_int_equal(info.ranges_dropped, 1); /* the hole at 0 had no range before it */
}

/* More restrictive ranges than fit, then RAM over everything: none of them may come out usable. */
static void a_restriction_is_never_lost(void **state)
{
    uint32_t seed = 4711;

    (void)state;
    for (int round = 0; round < 300; ++round) {
        static struct boot_info info;
        static uint8_t restricted[1024], usable[1024];

        memset(&info, 0, sizeof(info));
        memset(restricted, 0, sizeof(restricted));
        memset(usable, 0, sizeof(usable));
        for (int i = 0; i < 500; ++i) {
            uint32_t type =
                host_random(&seed) % 8 < (uint32_t)round % 8 ? USABLE : 2 + host_random(&seed) % 4;
            uint32_t first = host_random(&seed) % 1024;
            uint32_t count = host_random(&seed) % 50 == 0 ? 200 : 1 + host_random(&seed) % 3;

            count = count < 1024 - first ? count : 1024 - first;
            memory_map_add(&info, first * 0x1000ull, count * 0x1000ull, type);
            memset((type == USABLE ? usable : restricted) + first, 1, count);
        }
        memory_map_add(&info, 0, 1024 * 0x1000ull, USABLE);
        memory_map_normalise(&info);
        assert_true(memory_map_in_order(&info));
        for (uint32_t i = 0; i < 1024; ++i) {
            if (restricted[i])
                assert_false(memory_map_frame_usable(&info, i));
            else if (info.ranges_dropped == 0)
                assert_true(memory_map_frame_usable(&info, i));
        }
    }
}

/* Types laid over each other in a table without room to split anything. */
static void overlapping_restrictions_in_a_full_table(void **state)
{
    static struct boot_info info;

    (void)state;
    memset(&info, 0, sizeof(info));
    for (uint32_t i = 0; i < BOOT_MAX_RANGES; ++i)
        memory_map_add(&info, i * 0x10000ull, 0x8000, ACPI);
    for (uint32_t i = 0; i < BOOT_MAX_RANGES; ++i)
        memory_map_add(&info, i * 0x10000ull + 0x2000, 0x1000, BAD);
    memory_map_add(&info, BOOT_MAX_RANGES * 0x10000ull, 0x1000, BAD);
    memory_map_add(&info, 0, 0x10000000, USABLE);
    memory_map_normalise(&info);
    assert_true(memory_map_in_order(&info));
    assert_true(info.ranges_dropped > 0);
    for (uint32_t i = 0; i < BOOT_MAX_RANGES; ++i) {
        assert_int_equal(table_type(&info, i * 0x10000ull + 0x2800), BOOT_RANGE_BAD);
        assert_true(table_type(&info, i * 0x10000ull) > BOOT_RANGE_USABLE);
        assert_true(table_type(&info, i * 0x10000ull + 0x7FFF) > BOOT_RANGE_USABLE);
    }
    assert_int_equal(table_type(&info, BOOT_MAX_RANGES * 0x10000ull), BOOT_RANGE_BAD);
}

static void a_hole_before_the_first_range_of_a_full_table(void **state)
{
    static struct boot_info info;

    (void)state;
    memset(&info, 0, sizeof(info));
    add_islands(&info, 1, BOOT_MAX_RANGES + 1, ACPI);
    memory_map_add(&info, 0x1000, 0x1000, BAD);
    assert_int_equal(table_type(&info, 0x1000), BOOT_RANGE_BAD);
    assert_int_equal(table_type(&info, 0x3000), BOOT_RANGE_BAD); /* widened down, and raised */
    assert_true(memory_map_in_order(&info));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_maps_agree_with_the_model),
        cmocka_unit_test(firmware_types_map_by_table),
        cmocka_unit_test(the_more_restrictive_type_wins_in_either_order),
        cmocka_unit_test(the_ends_of_the_number_space),
        cmocka_unit_test(everything_is_usable),
        cmocka_unit_test(ranges_within_one_frame_make_no_run),
        cmocka_unit_test(a_full_table_gives_up_the_smallest_usable_range),
        cmocka_unit_test(neighbours_are_merged_before_anything_is_given_up),
        cmocka_unit_test(a_range_that_continues_another_needs_no_room),
        cmocka_unit_test(a_restriction_is_never_lost),
        cmocka_unit_test(overlapping_restrictions_in_a_full_table),
        cmocka_unit_test(a_hole_before_the_first_range_of_a_full_table),
    };

    return cmocka_run_group_tests_name("memory map", tests, NULL, NULL);
}
