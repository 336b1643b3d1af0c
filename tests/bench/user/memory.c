/* The services that change the address space. */
#include "tests/bench/user/win32.h"

static char *memory;

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

static void prepare_page(void)
{
    memory = commit(1);
    touch(memory, 1);
}

static void toggle(uint32_t sample)
{
    DWORD old;

    (void)sample;
    VirtualProtect(memory, PAGE, PAGE_READONLY, &old);
    VirtualProtect(memory, PAGE, PAGE_READWRITE, &old);
    expect(old == PAGE_READONLY, "protection");
}

static void free_page(void)
{
    release(memory, 1);
}

const struct bench memory_benches[] = {
    {"allocate_and_free.page", 1, 200, 1, 0, NULL, allocate_page, NULL},
    {"allocate_and_free.megabyte", 1, 200, 1, 0, NULL, allocate_megabyte, NULL},
    {"protect_toggle", 1, 200, 2, 0, prepare_page, toggle, free_page},
    {0},
};
