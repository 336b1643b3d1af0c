/* Names and patterns: pure, tested on the host. */
#pragma once

#include "lib/unicode.h"

/* Does NAME match PATTERN? * and ? are as ever, < > and " their likes for what DOS meant by them:
 *      *  any units or none            ?  one unit
 *      <  any but the last dot         >  one unit but a dot, or none at a dot or the end
 *      "  a dot, or none at the end
 * Case does not count. (FsRtlIsNameInExpression) */
bool io_is_name_in_expression(const struct unicode_string *pattern,
                              const struct unicode_string *name);
