/* Physical pages: whether those that come next are zeroed. And what all benchmarks use. */
#include "tests/bench/user/win32.h"
#include "user/tokos/tokos.h"

#define AS_GOOD_AS_NONE 8u    /* free pages for which the zero-page thread is not woken */
#define PATIENCE        2000  /* sleeps */
#define STEP            1000u /* pages */

typedef LONG(NTAPI *query)(struct tokos_counters *counters);

static struct tokos_counters query_counters(void)
{
    static query function;
    struct tokos_counters counters;

    if (!function)
        function = (query)(void *)GetProcAddress(GetModuleHandleA("ntdll"), "NtTokosQueryCounters");
    expect(!function(&counters), "counters");
    return counters;
}

uint32_t faults_taken(void)
{
    return query_counters().process_faults;
}

void frames_zero(void)
{
    for (int i = 0; i < PATIENCE; i++) {
        if (query_counters().free_pages < AS_GOOD_AS_NONE)
            return;
        Sleep(1); /* nobody else is ready now but the zero-page thread */
    }
    expect(false, "zeroing takes long");
}

/* As long as nobody waits, what is freed stays as it is, and zeroed pages are taken first. */
void frames_dirty(void)
{
    while (query_counters().zeroed_pages) {
        char *memory = commit(STEP);

        touch(memory, STEP);
        release(memory, STEP);
    }
}

char *commit(uint32_t pages)
{
    char *memory = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    expect(memory != NULL, "memory");
    return memory;
}

void release(void *memory, uint32_t pages)
{
    (void)pages; /* all that was allocated */
    expect(VirtualFree(memory, 0, MEM_RELEASE), "release");
}
