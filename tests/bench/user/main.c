/*
 * The Win32 program. Arguments, if any, are how many regions there are to be, 0 for each number,
 * and the benchmarks to run, by the beginnings of their names. With the word "profile" in front one
 * of them is run once, under the eyes of a debugger (profile.c).
 */
#include "tests/bench/user/win32.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void expect(bool holds, const char *what)
{
    if (holds)
        return;
    printf("# failed %s, error %lu, %u regions\n", what, GetLastError(), region_count);
    exit(1);
}

uint64_t nanoseconds(void)
{
    LARGE_INTEGER frequency, now;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (uint64_t)((double)now.QuadPart * 1e9 / (double)frequency.QuadPart);
}

int main(int argc, char **argv)
{
    bool profiling = argc > 1 && !strcmp(argv[1], "profile");
    int skip = profiling + 2; /* words before the names */
    uint32_t only = skip <= argc ? strtoul(argv[skip - 1], NULL, 10) : 0;

    measure_begin();
    for_all(profiling ? profile : measure, only, max(argc - skip, 0), argv + skip);
    return 0;
}
