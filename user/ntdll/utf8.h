/*
 * UTF-8 to and from UTF-16. Pure, tested on the host. What is not well-formed (an overlong
 * sequence, a surrogate by itself, a cut one) becomes U+FFFD, and is counted.
 */
#pragma once

#include "lib/types.h"

/*
 * BYTES bytes of FROM become at most SIZE units at TO, which may be NULL if SIZE is 0. *BAD, which
 * may be NULL, is set when something was not well-formed.
 * => the units that the whole text has: more than SIZE when it was cut.
 */
size_t utf8_to_unicode(uint16_t *to, size_t size, const char *from, size_t bytes, bool *bad);

/* UNITS units of FROM become at most SIZE bytes at TO; never a part of a character. => as above. */
size_t utf8_from_unicode(char *to, size_t size, const uint16_t *from, size_t units);
/* => whether each surrogate in FROM has its partner. */
bool utf16_is_well_formed(const uint16_t *from, size_t units);
