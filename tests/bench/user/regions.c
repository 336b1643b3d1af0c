/*
 * Many regions: VADs of one page each, or a few more, with a page between them. VirtualAlloc begins
 * a region every 64 KB, and 2 GB have room for 32,767; but the native service releases any part of
 * an allocation, and what is left of it on both sides are two VADs. So a chunk is allocated and
 * every other page of it released.
 *
 * The pages of some chunks are committed, for faults in a region that no look-up has just found.
 * Those of the others are only reserved: 60,000 pages would be half of the memory.
 */
#include "tests/bench/user/win32.h"
#include <winternl.h>

#define CHUNK_REGIONS   512u
#define COMMITTED_EVERY 8u /* chunks */
#define MOST_CHUNKS     128u
#define STRIDE          37u /* has no divisor in common with the regions of a chunk that are used */

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type);

static struct chunk {
    char *base;
    uint32_t regions;
} chunks[MOST_CHUNKS];

static uint32_t chunk_count;
static uint32_t region_pages;
uint32_t region_count;

static void release_pages(void *page, uint32_t pages)
{
    SIZE_T size = pages * PAGE;

    expect(!NtFreeVirtualMemory(GetCurrentProcess(), &page, &size, MEM_RELEASE), "regions");
}

static char *region_at(const struct chunk *chunk, uint32_t region)
{
    return chunk->base + region * (region_pages + 1) * PAGE;
}

/* The first and the last region are touched, so that there are page tables. */
static void make_chunk(struct chunk *chunk, uint32_t regions, bool committed)
{
    chunk->regions = regions;
    chunk->base = VirtualAlloc(NULL, regions * (region_pages + 1) * PAGE,
                               MEM_RESERVE | (committed ? MEM_COMMIT : 0), PAGE_READWRITE);
    expect(chunk->base != NULL, "regions");
    for (uint32_t i = 0; i < regions; i++)
        release_pages(region_at(chunk, i) + region_pages * PAGE, 1);
    if (committed) {
        touch(region_at(chunk, 0), 1);
        touch(region_at(chunk, regions - 1), 1);
    }
}

void regions_make(uint32_t count)
{
    region_count = count;
    region_pages = REGION_PAGES(count);
    chunk_count = 0;
    while (count) {
        uint32_t regions = min(count, CHUNK_REGIONS);

        expect(chunk_count < MOST_CHUNKS, "regions");
        make_chunk(&chunks[chunk_count], regions, chunk_count % COMMITTED_EVERY == 0);
        chunk_count++;
        count -= regions;
    }
}

void regions_free(void)
{
    for (uint32_t i = 0; i < chunk_count; i++)
        for (uint32_t j = 0; j < chunks[i].regions; j++)
            release_pages(region_at(&chunks[i], j), region_pages);
}

volatile char *regions_untouched_page(uint32_t sample)
{
    uint32_t committed = (chunk_count + COMMITTED_EVERY - 1) / COMMITTED_EVERY;
    struct chunk *chunk = &chunks[sample % committed * COMMITTED_EVERY];
    uint32_t round = sample / committed, used = chunk->regions - 2;

    return region_at(chunk, 1 + round * STRIDE % used) + round / used * PAGE;
}
