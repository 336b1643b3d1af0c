/*
 * The physical memory map. A new range is laid over the table in three steps: ranges of a lesser
 * type are split where it begins and ends, what then lies inside it is raised to its type, and the
 * holes left inside it are filled. The table is sorted and disjoint before and after each step.
 *
 *      before  [ usable          )      [ bad )
 *      new          [ reserved                       )
 *      after   [us.)[ reserved   )[res.)[ bad )[res. )
 */
#include "boot/memory_map.h"
#include "lib/string.h"

#define FOUR_GB 0x100000000ull

static uint64_t range_end(const struct boot_range *range)
{
    return range->base + range->length;
}

static enum boot_range_type range_type(uint32_t firmware_type)
{
    static const uint8_t types[] = {
        BOOT_RANGE_RESERVED, BOOT_RANGE_USABLE, BOOT_RANGE_RESERVED,
        BOOT_RANGE_ACPI,     BOOT_RANGE_NVS,    BOOT_RANGE_BAD,
    };

    return firmware_type < ARRAY_SIZE(types) ? types[firmware_type] : BOOT_RANGE_RESERVED;
}

/* => the index of the first range that ends above `address`, or range_count. */
static uint32_t first_ending_above(const struct boot_info *info, uint64_t address)
{
    uint32_t low = 0;
    uint32_t high = info->range_count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (range_end(&info->ranges[middle]) > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void remove_range(struct boot_info *info, uint32_t index)
{
    --info->range_count;
    memmove(&info->ranges[index], &info->ranges[index + 1],
            (info->range_count - index) * sizeof(info->ranges[0]));
}

/* Gives up the smallest usable range of less than `limit` bytes. => whether there was one. */
static bool evict_usable(struct boot_info *info, uint64_t limit)
{
    uint32_t victim = info->range_count;

    for (uint32_t i = 0; i < info->range_count; ++i) {
        if (info->ranges[i].type == BOOT_RANGE_USABLE && info->ranges[i].length < limit) {
            limit = info->ranges[i].length;
            victim = i;
        }
    }
    if (victim == info->range_count)
        return false;
    remove_range(info, victim);
    return true;
}

/* Covers a hole, which must stay unusable, with the range before or behind it. Nothing usable is in
 * the table when this is called, so a wider range takes nothing away. */
static void widen_neighbour(struct boot_info *info, const struct boot_range *hole)
{
    uint32_t index = first_ending_above(info, hole->base);
    struct boot_range *range = &info->ranges[index > 0 ? index - 1 : 0];
    uint64_t end = range_end(range);

    if (index > 0)
        end = range_end(hole);
    else
        range->base = hole->base;
    range->length = end - range->base;
    if (range->type < hole->type)
        range->type = hole->type;
}

/* Puts a range into a hole of the table that has room for it. */
static void insert_range(struct boot_info *info, struct boot_range range)
{
    uint64_t expendable = range.type == BOOT_RANGE_USABLE ? range.length : UINT64_MAX;
    uint32_t index;

    if (info->range_count == BOOT_MAX_RANGES) {
        ++info->ranges_dropped;
        if (!evict_usable(info, expendable)) {
            if (range.type != BOOT_RANGE_USABLE)
                widen_neighbour(info, &range);
            return;
        }
    }
    index = first_ending_above(info, range.base);
    memmove(&info->ranges[index + 1], &info->ranges[index],
            (info->range_count - index) * sizeof(info->ranges[0]));
    info->ranges[index] = range;
    ++info->range_count;
}

/* Makes `address` an edge between two ranges if it lies inside one of a lesser type than `type`. */
static void split_at(struct boot_info *info, uint64_t address, enum boot_range_type type)
{
    uint32_t index = first_ending_above(info, address);
    struct boot_range *range = &info->ranges[index];
    struct boot_range upper;

    if (index == info->range_count || range->base >= address || range->type >= type)
        return;
    upper = (struct boot_range){address, range_end(range) - address, range->type};
    range->length = address - range->base;
    insert_range(info, upper);
}

static void raise_types(struct boot_info *info, uint64_t base, uint64_t end,
                        enum boot_range_type type)
{
    for (uint32_t i = first_ending_above(info, base);
         i < info->range_count && info->ranges[i].base < end; ++i) {
        if (info->ranges[i].type < type)
            info->ranges[i].type = type;
    }
}

/* Fills one hole, by growing the range before it where that has the same type. */
static void fill_hole(struct boot_info *info, uint32_t index, struct boot_range hole)
{
    struct boot_range *before = &info->ranges[index > 0 ? index - 1 : 0];

    if (index > 0 && before->type == hole.type && range_end(before) == hole.base)
        before->length += hole.length;
    else
        insert_range(info, hole);
}

/* Looks the place up anew after each hole, since filling it may evict ranges. */
static void fill_holes(struct boot_info *info, uint64_t base, uint64_t end,
                       enum boot_range_type type)
{
    while (base < end) {
        uint32_t index = first_ending_above(info, base);
        const struct boot_range *next = &info->ranges[index];
        bool last = index == info->range_count || next->base >= end;
        uint64_t hole_end = last ? end : next->base;

        if (hole_end > base) {
            fill_hole(info, index, (struct boot_range){base, hole_end - base, type});
            base = hole_end;
        } else {
            base = range_end(next);
        }
    }
}

void memory_map_add(struct boot_info *info, uint64_t base, uint64_t length, uint32_t firmware_type)
{
    enum boot_range_type type = range_type(firmware_type);
    uint64_t end = length > UINT64_MAX - base ? UINT64_MAX : base + length;

    if (base == end)
        return;
    if (info->range_count + 2 > BOOT_MAX_RANGES) /* two splits may be needed */
        memory_map_normalise(info);
    split_at(info, base, type);
    split_at(info, end, type);
    raise_types(info, base, end, type);
    fill_holes(info, base, end, type);
}

void memory_map_normalise(struct boot_info *info)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < info->range_count; ++i) {
        struct boot_range *last = &info->ranges[kept > 0 ? kept - 1 : 0];
        const struct boot_range *range = &info->ranges[i];

        if (kept > 0 && last->type == range->type && range_end(last) == range->base)
            last->length += range->length;
        else
            info->ranges[kept++] = *range;
    }
    info->range_count = kept;
}

