/*
 * The files that tests read, which data.py makes: they are in a folder beside the program. The
 * volume may be read-only.
 */
#pragma once

#include "check.h"

#define DATA         "data\\"
#define DATA_WRITTEN 1000000000 /* when all of them were, in seconds since 1970 */

/* => the file NAME of the folder, open. Without it the test cannot go on: it fails, and ends. */
__attribute__((unused)) static FILE *open_data(const char *name, const char *mode)
{
    char path[64] = DATA;
    FILE *file = fopen(strcat(path, name), mode);

    if (file)
        return file;
    check_begin(0, path);
    printf(": cannot be opened\n");
    exit(check_done());
}
