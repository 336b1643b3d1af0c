/*
 * What a command line says the program is. Pure, tested on the host.
 */
#pragma once

#include "lib/types.h"

/*
 * The program's name in LINE, for the ATTEMPTth time: with quotes it is what is between them;
 * without, it ends at the first blank, if that is not found at the second, and so on. *BEGIN is
 * where it is.
 * => its length; 0: there are no more.
 */
size_t program_name(const uint16_t *line, unsigned attempt, const uint16_t **begin);

/* => whether NAME, of LENGTH units, has an extension. */
bool program_has_extension(const uint16_t *name, size_t length);