bool memory_map_frame_usable(const struct boot_info *info, pfn_t frame)
{
    uint64_t base = (uint64_t)frame << PAGE_SHIFT;
    uint32_t index = first_ending_above(info, base);
    const struct boot_range *range = &info->ranges[index];

    return index < info->range_count && range->type == BOOT_RANGE_USABLE && range->base <= base &&
           range_end(range) - base >= PAGE_SIZE;
}

/* => bytes of usable RAM at `floor` and above. */
static uint64_t usable_bytes_from(const struct boot_info *info, uint64_t floor)
{
    uint64_t bytes = 0;

    for (uint32_t i = first_ending_above(info, floor); i < info->range_count; ++i) {
        const struct boot_range *range = &info->ranges[i];

        if (range->type == BOOT_RANGE_USABLE)
            bytes += range_end(range) - (range->base > floor ? range->base : floor);
    }
    return bytes;
}

uint64_t memory_map_usable_bytes(const struct boot_info *info)
{
    return usable_bytes_from(info, 0);
}

uint64_t memory_map_above_4g(const struct boot_info *info)
{
    return usable_bytes_from(info, FOUR_GB);
}

bool memory_map_next_run(const struct boot_info *info, uint32_t *cursor, pfn_t *first, pfn_t *count)
{
    while (*cursor < info->range_count) {
        const struct boot_range *range = &info->ranges[(*cursor)++];
        uint64_t end = range_end(range) < FOUR_GB ? range_end(range) : FOUR_GB;

        if (range->type != BOOT_RANGE_USABLE || range->base >= FOUR_GB)
            continue;
        *first = (pfn_t)(ROUND_UP(range->base, PAGE_SIZE) >> PAGE_SHIFT);
        *count = (pfn_t)(end >> PAGE_SHIFT) - *first;
        if ((pfn_t)(end >> PAGE_SHIFT) > *first)
            return true;
    }
    return false;
}
