/*
 * Views of files in the system cache. Mapping one costs page tables and invalid PTEs in the
 * subsection form, which point here; its pages come by faults, go to the standby list when memory
 * is wanted (mi_trim_views), and are freed when the view is unmapped. Views are read-only.
 */
#include "mm/init.h"
#include "mm/mi.h"
#include "mm/view.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "kernel/ke/wait.h"
#include "lib/bitmap.h"

#define UNIT_SHIFT 16u /* views begin on 64 KB, NT's allocation granularity */
#define UNITS      ((MM_SYSTEM_CACHE_END - MM_SYSTEM_CACHE_START + 1u) >> UNIT_SHIFT)
#define TAG        'weiV'

struct list_entry mi_views;
static uint32_t unit_bits[(UNITS + 31) / 32]; /* guarded by the PFN lock, as mi_views */
static struct rtl_bitmap units;
static uintptr_t pool_start[2]; /* where a subsection's pool begins, by its PTEs' which_pool */

void mi_init_views(void)
{
    initialize_list_head(&mi_views);
    rtl_initialize_bitmap(&units, unit_bits, UNITS);
    pool_start[0] = mm_regions[MM_REGION_SPECIAL_POOL].start;
    pool_start[1] = mm_regions[MM_REGION_NONPAGED_POOL].start;
}

struct subsection *mi_subsection_of(struct mmpte pte)
{
    return (struct subsection *)(pool_start[pte.value >> 31] + mi_subsection_pte_offset(pte));
}

struct mmpte mi_subsection_pte(const struct subsection *subsection, uint32_t protection)
{
    uint32_t which_pool = (uintptr_t)subsection >= pool_start[1];
    struct mmpte pte =
        mi_make_subsection_pte((uintptr_t)subsection - pool_start[which_pool], protection);

    pte.subsect.which_pool = which_pool & 1;
    return pte;
}

static uint32_t units_of(uint32_t pages)
{
    return (pages + (1u << (UNIT_SHIFT - PAGE_SHIFT)) - 1) >> (UNIT_SHIFT - PAGE_SHIFT);
}

static uintptr_t reserve_addresses(uint32_t pages)
{
    kirql irql = mi_lock_pfn();
    uint32_t unit = rtl_find_clear_bits_and_set(&units, units_of(pages), 0);

    mi_unlock_pfn(irql);
    return unit == RTL_BITMAP_NONE ? 0 : MM_SYSTEM_CACHE_START + (unit << UNIT_SHIFT);
}

static void release_addresses(uintptr_t va, uint32_t pages)
{
    kirql irql = mi_lock_pfn();

    rtl_clear_bits(&units, (uint32_t)(va - MM_SYSTEM_CACHE_START) >> UNIT_SHIFT, units_of(pages));
    mi_unlock_pfn(irql);
}

static void publish(struct subsection *subsection)
{
    struct mmpte invalid = mi_subsection_pte(subsection, MM_READONLY);
    kirql irql = mi_lock_pfn();

    for (uint32_t i = 0; i < subsection->page_count; i++)
        mi_write_pte(subsection->base_pte + i, invalid);
    insert_tail_list(&mi_views, &subsection->links);
    mi_unlock_pfn(irql);
}

ntstatus mm_map_view_in_system_space(const struct mm_page_source *source, void **out)
{
    ke_assert_irql_at_most(APC_LEVEL);
    uint32_t pages = BYTES_TO_PAGES(source->bytes);
    uintptr_t va = pages ? reserve_addresses(pages) : 0;
    struct subsection *subsection;

    if (!pages)
        return STATUS_INVALID_PARAMETER;
    if (!va)
        return STATUS_NO_MEMORY;
    subsection = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*subsection), TAG);
    if (!subsection || !mi_make_system_page_tables(va, pages)) {
        if (subsection)
            ex_free_pool_with_tag(subsection, TAG);
        release_addresses(va, pages);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *subsection = (struct subsection){
        .source = source,
        .base_pte = mi_get_pte_address(va),
        .page_count = pages,
        .file_bytes = source->bytes,
        .references = 1,
    };
    publish(subsection);
    *out = (void *)va;
    return STATUS_SUCCESS;
}

static struct subsection *find_view(const struct mmpte *pte)
{
    for (struct list_entry *at = mi_views.flink; at != &mi_views; at = at->flink) {
        struct subsection *subsection = CONTAINER_OF(at, struct subsection, links);
        if (subsection->base_pte == pte)
            return subsection;
    }
    return NULL;
}

void mi_subsection_drained(struct subsection *subsection)
{
    if (subsection->drained)
        ke_set_event(subsection->drained, IO_NO_INCREMENT);
}

ntstatus mm_unmap_view_in_system_space(void *va)
{
    struct kevent drained;

    ke_assert_irql_at_most(APC_LEVEL);
    kirql irql = mi_lock_pfn();
    struct subsection *subsection = find_view(mi_get_pte_address((uintptr_t)va));

    if (!subsection) {
        mi_unlock_pfn(irql);
        return STATUS_INVALID_PARAMETER;
    }
    remove_entry_list(&subsection->links);
    mi_delete_ptes(subsection->base_pte, subsection->page_count);
    ke_initialize_event(&drained, EVENT_NOTIFICATION_OBJECT, false);
    bool idle = mi_dereference_subsection(subsection);
    subsection->drained = &drained;
    mi_unlock_pfn(irql);
    if (!idle) /* a thread is still reading a page of the view, in vain */
        ke_wait_for_single_object(&drained, WR_PAGE_IN, KERNEL_MODE, false, NULL);
    release_addresses((uintptr_t)va, subsection->page_count);
    ex_free_pool_with_tag(subsection, TAG);
    return STATUS_SUCCESS;
}
