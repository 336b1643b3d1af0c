/* The allocator of runs of PTEs; see pte_clusters.h for its layout. */
#include "mm/pte_clusters.h"

static uint32_t length_of(const struct mi_pte_clusters *c, uint32_t index)
{
    return c->base[index].list.one_entry ? 1 : c->base[index + 1].list.next_entry;
}

static uint32_t next_of(const struct mi_pte_clusters *c, uint32_t index)
{
    return c->base[index].list.next_entry;
}

/* Write the cluster's head: its length and the cluster behind it. */
static void write_cluster(struct mi_pte_clusters *c, uint32_t index, uint32_t length, uint32_t next)
{
    c->base[index] = (struct mmpte){.list = {.one_entry = length == 1, .next_entry = next}};
    if (length > 1)
        c->base[index + 1] = (struct mmpte){.list = {.next_entry = length}};
}

static void set_next(struct mi_pte_clusters *c, uint32_t previous, uint32_t next)
{
    if (previous == PTE_LIST_END)
        c->first = next;
    else
        c->base[previous].list.next_entry = next;
}

void mi_clusters_init(struct mi_pte_clusters *c, struct mmpte *base, uint32_t count)
{
    *c = (struct mi_pte_clusters){base, count, count ? 0 : PTE_LIST_END, count};
    if (count)
        write_cluster(c, 0, count, PTE_LIST_END);
}

static void clear(struct mi_pte_clusters *c, uint32_t index, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < 2; i++) /* only the head of a free cluster is not zero */
        c->base[index + i].value = 0;
}

uint32_t mi_clusters_reserve(struct mi_pte_clusters *c, uint32_t count)
{
    uint32_t previous = PTE_LIST_END, index = c->first;

    if (count == 0)
        return PTE_LIST_END;
    while (index != PTE_LIST_END && length_of(c, index) < count) {
        previous = index;
        index = next_of(c, index);
    }
    if (index == PTE_LIST_END)
        return PTE_LIST_END;
    uint32_t length = length_of(c, index), next = next_of(c, index);
    clear(c, index, length);
    if (length > count) {
        write_cluster(c, index + count, length - count, next);
        next = index + count;
    }
    set_next(c, previous, next);
    c->free -= count;
    return index;
}

bool mi_clusters_release(struct mi_pte_clusters *c, uint32_t index, uint32_t count)
{
    uint32_t previous = PTE_LIST_END, next = c->first;

    if (count == 0 || count > c->count || index > c->count - count)
        return false;
    while (next != PTE_LIST_END && next < index) {
        previous = next;
        next = next_of(c, next);
    }
    if (next != PTE_LIST_END && index + count > next)
        return false;
    if (previous != PTE_LIST_END && previous + length_of(c, previous) > index)
        return false;

    c->free += count;
    if (next != PTE_LIST_END && index + count == next) { /* join with the one behind */
        uint32_t length = length_of(c, next), after = next_of(c, next);
        clear(c, next, length);
        count += length;
        next = after;
    }
    if (previous != PTE_LIST_END && previous + length_of(c, previous) == index) {
        write_cluster(c, previous, length_of(c, previous) + count, next);
        return true;
    }
    write_cluster(c, index, count, next);
    set_next(c, previous, index);
    return true;
}

bool mi_clusters_verify(const struct mi_pte_clusters *c)
{
    uint32_t total = 0, end = 0;
    bool any = false;

    for (uint32_t i = c->first; i != PTE_LIST_END; i = next_of(c, i)) {
        if (i >= c->count || (any && i <= end)) /* clusters that touch should have been joined */
            return false;
        uint32_t length = length_of(c, i);
        if (length == 0 || length > c->count - i)
            return false;
        total += length;
        end = i + length;
        any = true;
    }
    return total == c->free;
}
