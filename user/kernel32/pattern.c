/* See pattern.h. */
#include "user/kernel32/pattern.h"

#define ANY_BUT_LAST_DOT '<'
#define ONE_OR_END       '>'
#define DOT_OR_END       '"'

static bool is_wildcard(uint16_t c)
{
    return c == '*' || c == '?' || c == ONE_OR_END;
}

size_t pattern_translate(uint16_t *pattern, size_t length)
{
    if (length == 3 && pattern[0] == '*' && pattern[1] == '.' && pattern[2] == '*')
        return 1;
    for (size_t i = 0; i < length; i++) {
        bool has_next = i + 1 < length;

        if (pattern[i] == '?')
            pattern[i] = ONE_OR_END;
        else if (pattern[i] == '.' && has_next && is_wildcard(pattern[i + 1]))
            pattern[i] = DOT_OR_END;
        else if (pattern[i] == '*' && has_next && pattern[i + 1] == '.' && i + 2 == length)
            pattern[i] = ANY_BUT_LAST_DOT; /* "*." : names without an extension */
    }
    return length;
}
