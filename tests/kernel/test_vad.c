/* VADs of a process with as many regions as there may be. */
#include "mm/mm.h"
#include "tests/kernel/spaces.h"

#define BASE 0x10000000u

/* The least and the most steps to the deepest node: log2(regions), and 1.45 log2(regions) + 2. */
struct size {
    uint32_t regions, least, most;
};
static const struct size large = {100000, 17, 26}, small = {5000, 13, 19};

/* How many nodes are looked at from the root to NODE's, both included. */
static uint32_t steps_to(const struct mmvad *node)
{
    uint32_t steps = 0;

    for (; node; node = node->parent)
        steps++;
    return steps;
}

/* Twice as many pages are reserved, and each second one is released: one VAD a page. */
static bool make_regions(struct ktest_space *s, uint32_t regions)
{
    if (!ktest_allocate(s, BASE, 2 * regions * PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE))
        return false;
    for (uint32_t i = 0; i < regions; i++)
        if (!NT_SUCCESS(ktest_free(s, BASE + (2 * i + 1) * PAGE_SIZE, PAGE_SIZE, MEM_RELEASE)))
            return false;
    return s->vm->vads.count == regions;
}

KTEST(vad, many_regions_are_found_in_a_few_steps)
{
    struct ktest_space s;
    uint32_t most = 0, wrong = 0;
    struct size size =
        mi_available_pages() < 8000 ? small : large; /* a small machine has no pool */

    ktest_suspend_special_pool(); /* a page for each would be too much */
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert(test, make_regions(&s, size.regions));
    ktest_assert(test, !mi_vad_tree_fault(&s.vm->vads));
    for (uint32_t i = 0; i < size.regions; i++) {
        uint32_t vpn = (BASE >> PAGE_SHIFT) + 2 * i;
        s.vm->vads.hint = NULL;
        const struct mmvad *vad = mi_locate_address(&s.vm->vads, vpn);
        wrong += !vad || vad->starting_vpn != vpn || vad->ending_vpn != vpn;
        wrong += mi_locate_address(&s.vm->vads, vpn + 1) != NULL;
        most = steps_to(vad) > most ? steps_to(vad) : most;
    }
    ktest_note("%u steps at most", most);
    ktest_assert_eq(test, wrong, 0);
    ktest_assert_eq(test, most, s.vm->vads.root->height);
    ktest_assert(test, most >= size.least && most <= size.most);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}
