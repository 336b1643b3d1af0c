/* VADs of a process with as many regions as there may be. */
#include "mm/mm.h"
#include "tests/kernel/spaces.h"

#define BASE    0x10000000u
#define REGIONS 100000u
#define MOST    26u /* 1.45 log2(REGIONS) + 2 */

/* How many nodes are looked at from the root to NODE's, both included. */
static uint32_t steps_to(const struct mmvad *node)
{
    uint32_t steps = 0;

    for (; node; node = node->parent)
        steps++;
    return steps;
}

/* A region of REGIONS * 2 pages is reserved, and each second page released: one VAD a page. */
static bool make_regions(struct ktest_space *s)
{
    if (!ktest_allocate(s, BASE, 2 * REGIONS * PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE))
        return false;
    for (uint32_t i = 0; i < REGIONS; i++)
        if (!NT_SUCCESS(ktest_free(s, BASE + (2 * i + 1) * PAGE_SIZE, PAGE_SIZE, MEM_RELEASE)))
            return false;
    return s->vm->vads.count == REGIONS;
}

KTEST(vad, a_hundred_thousand_regions_are_found_in_a_few_steps)
{
    struct ktest_space s;
    uint32_t most = 0, wrong = 0;

    if (mi_available_pages() < 8000) {
        ktest_skip(test, "there is no memory for as many VADs");
        return;
    }
    ktest_suspend_special_pool(); /* a page for each would be too much */
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert(test, make_regions(&s));
    ktest_assert(test, !mi_vad_tree_fault(&s.vm->vads));
    for (uint32_t i = 0; i < REGIONS; i++) {
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
    ktest_assert(test, most >= 17 && most <= MOST);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}
