/*
 * Names of files as programs write them, and in full. Pure, tested on the host.
 */
#pragma once

#include "lib/types.h"

#define PATH_LIMIT   1024u /* units of a full path, with the terminator */
#define PATH_NO_FILE SIZE_MAX

/*
 * NAME in full, to OUT, which has room for PATH_LIMIT units; CURRENT is the full path of the
 * current directory, with a backslash at its end. "." and ".." are resolved, slashes become
 * backslashes, and what ends a name without counting (dots, and spaces) goes. NUL, CON and the like
 * are devices:
 * "\\.\NUL". *FILE: where the last name begins; PATH_NO_FILE: there is none, NAME is a directory's.
 * => the length; 0: NAME is empty, or too long.
 */
size_t path_make_full(uint16_t *out, const uint16_t *name, const uint16_t *current, size_t *file);

/* Where the object manager has the file with the full path FULL: to OUT, PATH_LIMIT + 4 units.
 * => the length. */
size_t path_make_nt(uint16_t *out, const uint16_t *full);
