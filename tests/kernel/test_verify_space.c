/*
 * mm_verify on address spaces: VADs, entries, page tables, directories and charges are damaged one
 * at a time; each damage must be seen and named.
 */
#include "mm/section.h"
#include "mm/system_directory.h"
#include "tests/kernel/damage.h"
#include "tests/kernel/spaces.h"

#define BASE           0x00400000u /* a page table of its own */
#define RESERVE_COMMIT (MEM_RESERVE | MEM_COMMIT)

/* Seven regions, so that the tree has three levels; of the first, page 0 is there, 1 is decommitted
 * and 2 is in transition. */
static bool make(struct ktest *test, struct ktest_space *s)
{
    uint32_t old;

    if (!ktest_enter_space(test, s))
        return false;
    for (uint32_t i = 0; i < 7; i++)
        ktest_allocate(s, BASE + i * 0x20000, 8 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_write((void *)(BASE + 2 * PAGE_SIZE), 1);
    ktest_free(s, BASE + PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT);
    ktest_protect(s, BASE + 2 * PAGE_SIZE, PAGE_SIZE, PAGE_NOACCESS, &old);
    return true;
}

KTEST(verify_space, sees_damage_to_the_vad_tree)
{
    struct ktest_space s;
    struct mmvad stray = {.height = 1};

    if (!make(test, &s))
        return;
    struct mi_vad_tree *tree = &s.vm->vads;
    struct mmvad *root = tree->root;
    ktest_assert(test, ktest_sees("out of order", root->ending_vpn, 0xE0));
    ktest_assert(test, ktest_sees("out of bounds", mi_get_last_vad(tree)->ending_vpn, 1u << 19));
    ktest_assert(test, ktest_sees("a height is wrong", root->height, 1));
    ktest_assert(test, ktest_sees("a height is wrong", root->left->left->height, 2));
    ktest_assert(test, ktest_sees("a room is wrong", root->right->room, 16));
    ktest_assert(test, ktest_sees("a largest room is wrong", root->largest_room, 1));
    ktest_assert(test, ktest_sees("fewer nodes", tree->count, 8));
    ktest_assert(test, ktest_sees("more nodes", tree->count, 1));
    ktest_assert(test, ktest_sees_value("the hint is no node", tree->hint, &stray));
    ktest_assert(test, ktest_sees_value("the root has a parent", root->parent, &stray));
    ktest_assert(test, ktest_sees_value("its parent", root->right->parent, &stray));
    ktest_leave_space(&s);
}

/* A tree that leans: the right half hangs below the left one's last node. */
KTEST(verify_space, sees_a_tree_that_is_not_balanced)
{
    struct ktest_space s;

    if (!make(test, &s))
        return;
    struct mmvad *root = s.vm->vads.root, *left = root->left, *right = root->right;
    struct mmvad saved[] = {*root, *left, *left->right, *right};
    left->right->right = right;
    right->parent = left->right;
    left->right->height = 3;
    left->height = 4;
    root->height = 5;
    root->right = NULL;
    bool seen = ktest_verify_says("VAD tree");
    *left->right = saved[2];
    *root = saved[0];
    *left = saved[1];
    *right = saved[3];
    ktest_assert(test, seen);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}

KTEST(verify_space, sees_what_a_vad_cannot_be)
{
    struct ktest_space s;
    uint32_t stray;

    if (!make(test, &s))
        return;
    struct mmvad *vad = mi_get_first_vad(&s.vm->vads);
    ktest_assert(test, ktest_sees("pages promised", vad->commit_charge, 1));
    ktest_assert(test, ktest_sees("pages promised", vad->mem_commit, 1));
    ktest_assert(test, ktest_sees("its kind", vad->private_memory, 1));
    ktest_assert(test, ktest_sees("its kind", vad->vad_type, VAD_IMAGE_MAP));
    ktest_assert(test, ktest_sees("its kind", vad->vad_type, VAD_WRITE_WATCH));
    ktest_assert(test, ktest_sees_value("its kind", vad->write_watch, &stray));
    ktest_assert(test, ktest_sees_value("its kind", vad->section, (struct control_area *)&stray));
    ktest_leave_space(&s);
}

KTEST(verify_space, sees_wrong_counts_and_charges)
{
    struct ktest_space s;

    if (!make(test, &s))
        return;
    ktest_assert(test, ktest_sees("page tables:", s.vm->page_tables, 1));
    ktest_assert(test, ktest_sees("private pages:", s.vm->private_pages, 1));
    ktest_assert(test, ktest_sees("locked pages charged:", s.vm->lock_charge, 1));
    ktest_assert(test, ktest_sees("pages committed:", s.vm->commit_charge, 1));
    ktest_assert(test, ktest_sees("at most", s.vm->peak_commit_charge, 32));
    ktest_assert(test, ktest_sees("pages reserved:", s.vm->virtual_pages, 1));
    ktest_assert(test, ktest_sees("page tables charged:", s.vm->page_table_charge, 1));
    /* The parts of the commit charge: with a sum that fits, too. */
    static const char *const names[] = {
        "sections: ", "private memory: ", "locked pages: ", "processes' page tables: "};
    for (uint32_t kind = 0; kind < ARRAY_SIZE(names); kind++) {
        mm_total_committed_pages++;
        mi_committed[kind]++;
        bool seen = ktest_verify_says(names[kind]);
        mm_total_committed_pages--;
        mi_committed[kind]--;
        ktest_assert(test, seen);
    }
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}

KTEST(verify_space, sees_wrong_entries)
{
    struct ktest_space s;

    if (!make(test, &s))
        return;
    struct mmpte *pte = mi_get_pte_address(BASE);
    struct mmpfn *pfn = mi_pfn(pte->hard.page_frame_number);
    ktest_assert(test, ktest_sees("cannot have", pte->hard.owner, 1));
    ktest_assert(test, ktest_sees("cannot have", pte->hard.global, 1));
    ktest_assert(test, ktest_sees("prototype PTE", pte->hard.prototype, 1));
    ktest_assert(test, ktest_sees("names PTE", pte->hard.page_frame_number, 1));
    ktest_assert(test, ktest_sees("cannot have", pfn->original_pte.value, ~0u));
    ktest_assert(test, ktest_sees("has share count", pfn->u2.share_count, 2));
    ktest_assert(test, ktest_sees("is a section's", pfn->prototype_pte, 1));
    ktest_assert(test, ktest_sees_value("names PTE", pfn->pte_address, pte + 1));
    ktest_assert(test, ktest_sees("entries used", pte[1].value, pte[1].value));
    ktest_assert(test, ktest_sees("pages promised", pte[1].soft.protection, MM_READWRITE));
    ktest_assert(test, ktest_sees_value("cannot have", pte[1].value, /* a view's */
                                        mi_make_vad_prototype_pte(MM_READWRITE).value));
    ktest_assert(test, ktest_sees("waits for PTE", pte[2].trans.page_frame_number, 1));
    ktest_assert(test, ktest_sees("no VAD has it", pte[16].value,
                                  mi_make_demand_zero_pte(MM_READWRITE).value));
    ktest_leave_space(&s);
}

KTEST(verify_space, sees_wrong_locks)
{
    struct ktest_space s;
    uintptr_t base = BASE;
    uint32_t size = PAGE_SIZE;

    if (!make(test, &s))
        return;
    struct mmpte *pte = mi_get_pte_address(BASE);
    struct mmpfn *pfn = mi_pfn(pte->hard.page_frame_number);
    ktest_assert(test, ktest_sees("not locked: its frame has 2", pfn->reference_count, 3));
    mm_lock_virtual_memory(s.vm, &base, &size);
    ktest_assert(test, ktest_sees("locked: its frame has 1", pfn->reference_count, 3));
    ktest_assert(test, ktest_sees("pages locked: 0 found, 1", pte->hard.valid, 1));
    ktest_assert(test, ktest_sees_value("not locked: its frame has 2", s.vm->locked_ranges, NULL));
    ktest_leave_space(&s);
}

/* => the entry of VA's page table in its directory, which does not go through the self-map. */
static struct mmpfn *table_of(uintptr_t va)
{
    return mi_pfn(mi_get_pde_address(va)->hard.page_frame_number);
}

KTEST(verify_space, sees_wrong_page_tables)
{
    struct ktest_space s;
    uintptr_t empty = BASE + 8 * LARGE_PAGE_SIZE;

    if (!make(test, &s))
        return;
    ktest_assert(test, ktest_sees("entries used", table_of(BASE)->u1.used_entries, 1));
    ktest_assert(test, ktest_sees("has share count", table_of(BASE)->u2.share_count, 1));
    ktest_assert(test, ktest_sees("has share count", mi_pfn(s.vm->directory)->u2.share_count, 1));
    kirql irql = mi_lock_pfn();
    bool made = mi_make_pde_exist(s.vm, empty);
    mi_unlock_pfn(irql);
    bool seen = ktest_verify_says("0 entries used, 0 counted");
    irql = mi_lock_pfn();
    mi_delete_empty_page_table(s.vm, empty);
    mi_unlock_pfn(irql);
    ktest_assert(test, made && seen);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}

/* Entry INDEX of the page table or directory in FRAME, which is not loaded, is flipped. */
static void flip(pfn_t frame, uint32_t index, uint32_t bits)
{
    kirql irql = ke_raise_irql_to_dispatch();
    struct mmpte *table = mi_map_page_in_hyper_space(frame);

    table[index].value ^= bits;
    mi_unmap_page_in_hyper_space(table);
    ke_lower_irql(irql);
}

static bool sees_flipped(const char *words, pfn_t frame, uint32_t index, uint32_t bits)
{
    flip(frame, index, bits);
    bool seen = ktest_verify_says(words);
    flip(frame, index, bits);
    return seen && mm_verify(NULL) == 0;
}

/* Directories that are not loaded: A's is damaged while B's is in use. */
KTEST(verify_space, sees_wrong_directories)
{
    struct ktest_space a, b;

    if (!make(test, &a) || !ktest_enter_space(test, &b))
        return;
    pfn_t directory = a.vm->directory;
    uintptr_t pool_start = mm_regions[MM_REGION_NONPAGED_POOL].start;
    uint32_t pool = mi_get_pde_offset(pool_start);
    uint32_t pde = mi_read_system_pde(pool_start).value;
    kirql irql = ke_raise_irql_to_dispatch();
    struct mmpte *entries = mi_map_page_in_hyper_space(directory);
    pfn_t hyper = entries[mi_get_pde_offset(HYPER_SPACE)].hard.page_frame_number;
    uint32_t copy = entries[pool].value;
    mi_unmap_page_in_hyper_space(entries);
    ke_lower_irql(irql);

    ktest_assert(test, sees_flipped("entry 300", directory, PDE_SELF_MAP_INDEX, 1u << PAGE_SHIFT));
    ktest_assert(test, sees_flipped("entry 300", directory, PDE_SELF_MAP_INDEX, HW_VALID));
    ktest_assert(test, sees_flipped("entry 300", directory, PDE_SELF_MAP_INDEX, HW_OWNER));
    ktest_assert(test,
                 sees_flipped("entry 301", directory, mi_get_pde_offset(HYPER_SPACE), HW_VALID));
    ktest_assert(test, sees_flipped("the system's", directory, pool, 1u << PAGE_SHIFT));
    ktest_assert(test, sees_flipped("the system's", directory, pool, HW_OWNER));
    ktest_assert(test, sees_flipped("entry 2ff", directory, 0x2FF, pde));
    ktest_assert(test, sees_flipped("hyperspace: entry 5", hyper, 5, pde));
    flip(directory, pool, copy); /* as if it had not been copied yet: that is no damage */
    ktest_assert_eq(test, mm_verify(NULL), 0);
    flip(directory, pool, copy);
    ktest_leave_space(&b);
    ktest_leave_space(&a);
}

/* Nothing is changed by looking: not even the node that was found last. */
KTEST(verify_space, leaves_no_trace)
{
    struct ktest_space s;

    if (!make(test, &s))
        return;
    const struct mmvad *hint = s.vm->vads.hint = mi_get_last_vad(&s.vm->vads);
    uint32_t directory = read_cr3(), faults = s.vm->faults;
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert(test, s.vm->vads.hint == hint);
    ktest_assert_eq(test, read_cr3(), directory);
    ktest_assert_eq(test, s.vm->faults, faults);
    ktest_leave_space(&s);
}
