/* UTF-8 into NT's 16-bit units. */
#pragma once

#include "lib/types.h"

/*
 * Writes the BYTES of UTF-8 at FROM as units to the ROOM units at TO, or NULL to count only. A
 * character above U+FFFF becomes two. What is no UTF-8 (RFC 3629: an overlong form, a surrogate, a
 * value above 10FFFF, a byte out of place) becomes U+FFFD, one for each byte that begins nothing.
 * => the units of the whole text: it was cut when that is more than ROOM.
 */
size_t rtl_utf8_to_unicode(const char *from, size_t bytes, uint16_t *to, size_t room);
