/*
 * Shell-like patterns, for choosing self-tests by name.
 */
#pragma once

#include "lib/types.h"

/*
 * => whether `pattern` describes the whole of `text`: '*' stands for any characters or none, '?'
 * for exactly one, every other character for itself. Takes at most strlen(pattern) * strlen(text)
 * steps.
 */
bool glob_match(const char *pattern, const char *text);
