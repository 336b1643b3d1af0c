/*
 * Patterns of files' names. Pure, tested on the host.
 */
#pragma once

#include "lib/types.h"

/*
 * What DOS means by PATTERN, LENGTH units, in the file systems' terms, in place: "*.*" is every
 * name, a '?' also the end of a name, a '.' before a wildcard also no dot. => the new length. (As
 * the documentation of FsRtlIsNameInExpression says.)
 */
size_t pattern_translate(uint16_t *pattern, size_t length);
