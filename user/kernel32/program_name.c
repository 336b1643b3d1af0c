/* See program_name.h. */
#include "user/kernel32/program_name.h"

static bool is_blank(uint16_t c)
{
    return c == ' ' || c == '\t';
}

size_t program_name(const uint16_t *line, unsigned attempt, const uint16_t **begin)
{
    size_t length = 0;

    while (is_blank(*line))
        line++;
    if (*line == '"') {
        *begin = line + 1;
        while ((*begin)[length] && (*begin)[length] != '"')
            length++;
        return attempt ? 0 : length;
    }
    *begin = line;
    for (;; length++) {
        if (line[length] && !is_blank(line[length]))
            continue;
        if (attempt-- == 0)
            return length;
        if (!line[length])
            return 0;
    }
}

bool program_has_extension(const uint16_t *name, size_t length)
{
    while (length-- > 0) {
        if (name[length] == '.')
            return true;
        if (name[length] == '\\' || name[length] == '/' || name[length] == ':')
            return false;
    }
    return false;
}
