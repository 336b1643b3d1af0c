/*
 * Characters of a byte each: the ANSI code page, 1252, which programs' strings without L are in,
 * and the OEM code page, 437, of the PC's screen. The lower half of both is ASCII. Pure, tested on
 * the host.
 */
#pragma once

#include "lib/types.h"

struct code_page {
    uint16_t number;
    uint16_t high[128]; /* of the bytes from 80h on */
};

extern const struct code_page code_page_ansi, code_page_oem;

/* BYTES bytes of FROM become at most SIZE units at TO. => BYTES, the units that they all have. */
size_t code_page_to_unicode(const struct code_page *page, uint16_t *to, size_t size,
                            const char *from, size_t bytes);

/* UNITS units of FROM become at most SIZE bytes at TO. What the page lacks becomes REPLACEMENT, and
 * *REPLACED, which may be NULL, is set. => the bytes of the whole text. */
size_t code_page_from_unicode(const struct code_page *page, char *to, size_t size,
                              const uint16_t *from, size_t units, char replacement, bool *replaced);
