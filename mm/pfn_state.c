/*
 * The life of a frame between the lists: becoming active, losing its last mapping, being deleted.
 *
 * The share count of a page table counts 1 for its own PDE and 1 for each entry in it that is valid
 * or in transition, so a table whose count is 1 is empty of pages.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "kernel/ke/bugcheck.h"

#define DELETED ((uintptr_t)1)

static inline pfn_t table_of(const struct mmpte *pte)
{
    return mi_get_pte_address((uintptr_t)pte)->hard.page_frame_number;
}

static inline void activate(pfn_t frame, struct mmpte *pte, pfn_t table, struct mmpte original,
                            bool modified)
{
    struct mmpfn *pfn = mi_pfn(frame);

    pfn->pte_address = pte;
    pfn->original_pte = original;
    pfn->u2.share_count = 1;
    pfn->reference_count = 1;
    pfn->page_location = ACTIVE_AND_VALID;
    pfn->modified = modified;
    pfn->containing_page = table;
    mi_pfn(table)->u2.share_count++;
    mm_page_lists[ACTIVE_AND_VALID].total++;
}

void mi_initialize_pfn(pfn_t frame, struct mmpte *pte, bool modified)
{
    activate(frame, pte, table_of(pte), *pte, modified);
}

void mi_initialize_pfn_for_kernel(pfn_t frame, struct mmpte *pte)
{
    activate(frame, pte, table_of(pte), (struct mmpte){.value = 0}, true);
}

void mi_initialize_page_table_pfn(pfn_t frame, struct mmpte *pde, pfn_t directory)
{
    activate(frame, pde, directory, (struct mmpte){.value = 0}, true);
    mi_pfn(frame)->u1.used_entries = 0;
}

void mi_initialize_prototype_pfn(pfn_t frame, struct mmpte *prototype, bool modified)
{
    activate(frame, prototype, MI_NO_TABLE, *prototype, modified);
    mi_pfn(frame)->prototype_pte = 1;
    mi_pfn(frame)->u2.share_count = 0;
}

void mi_set_pfn_deleted(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    pfn->pte_address = (struct mmpte *)((uintptr_t)pfn->pte_address | DELETED);
    mi_pfn(pfn->containing_page)->u2.share_count--;
}

static void free_deleted_page(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    pfn->pte_address = NULL;
    pfn->original_pte.value = 0;
    pfn->containing_page = 0;
    pfn->modified = 0;
    pfn->prototype_pte = 0;
    pfn->clone_page = 0;
    mi_insert_page_in_free_list(frame);
}

/* Nobody maps FRAME and nobody refers to it: where it goes. */
static void retire(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if ((uintptr_t)pfn->pte_address & DELETED)
        free_deleted_page(frame);
    else
        mi_insert_page_in_list(pfn->modified ? MODIFIED_PAGE_LIST : STANDBY_PAGE_LIST, frame);
}

void mi_decrement_share_count(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    mi_assert_pfn_lock_held();
    if (pfn->page_location != ACTIVE_AND_VALID || pfn->u2.share_count == 0)
        ke_bug_check_ex(PFN_LIST_CORRUPT, 7, frame, pfn->u2.share_count, 0);
    if (--pfn->u2.share_count)
        return;
    if (pfn->prototype_pte && !((uintptr_t)pfn->pte_address & DELETED))
        mi_write_pte(pfn->pte_address,
                     mi_make_transition_pte(frame, pfn->original_pte.soft.protection));
    mm_page_lists[ACTIVE_AND_VALID].total--;
    if (--pfn->reference_count) { /* locked, or under I/O: it waits for the last reference */
        pfn->page_location = TRANSITION_PAGE;
        mm_page_lists[TRANSITION_PAGE].total++;
    } else {
        retire(frame);
    }
}

void mi_increment_reference_count(pfn_t frame)
{
    mi_assert_pfn_lock_held();
    mi_pfn(frame)->reference_count++;
}

