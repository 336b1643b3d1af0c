/*
 * Many regions: VADs of one page each, with a page between them. VirtualAlloc begins a region every
 * 64 KB, and 2 GB have room for 32,767; but the native service releases any part of an allocation,
 * and what is left of it on both sides are two VADs. So a chunk is allocated and every other page
 * of it released.
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
uint32_t region_count;

static void release_page(void *page)
{
    SIZE_T size = PAGE;

    expect(!NtFreeVirtualMemory(GetCurrentProcess(), &page, &size, MEM_RELEASE), "regions");
}

/* The first and the last page are touched, so that there are page tables. */
static void make_chunk(struct chunk *chunk, uint32_t regions, bool committed)
{
    chunk->regions = regions;
    chunk->base = VirtualAlloc(NULL, regions * 2 * PAGE, MEM_RESERVE | (committed ? MEM_COMMIT : 0),
                               PAGE_READWRITE);
    expect(chunk->base != NULL, "regions");
    for (uint32_t i = 0; i < regions; i++)
        release_page(chunk->base + (i * 2 + 1) * PAGE);
    if (committed) {
        touch(chunk->base, 1);
        touch(chunk->base + (regions - 1) * 2 * PAGE, 1);
    }
}

void regions_make(uint32_t count)
{
    region_count = count;
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
            release_page(chunks[i].base + j * 2 * PAGE);
}

volatile char *regions_untouched_page(uint32_t sample)
{
    uint32_t committed = (chunk_count + COMMITTED_EVERY - 1) / COMMITTED_EVERY;
    struct chunk *chunk = &chunks[sample % committed * COMMITTED_EVERY];
    uint32_t region = 1 + sample / committed * STRIDE % (chunk->regions - 2);

    return chunk->base + region * 2 * PAGE;
}
