/*
 * For the tests of arguments: what a program with wide ones would have got.
 */
#pragma once

#include <stdlib.h>
#include <wchar.h>

/* The startup code of a program with wmain calls this one; such a program's arguments are the same.
 */
extern int __cdecl __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***env, int wildcards,
                                  int *new_mode);

/* => whether ARGV and its end are there as wide strings too, with WILDCARDS expanded or not. */
static int wide_arguments_match(int argc, char **argv, int wildcards)
{
    wchar_t **wide, **environment, expected[512];
    int count = 0, new_mode = 0;

    if (__wgetmainargs(&count, &wide, &environment, wildcards, &new_mode) || count != argc ||
        wide[count])
        return 0;
    for (int i = 0; i < argc; i++) {
        mbstowcs(expected, argv[i], 512);
        if (wcscmp(wide[i], expected))
            return 0;
    }
    return environment && environment[0];
}
