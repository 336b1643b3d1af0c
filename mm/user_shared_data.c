/* The shared user data page. */
#include "mm/user_shared_data.h"
#include "kernel/ke/bugcheck.h"
#include "lib/string.h"
#include "mm/init.h"
#include "mm/section.h"

static struct mm_section section;
static pfn_t frame; /* kept in memory by a reference of its own */

void mi_init_user_shared_data(void)
{
    struct mmpte *prototype;
    bool zeroed;

    if (!NT_SUCCESS(mm_create_section(&section, NULL, PAGE_SIZE, PAGE_READONLY, SEC_COMMIT)))
        ke_bug_check_ex(MEMORY1_INITIALIZATION_FAILED, PAGE_SIZE, 0, 0, 0);
    prototype = section.control_area->prototypes;
    kirql irql = mi_lock_pfn();
    frame = mi_remove_zero_page(&zeroed);
    if (!zeroed)
        mi_zero_physical_page(frame);
    mi_initialize_prototype_pfn(frame, prototype, true);
    mi_write_pte(prototype, mi_make_valid_pte(frame, MM_READONLY));
    mi_increment_reference_count(frame);
    mi_pfn(frame)->u2.share_count = 1;
    mi_decrement_share_count(frame); /* nobody maps it yet: in transition, and kept */
    mi_unlock_pfn(irql);
}

void mm_write_user_shared_data(uint32_t offset, const void *data, uint32_t bytes)
{
    kirql irql = ke_raise_irql_to_dispatch();
    char *page = mi_map_page_in_hyper_space(frame);

    memcpy(page + offset, data, bytes);
    mi_unmap_page_in_hyper_space(page);
    ke_lower_irql(irql);
}

ntstatus mm_map_user_shared_data(struct mm_address_space *space)
{
    struct mm_view_request request = {
        .base = MM_SHARED_USER_DATA, .inherit = VIEW_SHARE, .protect = PAGE_READONLY};
    ntstatus status = mm_map_view_of_section(space, &section, &request);

    if (NT_SUCCESS(status)) {
        ex_acquire_fast_mutex(&space->address_creation_lock);
        mi_locate_address(&space->vads, MM_SHARED_USER_DATA >> PAGE_SHIFT)->no_change = 1;
        ex_release_fast_mutex(&space->address_creation_lock);
    }
    return status;
}
