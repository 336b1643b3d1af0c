/* Page faults that the kernel handles without the program's knowing. */
#include "tests/bench/user/win32.h"

#define PAGES       200u
#define STACK_PAGES 40u /* of the 256 that the stack can have, for each number of regions */

static char *memory;

static void write_page(uint32_t sample)
{
    *(volatile char *)(memory + sample * PAGE) = 1;
}

static void read_page(uint32_t sample)
{
    (void)*(volatile char *)(memory + sample * PAGE);
}

static void free_pages(void)
{
    release(memory, PAGES);
}

/* ---- demand-zero ---------------------------------------------------------------------------- */

static void zeroed_before(void)
{
    memory = commit(PAGES);
    frames_zero();
}

static void zeroed_in_fault(void)
{
    frames_dirty();
    memory = commit(PAGES);
}

static void commit_64000(void)
{
    memory = commit(64000);
    frames_zero();
}

static void free_64000(void)
{
    release(memory, 64000);
}

static void touch_1000(uint32_t sample)
{
    touch(memory + sample * 1000 * PAGE, 1000);
}

static void touch_16000(uint32_t sample)
{
    touch(memory + sample * 16000 * PAGE, 16000);
}

static void touch_64000(uint32_t sample)
{
    (void)sample;
    touch(memory, 64000);
}

/* Each in another of the regions, which has to be found first. */
static void write_region(uint32_t sample)
{
    *regions_untouched_page(sample) = 1;
}

/* ---- pages that somebody else has ----------------------------------------------------------- */

static const char image_pages[PAGES * PAGE] __attribute__((aligned(4096))) = {1};
static HANDLE section;
static char *view; /* keeps the pages in memory; the faults are in another */

static void make_section(void)
{
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PAGES * PAGE, NULL);
    view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    expect(view != NULL, "section");
    touch(view, PAGES);
}

static void map_section(void)
{
    make_section();
    memory = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    expect(memory != NULL, "view");
    read_page(0); /* now there is a page table */
}

static void map_copy(void)
{
    make_section();
    memory = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
    expect(memory != NULL, "view");
    for (uint32_t i = 0; i < PAGES; i++)
        read_page(i);
    frames_zero();
}

static void read_next_page(uint32_t sample)
{
    read_page(sample + 1);
}

static void unmap_section(void)
{
    expect(UnmapViewOfFile(memory) && UnmapViewOfFile(view), "unmapping");
    CloseHandle(section);
}

/* This program's image once more; its pages are in memory because it has read them. */
static void map_image(void)
{
    char name[MAX_PATH];
    HANDLE file;

    GetModuleFileNameA(NULL, name, sizeof(name));
    file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
    CloseHandle(file);
    view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    expect(view != NULL, "image");
    memory = view + (image_pages - (char *)GetModuleHandleA(NULL));
    for (uint32_t i = 0; i < PAGES; i++)
        (void)((const volatile char *)image_pages)[i * PAGE];
    read_page(0);
}

static void unmap_image(void)
{
    expect(UnmapViewOfFile(view), "unmapping");
    CloseHandle(section);
}

/* ---- the stack ------------------------------------------------------------------------------ */

/* The guard page is the one below the lowest that is in use, which the thread's block names. */
static void grow_stack(uint32_t sample)
{
    volatile char *limit;

    (void)sample;
    __asm__ volatile("movl %%fs:8, %0" : "=r"(limit));
    limit[-1] = 1;
}

const struct bench fault_benches[] = {
    {"demand_zero.ready", 3, PAGES, 1, 1, zeroed_before, write_page, free_pages},
    {"demand_zero.zeroed_in_fault", 3, PAGES, 1, 1, zeroed_in_fault, write_page, free_pages},
    {"demand_zero.in_any_region", 1, USED_PAGES, 1, 1, frames_zero, write_region, NULL},
    {"demand_zero.mean_of_1000", 1, 64, 1000, 1, commit_64000, touch_1000, free_64000},
    {"demand_zero.mean_of_16000", 1, 4, 16000, 1, commit_64000, touch_16000, free_64000},
    {"demand_zero.mean_of_64000", 1, 1, 64000, 1, commit_64000, touch_64000, free_64000},
    {"soft_fault.image", 3, PAGES - 1, 1, 1, map_image, read_next_page, unmap_image},
    {"soft_fault.section", 3, PAGES - 1, 1, 1, map_section, read_next_page, unmap_section},
    {"copy_on_write", 3, PAGES, 1, 1, map_copy, write_page, unmap_section},
    {"guard_page.stack", 1, STACK_PAGES, 1, 1, frames_zero, grow_stack, NULL},
    {0},
};
