/*
 * What the tests share that look at memory through tokos.dll. They have no start-up code, so that
 * they run on a 486: mingw's is made for the processors that came after it.
 */
#pragma once

#include "user/tokos/tokos.h"

#define PAGE 4096

static struct tokos_page look_in(HANDLE process, const volatile void *va)
{
    struct tokos_page page;

    if (!tokos_query_page(process, (const void *)va, &page)) {
        printf("# tokos_query_page(%p): error %lu\n", va, GetLastError());
        memset(&page, 0xEE, sizeof(page));
    }
    return page;
}

static struct tokos_page look(const volatile void *va)
{
    return look_in(GetCurrentProcess(), va);
}

/* Of the whole system, and of this process. The structure is the program's data, which is its own
 * after the first call: later ones take no fault. */
static const struct tokos_counters *counters(void)
{
    static struct tokos_counters now = {.fault_kinds = 1};

    tokos_query_counters(&now);
    return &now;
}
