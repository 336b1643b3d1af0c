/*
 * Cloning an address space (NT's native fork, MiCloneProcessAddressSpace). The child gets a VAD for
 * each of the parent's, but not for views that are to be unmapped (VIEW_UNMAP); views it shares.
 * Private pages become copy-on-write for both:
 *
 *      parent's PTE --+                               +-- clone block: a prototype PTE
 *                     +--> frame (prototype, clone) --+
 *      child's PTE  --+    share count 2
 *
 * They are mapped in both from the start, so nothing has to find the clone block but the frame. Who
 * writes first gets a copy (fault_copy_on_write.c); who is left alone gets the page itself back.
 * Pages that cannot be mapped read-only, because they are in transition or locked, are copied at
 * once.
 *
 * The parent's entries are changed a page table at a time, and the child's are written from a
 * buffer, as only one of the two is there at a time.
 */
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/section.h"

#define TAG 'nolC'

/* The prototype PTE of a page that was shared by cloning. */
struct clone_block {
    struct mmpte prototype;
    struct clone_block *next; /* not in use any more */
};

/* What the child's entry will be; a frame to be copied, when that is its value's transition form.
 */
struct entry {
    struct mmpte value;
    bool copy;
};

struct clone {
    struct mm_address_space *parent, *child;
    struct kprocess *child_process;
    struct entry *entries; /* of one page table */
    struct clone_block *blocks;
};

static struct clone_block *unused; /* to be freed; the PFN lock */

void mi_release_clone_block(struct mmpte *prototype)
{
    struct clone_block *block = CONTAINER_OF(prototype, struct clone_block, prototype);

    block->next = unused;
    unused = block;
}

static void free_blocks(struct clone_block *block)
{
    while (block) {
        struct clone_block *next = block->next;
        ex_free_pool_with_tag(block, TAG);
        block = next;
    }
}

void mi_drop_clone_share(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->u2.share_count == 1) {
        mi_release_clone_block(pfn->pte_address); /* nobody will look for it there */
        mi_set_pfn_deleted(frame);
    }
    mi_decrement_share_count(frame);
}

void mi_free_clone_blocks(void)
{
    kirql irql = mi_lock_pfn();
    struct clone_block *blocks = unused;

    unused = NULL;
    mi_unlock_pfn(irql);
    free_blocks(blocks);
}

/* ---- the parent's side; PFN lock held
 * ------------------------------------------------------------
 */

/* PTE, a private page's, becomes a mapping of a page that is shared. => what the child's will be.
 */
static struct mmpte share_page(struct clone *clone, struct mmpte *pte, uintptr_t va)
{
    pfn_t frame = pte->hard.page_frame_number;
    struct mmpfn *pfn = mi_pfn(frame);
    struct clone_block *block = clone->blocks;
    uint32_t protection = mi_copied_protection(pfn->original_pte.soft.protection);

    clone->blocks = block->next;
    pfn->modified |= pte->hard.dirty;
    block->prototype = mi_make_valid_pte(frame, MM_READWRITE);
    pfn->pte_address = &block->prototype;
    pfn->containing_page = MI_NO_TABLE;
    mi_pfn(MI_NO_TABLE)->u2.share_count++;
    pfn->prototype_pte = 1;
    pfn->clone_page = 1;
    pfn->u2.share_count = 2; /* the page table's share stays: its entry is still valid */
    mi_change_valid_pte(pte, mi_make_mapping(frame, protection), va);
    clone->parent->private_pages--;
    return mi_read_pte(pte);
}

