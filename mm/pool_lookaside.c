/* The blocks of nonpaged pool that are kept, and how they go back to their pages. */
#include "mm/pool_lookaside.h"

struct pool_processor mi_pool_processor = {.limit = POOL_LOOKASIDE_DEPTH};

static bool flush(struct pool_lookaside *list)
{
    bool any = list->first != NULL;

    while (list->first) {
        struct pool_header *header = list->first;
        list->first = *(struct pool_header **)(header + 1);
        list->depth--;
        mi_give_back_pool_block(POOL, header);
    }
    return any;
}

bool mi_flush_pool_lookaside(void)
{
    struct pool_processor *processor = KPCR_READ(pool);
    bool any = false;

    for (uint32_t size = 0; size < POOL_LOOKASIDE_UNITS; size++)
        any |= flush(&processor->lookaside[size]);
    POOL->usage.blocks += processor->blocks;
    POOL->usage.bytes += processor->bytes;
    POOL->usage.allocations += processor->allocations;
    processor->blocks = processor->bytes = processor->allocations = 0;
    return any;
}
