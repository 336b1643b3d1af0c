/*
 * Shell-like patterns without recursion: after a mismatch only the last '*' needs to take one more
 * character, because an earlier one could gain nothing that the last cannot.
 */
#include "lib/glob.h"

bool glob_match(const char *pattern, const char *text)
{
    const char *behind_star = NULL; /* the pattern behind the last '*' seen */
    const char *star_end = NULL;    /* the text behind what that '*' stands for so far */

    while (*text != '\0') {
        if (*pattern == '*') {
            behind_star = ++pattern;
            star_end = text;
        } else if (*pattern != '\0' && (*pattern == '?' || *pattern == *text)) {
            ++pattern;
            ++text;
        } else if (behind_star != NULL) {
            pattern = behind_star;
            text = ++star_end;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        ++pattern;
    return *pattern == '\0';
}