static struct entry child_entry(struct clone *clone, struct mmvad *vad, struct mmpte *pte,
                                uintptr_t va)
{
    struct mmpte value = mi_read_pte(pte);
    enum mi_pte_kind kind = mi_pte_kind(value);

    if (kind == MI_PTE_VALID && value.hard.prototype && !mi_is_clone(value)) {
        uint32_t protection = mi_protection_of_mapping(value);
        struct mmpte none = {.value = 0};
        bool as_vad = protection == mi_page_protection(vad, &none, va);
        return (struct entry){.value = as_vad ? none : mi_make_vad_prototype_pte(protection)};
    }
    if (kind == MI_PTE_VALID && value.hard.prototype) { /* shared by an earlier clone */
        mi_pfn(value.hard.page_frame_number)->u2.share_count++;
        return (struct entry){.value = value};
    }
    /* One that has become valid since the blocks were counted may find none: it is copied. */
    if (kind == MI_PTE_VALID && clone->blocks && !mi_any_locked(clone->parent, va, va)) {
        mi_capture_writes(vad, pte, va);
        return (struct entry){.value = share_page(clone, pte, va)};
    }
    if (kind == MI_PTE_VALID)
        mi_increment_reference_count(value.hard.page_frame_number); /* until it is copied */
    /* It is only being made: the child makes its own. */
    if (kind == MI_PTE_TRANSITION && mi_pfn(value.trans.page_frame_number)->read_in_progress)
        return (struct entry){.value = mi_make_demand_zero_pte(value.trans.protection)};
    if (kind == MI_PTE_TRANSITION)
        mi_reference_transition_page(value.trans.page_frame_number);
    return (struct entry){.value = value,
                          .copy = kind == MI_PTE_VALID || kind == MI_PTE_TRANSITION};
}

static void read_run(struct clone *clone, struct mmvad *vad, const struct mi_run *run)
{
    kirql irql = mi_lock_pfn();

    for (uint32_t i = 0; i < run->pages; i++)
        clone->entries[i] = child_entry(clone, vad, run->pte + i, run->va + (i << PAGE_SHIFT));
    mi_unlock_pfn(irql);
}

/* ---- the child's side; PFN lock held
 * --------------------------------------------------------------
 */

/* The page that ENTRY leads to is copied, and the copy mapped at PTE, or kept in transition. */
static bool copy_page(struct clone *clone, struct mmpte *pte, const struct entry *entry)
{
    pfn_t from = entry->value.hard.page_frame_number, frame = mi_remove_any_page();
    uint32_t protection = mi_pfn(from)->original_pte.soft.protection;

    if (frame != PFN_NONE) {
        mi_copy_physical_page(frame, from);
        mi_write_pte(pte, mi_make_demand_zero_pte(protection));
        mi_initialize_pfn(frame, pte, true);
        struct mmpte valid = mi_make_valid_pte(frame, protection);
        valid.hard.owner = 1;
        mi_write_pte(pte, valid);
        if (!entry->value.hard.valid)
            mi_trim_page(pte);
        clone->child->private_pages++;
    }
    mi_decrement_reference_count(from);
    return frame != PFN_NONE;
}

static bool write_entry(struct clone *clone, struct mmpte *pte, const struct entry *entry)
{
    struct mmpfn *table = mi_user_table_pfn(pte);
    bool done = true;

    if (entry->copy) {
        done = copy_page(clone, pte, entry);
    } else {
        mi_write_pte(pte, entry->value);
        table->u2.share_count += entry->value.hard.valid;
    }
    table->u1.used_entries += pte->value != 0;
    return done;
}

/* What read_run prepared, and cannot be used: the shares and references go again. */
static void drop_entry(const struct entry *entry)
{
    pfn_t frame = entry->value.hard.page_frame_number;

    if (entry->copy)
        mi_decrement_reference_count(frame);
    else if (entry->value.hard.valid)
        mi_drop_clone_share(frame);
}

