/* Memory and regions: mmap, munmap and mprotect. */
#define _GNU_SOURCE
#include "tests/bench/user/bench.h"
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define TOUCHED_EVERY 512u /* pages, so that there are page tables */

uint32_t region_count;
static char *regions;
static uint32_t region_pages;
static char *memory;

uint32_t faults_taken(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint32_t)usage.ru_minflt;
}

char *commit(uint32_t pages)
{
    char *start = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    expect(start != MAP_FAILED, "memory");
    return start;
}

void release(void *start, uint32_t pages)
{
    expect(!munmap(start, pages * PAGE), "release");
}

/* Two protections by turns: what is alike would be one region. Holes between them would be filled
 * by the next allocation, and the regions joined. */
void regions_make(uint32_t count)
{
    region_count = count;
    region_pages = REGION_PAGES(count);
    regions = commit(count * region_pages);
    for (uint32_t i = 0; i < count; i += 2)
        expect(!mprotect(regions + i * region_pages * PAGE, region_pages * PAGE,
                         PROT_READ | PROT_WRITE | PROT_EXEC),
               "regions");
    for (uint32_t i = 0; i < count * region_pages; i += TOUCHED_EVERY)
        touch(regions + i * PAGE, 1);
}

void regions_free(void)
{
    release(regions, region_count * region_pages);
}

volatile char *regions_untouched_page(uint32_t sample)
{
    uint32_t used = region_count - 2;
    uint32_t step =
        used > USED_PAGES ? used / USED_PAGES & ~1u : 1; /* odd pages: none is touched */
    uint32_t region = 1 + sample * step % used, page = sample * step / used;

    return regions + (region * region_pages + page) * PAGE;
}

static void allocate_page(uint32_t sample)
{
    (void)sample;
    release(commit(1), 1);
}

static void allocate_megabyte(uint32_t sample)
{
    (void)sample;
    release(commit(256), 256);
}

/* Between two that cannot be used, so that it is a region of its own with either protection. */
static void prepare_page(void)
{
    memory = commit(3);
    touch(memory, 3);
    expect(!mprotect(memory, PAGE, PROT_NONE) && !mprotect(memory + 2 * PAGE, PAGE, PROT_NONE),
           "protection");
}

static void toggle(uint32_t sample)
{
    (void)sample;
    expect(!mprotect(memory + PAGE, PAGE, PROT_READ), "protection");
    expect(!mprotect(memory + PAGE, PAGE, PROT_READ | PROT_WRITE), "protection");
}

static void free_page(void)
{
    release(memory, 3);
}

const struct bench memory_benches[] = {
    {"allocate_and_free.page", 1, 200, 1, 0, NULL, allocate_page, NULL},
    {"allocate_and_free.megabyte", 1, 200, 1, 0, NULL, allocate_megabyte, NULL},
    {"protect_toggle", 1, 200, 2, 0, prepare_page, toggle, free_page},
    {0},
};
