/*
 * What the parts of the program that takes no for an answer share: each looks at each result, and
 * goes on without what it did not get.
 */
#pragma once

#include "nt.h"
#include <stdio.h>

static char self[MAX_PATH];
static volatile LONG refused;

/* => whether RESULT, of WHAT, is there. */
static BOOL have(BOOL result, const char *what)
{
    if (!result) {
        DWORD error = GetLastError();

        refused = 1;
        fprintf(stderr, "%s: error %lu\n", what, error);
    }
    return result;
}