static bool write_run(struct clone *clone, const struct mi_run *run)
{
    struct mmpte *pte = mi_get_pte_address(run->va);
    kirql irql = mi_lock_pfn();
    bool done = mi_make_pde_exist(clone->child, run->va);

    for (uint32_t i = 0; i < run->pages; i++) {
        if (!done)
            drop_entry(&clone->entries[i]);
        else
            done = write_entry(clone, pte + i, &clone->entries[i]);
    }
    if (mi_has_page_table(run->va))
        mi_delete_empty_page_table(clone->child, run->va);
    mi_unlock_pfn(irql);
    return done;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

/* A clone block for each page that will be shared in RUN. */
static bool provide_blocks(struct clone *clone, const struct mi_run *run)
{
    for (uint32_t i = 0; i < run->pages; i++) {
        if (!run->pte[i].hard.valid || run->pte[i].hard.prototype)
            continue;
        struct clone_block *block = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*block), TAG);
        if (!block)
            return false;
        block->next = clone->blocks;
        clone->blocks = block;
    }
    return true;
}

static ntstatus clone_entries(struct clone *clone, struct mmvad *vad)
{
    struct mi_run run = mi_run_over((uintptr_t)vad->starting_vpn << PAGE_SHIFT,
                                    ((uintptr_t)vad->ending_vpn << PAGE_SHIFT) + PAGE_SIZE - 1);
    struct kprocess *saved;

    while (mi_next_run(&run)) {
        if (!run.pte)
            continue;
        if (!provide_blocks(clone, &run))
            return STATUS_INSUFFICIENT_RESOURCES;
        read_run(clone, vad, &run);
        ke_stack_attach_process(clone->child_process, &saved);
        bool done = write_run(clone, &run);
        ke_unstack_detach_process(saved);
        if (!done)
            return STATUS_NO_MEMORY;
    }
    return STATUS_SUCCESS;
}

static bool is_inherited(const struct mmvad *vad)
{
    return vad->section ? vad->inherit == VIEW_SHARE : vad->vad_type != VAD_DEVICE_MEMORY;
}

static ntstatus clone_vad(struct clone *clone, struct mmvad *vad)
{
    struct mmvad *copy = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*copy), MI_VAD_TAG);
    ntstatus status = STATUS_COMMITMENT_LIMIT;

    if (!copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    *copy = *vad;
    copy->write_watch = NULL; /* what the child writes nobody watches */
    copy->vad_type = vad->vad_type == VAD_WRITE_WATCH ? VAD_NONE : vad->vad_type;
    if (mi_charge_pages(clone->child, copy->commit_charge)) {
        status = mi_insert_vad(clone->child, copy);
        if (!NT_SUCCESS(status))
            mi_return_pages(clone->child, copy->commit_charge);
    }
    if (!NT_SUCCESS(status)) {
        ex_free_pool_with_tag(copy, MI_VAD_TAG);
        return status;
    }
    if (copy->section)
        mi_reference_view(copy);
    return clone_entries(clone, vad);
}

static ntstatus clone_all(struct clone *clone)
{
    ntstatus status = STATUS_SUCCESS;

    for (struct mmvad *vad = mi_get_first_vad(&clone->parent->vads); vad && NT_SUCCESS(status);
         vad = mi_get_next_vad(vad))
        if (is_inherited(vad))
            status = clone_vad(clone, vad);
    return status;
}

ntstatus mm_clone_address_space(struct mm_address_space *parent, struct mm_address_space *child,
                                struct kprocess *child_process)
{
    struct clone clone = {.parent = parent, .child = child, .child_process = child_process};

    ke_assert_irql_at_most(APC_LEVEL);
    clone.entries = ex_allocate_pool_with_tag(NONPAGED_POOL,
                                              PTES_PER_PAGE * (uint32_t)sizeof(struct entry), TAG);
    if (!clone.entries)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_acquire_fast_mutex(&parent->address_creation_lock);
    ex_acquire_fast_mutex(&child->address_creation_lock); /* which nobody else uses yet */
    ntstatus status = clone_all(&clone);
    ex_release_fast_mutex(&child->address_creation_lock);
    ex_release_fast_mutex(&parent->address_creation_lock);
    free_blocks(clone.blocks);
    ex_free_pool_with_tag(clone.entries, TAG);
    return status;
}
