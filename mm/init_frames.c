/*
 * Physical memory before the PFN database: frames are handed out in ascending order and never taken
 * back, and everything below the cursor that is not reserved counts as used.
 */
#include "mm/init.h"
#include "boot/memory_map.h"
#include "kernel/ke/bugcheck.h"

extern char __boot_start[], __image_end[];

#define FIRST_FRAME  1u /* frame 0 stays unused: a frame number of 0 is a bug */
#define FRAMES_IN_4G 0x100000u

uint32_t mi_boot_usable_frames;
static const struct boot_info *boot;
static pfn_t frame_limit;
static pfn_t next_frame, run_end;
static uint32_t run_cursor;

void mi_init_boot_frames(const struct boot_info *info, uint64_t max_bytes)
{
    uint32_t cursor = 0;
    pfn_t first, count;

    boot = info;
    frame_limit = max_bytes && max_bytes >> PAGE_SHIFT < FRAMES_IN_4G
                      ? (pfn_t)(max_bytes >> PAGE_SHIFT)
                      : FRAMES_IN_4G;
    while (mi_boot_next_run(&cursor, &first, &count)) {
        mi_boot_usable_frames += count;
        mm_highest_physical_page = first + count - 1;
    }
    /* The kernel itself must lie in the RAM that may be used. */
    if (mm_highest_physical_page < ((uint32_t)__image_end - KERNEL_BASE) >> PAGE_SHIFT)
        ke_bug_check_ex(INSTALL_MORE_MEMORY, mi_boot_usable_frames, mm_highest_physical_page, 0, 0);
}

bool mi_boot_next_run(uint32_t *cursor, pfn_t *first, pfn_t *count)
{
    while (memory_map_next_run(boot, cursor, first, count)) {
        pfn_t end = *first + *count;
        if (*first < FIRST_FRAME)
            *first = FIRST_FRAME;
        if (end > frame_limit)
            end = frame_limit;
        if (*first >= end)
            continue;
        *count = end - *first;
        return true;
    }
    return false;
}

bool mi_boot_reserved_run(uint32_t index, pfn_t *first, pfn_t *end)
{
    uint32_t start = (uint32_t)__boot_start, behind = (uint32_t)__image_end - KERNEL_BASE;

    if (index > boot->module_count)
        return false;
    if (index > 0) {
        start = boot->modules[index - 1].start;
        behind = boot->modules[index - 1].end;
    }
    *first = start >> PAGE_SHIFT;
    *end = behind > start ? ((behind - 1) >> PAGE_SHIFT) + 1 : *first;
    return true;
}

static bool reserved(pfn_t frame)
{
    pfn_t first, end;

    for (uint32_t i = 0; mi_boot_reserved_run(i, &first, &end); i++)
        if (frame >= first && frame < end)
            return true;
    return false;
}

pfn_t mi_boot_frame(void)
{
    for (;;) {
        while (next_frame == run_end) {
            pfn_t count;
            if (!mi_boot_next_run(&run_cursor, &next_frame, &count))
                ke_bug_check_ex(INSTALL_MORE_MEMORY, mi_boot_usable_frames, 0, 0, 0);
            run_end = next_frame + count;
        }
        pfn_t frame = next_frame++;
        if (!reserved(frame))
            return frame;
    }
}
