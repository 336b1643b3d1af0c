/* mm_verify, special pool: allocations, their fill and the pages behind them. */
#include "mm/mi.h"
#include "mm/special_pool.h"
#include "mm/verify.h"

/* Is there nothing but fill in BYTES from VA on, all in one page? A page that was never touched has
 * none. */
static bool is_filled(uintptr_t va, uint32_t bytes)
{
    const void *fill = bytes ? mi_verify_look_at(va) : NULL;
    bool filled = !fill || !mi_check_special_fill((uintptr_t)fill, (uintptr_t)fill + bytes);

    mi_verify_look_away(fill);
    return filled;
}

static void check_allocation(const struct special_page *a, uint32_t pages)
{
    uintptr_t start = mi_special_address(a->first), end = start + (pages << PAGE_SHIFT);
    uintptr_t p = mi_special_allocation(a), behind = p + a->bytes;

    if (mi_read_pte(mi_get_pte_address(end)).value)
        mi_verify_failed("special pool: the guard page at %08x is in use", (uint32_t)end);
    if (!is_filled(start, (uint32_t)(p - start)) || !is_filled(behind, (uint32_t)(end - behind)))
        mi_verify_failed("special pool: bytes around %08x were written", (uint32_t)p);
}

void mi_verify_special_pool(enum pool_type type, struct pool_usage *found)
{
    const struct mi_special_pool *special = &mi_special_pool;
    uint32_t in_use = 0;

    if (!special->used.size)
        return;
    for (uint32_t i = 0; i < special->used.size; i++) {
        const struct special_page *a = &special->page[i];
        if (!rtl_test_bit(&special->used, i) || a->first != i)
            continue;
        uint32_t pages = BYTES_TO_PAGES(a->bytes);
        in_use += pages + 1;
        if (a->paged != (type == PAGED_POOL))
            continue;
        check_allocation(a, pages);
        found->pages += pages;
        found->blocks++;
        found->bytes += a->bytes;
    }
    if (type == NONPAGED_POOL && in_use != rtl_number_of_set_bits(&special->used))
        mi_verify_failed("special pool: %u pages are marked as in use, %u found",
                         rtl_number_of_set_bits(&special->used), in_use);
}
