/*
 * The order in which the memory manager comes up: frames, map, PFN database, and then what is built
 * of those. Nothing before mi_init_pfn_database may allocate, nothing after it may call
 * mi_boot_frame.
 */
#include "mm/init.h"
#include "mm/address_space.h"
#include "mm/mm.h"
#include "mm/section.h"
#include "mm/user_shared_data.h"
#include "arch/i386/vga.h"
#include "arch/i386/zero.h"
#include "kernel/ke/stack_trace.h"

void mm_init_system(const struct boot_info *info, uint64_t max_bytes)
{
    ki_choose_zero_page();
    mi_init_boot_frames(info, max_bytes);
    mi_init_self_map();
    mi_init_sizes();
    mi_init_page_tables();
    mi_init_device_map();
    ki_vga_set_window((volatile uint16_t *)MM_VGA_TEXT);
    mi_init_image_map();
    mi_init_pfn_database(info);
    ke_set_stack_reader(mm_is_address_valid);
    ke_set_stack_overflow_test(mi_is_stack_overflow);
    mm_total_commit_limit = mi_available_pages();
    mi_init_system_ptes();
    mi_init_pools();
    mi_init_views();
    mi_init_address_spaces();
    mi_init_sections();
    mi_init_user_shared_data();
    mi_init_verify();
}
