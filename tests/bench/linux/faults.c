/* Page faults that the kernel handles, and those that it hands to the program. */
#define _GNU_SOURCE
#include "tests/bench/user/bench.h"
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGES       200u
#define STACK_PAGES 40u
#define STACK_BEGIN 64u /* pages that the stack has from the beginning, and more */

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

/* ---- demand-zero: the page is always zeroed in the fault ------------------------------------ */

static void commit_pages(void)
{
    memory = commit(PAGES);
}

static void commit_64000(void)
{
    memory = commit(64000);
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

static void write_region(uint32_t sample)
{
    *regions_untouched_page(sample) = 1;
}

/* ---- pages of a file ------------------------------------------------------------------------ */

static int file;

static void map_file(int protection, int flags)
{
    file = memfd_create("pages", 0);
    expect(file >= 0 && !ftruncate(file, PAGES * PAGE), "file");
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    touch(memory, PAGES);
    release(memory, PAGES);
    memory = mmap(NULL, PAGES * PAGE, protection, flags, file, 0);
    expect(memory != MAP_FAILED, "view");
    read_page(0); /* now there is a page table */
}

/* As the parts of an image are mapped. */
static void map_image(void)
{
    map_file(PROT_READ | PROT_EXEC, MAP_PRIVATE);
}

static void map_section(void)
{
    map_file(PROT_READ, MAP_SHARED);
}

static void map_copy(void)
{
    map_file(PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (uint32_t i = 0; i < PAGES; i++)
        read_page(i);
}

static void read_next_page(uint32_t sample)
{
    read_page(sample + 1);
}

static void unmap_file(void)
{
    release(memory, PAGES);
    close(file);
}

/* ---- the stack ------------------------------------------------------------------------------ */

static volatile char *stack;

static void find_stack(void)
{
    if (!stack) {
        stack = (char *)__builtin_frame_address(0);
        for (uint32_t i = 0; i < STACK_BEGIN; i++)
            *(stack -= PAGE) = 1;
    }
}

static void grow_stack(uint32_t sample)
{
    (void)sample;
    *(stack -= PAGE) = 1;
}

const struct bench fault_benches[] = {
    {"demand_zero.ready", 3, PAGES, 1, 1, commit_pages, write_page, free_pages},
    {"demand_zero.zeroed_in_fault", 3, PAGES, 1, 1, commit_pages, write_page, free_pages},
    {"demand_zero.in_any_region", 1, USED_PAGES, 1, 1, NULL, write_region, NULL},
    {"demand_zero.mean_of_1000", 1, 64, 1000, 1, commit_64000, touch_1000, free_64000},
    {"demand_zero.mean_of_16000", 1, 4, 16000, 1, commit_64000, touch_16000, free_64000},
    {"demand_zero.mean_of_64000", 1, 1, 64000, 1, commit_64000, touch_64000, free_64000},
    {"soft_fault.image", 3, PAGES - 1, 1, 1, map_image, read_next_page, unmap_file},
    {"soft_fault.section", 3, PAGES - 1, 1, 1, map_section, read_next_page, unmap_file},
    {"copy_on_write", 3, PAGES, 1, 1, map_copy, write_page, unmap_file},
    {"guard_page.stack", 1, STACK_PAGES, 1, 1, find_stack, grow_stack, NULL},
    {0},
};

/* ---- signal handlers ------------------------------------------------------------------------ */

static int good;

static void repair_page(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    mprotect((void *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1)), PAGE,
             PROT_READ | PROT_WRITE);
}

static void repair_register(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_ECX] = (int)&good;
}

static void handle(void (*handler)(int number, siginfo_t *info, void *context))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

    expect(!sigaction(SIGSEGV, &action, NULL), "handler");
}

/* Every other page is made unusable, so that each is a region of its own, as in a program whose
 * pages are protected one by one. */
static void prepare_pages(void)
{
    memory = commit(2 * PAGES);
    touch(memory, 2 * PAGES);
    expect(!mprotect(memory, 2 * PAGES * PAGE, PROT_READ), "protection");
    for (uint32_t i = 1; i < 2 * PAGES; i += 2)
        expect(!mprotect(memory + i * PAGE, PAGE, PROT_NONE), "protection");
    handle(repair_page);
}

static void write_every_other_page(uint32_t sample)
{
    write_page(2 * sample);
}

static void prepare_register(void)
{
    handle(repair_register);
}

static void finish_pages(void)
{
    signal(SIGSEGV, SIG_DFL);
    release(memory, 2 * PAGES);
}

static void finish_register(void)
{
    signal(SIGSEGV, SIG_DFL);
}

static void write_by_register(uint32_t sample)
{
    int *where = NULL;

    (void)sample;
    __asm__ volatile("movl %%eax, (%%ecx)" : "+c"(where) : "a"(1) : "memory");
}

const struct bench exception_benches[] = {
    {"exception.repaired_by_protect", 1, PAGES, 1, 0, prepare_pages, write_every_other_page,
     finish_pages},
    {"exception.repaired_in_context", 1, PAGES, 1, 0, prepare_register, write_by_register,
     finish_register},
    {0},
};