void mi_decrement_reference_count(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    mi_assert_pfn_lock_held();
    if (pfn->reference_count == 0)
        ke_bug_check_ex(PFN_LIST_CORRUPT, 7, frame, 0, 0);
    if (--pfn->reference_count)
        return;
    mm_page_lists[pfn->page_location].total--; /* TRANSITION_PAGE: an active page keeps its own */
    retire(frame);
}

void mi_reference_transition_page(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->page_location != TRANSITION_PAGE) {
        mi_unlink_page_from_list(frame);
        pfn->page_location = TRANSITION_PAGE;
        pfn->u2.share_count = 0;
        mm_page_lists[TRANSITION_PAGE].total++;
    }
    pfn->reference_count++;
}

void mi_reactivate_pfn(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->page_location == TRANSITION_PAGE) /* on no list: somebody refers to it */
        mm_page_lists[TRANSITION_PAGE].total--;
    else
        mi_unlink_page_from_list(frame);
    mm_page_lists[ACTIVE_AND_VALID].total++;
    pfn->page_location = ACTIVE_AND_VALID;
    pfn->u2.share_count = 1;
    pfn->reference_count++;
}

static void delete_valid(struct mmpte *pte)
{
    pfn_t frame = pte->hard.page_frame_number;

    mi_change_valid_pte(pte, (struct mmpte){.value = 0}, mi_get_virtual_address_mapped_by_pte(pte));
    mi_set_pfn_deleted(frame);
    mi_decrement_share_count(frame);
}

static void delete_transition(struct mmpte *pte)
{
    pfn_t frame = pte->trans.page_frame_number;

    mi_set_pfn_deleted(frame);
    mi_write_pte(pte, (struct mmpte){.value = 0});
    if (mi_pfn(frame)->page_location == TRANSITION_PAGE)
        return; /* the last reference frees it */
    mi_unlink_page_from_list(frame);
    free_deleted_page(frame);
}

void mi_delete_ptes(struct mmpte *pte, uint32_t count)
{
    for (; count; count--, pte++) {
        if (pte->hard.valid)
            delete_valid(pte);
        else if (mi_pte_kind(*pte) == MI_PTE_TRANSITION)
            delete_transition(pte);
        else
            mi_write_pte(pte, (struct mmpte){.value = 0});
    }
}

struct mmpte mi_read_pte_of(const struct mmpfn *pfn)
{
    if (pfn->pte_address >= MI_FIRST_SYSTEM_PTE)
        return mi_read_pte(pfn->pte_address);
    const struct mmpte *table = mi_map_page_in_hyper_space(pfn->containing_page);
    uint32_t index = ((uint32_t)(uintptr_t)pfn->pte_address & (PAGE_SIZE - 1)) >> PTE_SIZE_SHIFT;
    struct mmpte value = mi_read_pte(table + index);

    mi_unmap_page_in_hyper_space((void *)(uintptr_t)table);
    return value;
}

/* The page table of a process that is not loaded, perhaps: seen through hyperspace. The page is its
 * private one no more. */
static __attribute__((noinline)) void restore_user_pte(const struct mmpfn *pfn)
{
    struct mmpte *table = mi_map_page_in_hyper_space(pfn->containing_page);
    uint32_t index = ((uint32_t)(uintptr_t)pfn->pte_address & (PAGE_SIZE - 1)) >> PTE_SIZE_SHIFT;

    mi_write_pte(table + index, pfn->original_pte);
    mi_unmap_page_in_hyper_space(table);
    mi_address_space_of(mi_pfn(pfn->containing_page)->containing_page)->private_pages--;
}

void mi_restore_transition_pte(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (unlikely(pfn->pte_address < MI_FIRST_SYSTEM_PTE))
        restore_user_pte(pfn);
    else
        mi_write_pte(pfn->pte_address, pfn->original_pte);
    mi_pfn(pfn->containing_page)->u2.share_count--;
    pfn->pte_address = NULL;
    pfn->original_pte.value = 0;
    pfn->containing_page = 0;
    pfn->prototype_pte = 0;
}
