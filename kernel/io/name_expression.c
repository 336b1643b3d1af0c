/*
 * Names and patterns. The pattern is a machine whose states are the places in it; all the states in
 * which the name read so far can have left it are kept together, one bit each, so that no pattern
 * costs more than its length for each unit of the name.
 */
#include "kernel/io/name_expression.h"
#include "kernel/io/fat.h"

#define PLACES (FAT_NAME_UNITS + 2u) /* a longer pattern matches nothing that a file is called */
#define END    0x10000u              /* behind the name */

struct states {
    uint32_t bits[(PLACES + 31) / 32];
};

static void add(struct states *states, uint32_t place)
{
    states->bits[place / 32] |= 1u << (place & 31);
}

static bool has(const struct states *states, uint32_t place)
{
    return states->bits[place / 32] >> (place & 31) & 1;
}

/* Can the machine go on past P without reading, when C is next? */
static bool is_optional(uint16_t p, uint32_t c)
{
    switch (p) {
    case '*':
    case '<':
        return true;
    case '>':
        return c == '.' || c == END;
    case '"':
        return c == END;
    default:
        return false;
    }
}

/* Add what can be reached without reading. The places only rise, so once through is enough. */
static void spread(struct states *states, const struct unicode_string *pattern, uint32_t c)
{
    for (uint32_t i = 0; i < pattern->length / 2u; i++)
        if (has(states, i) && is_optional(pattern->buffer[i], c))
            add(states, i + 1);
}

/* P reads C, which is the name's last dot or not: => how far the machine moves, -1: it does not
 * read it. */
static int reads(uint16_t p, uint16_t c, bool last_dot)
{
    switch (p) {
    case '*':
        return 0;
    case '<':
        return last_dot ? -1 : 0;
    case '?':
        return 1;
    case '>':
        return c == '.' ? -1 : 1;
    case '"':
        return c == '.' ? 1 : -1;
    default:
        return rtl_upcase_unicode_char(p) == rtl_upcase_unicode_char(c) ? 1 : -1;
    }
}

static struct states read_unit(const struct states *before, const struct unicode_string *pattern,
                               uint16_t c, bool last_dot)
{
    struct states after = {{0}};

    for (uint32_t i = 0; i < pattern->length / 2u; i++) {
        int move = has(before, i) ? reads(pattern->buffer[i], c, last_dot) : -1;
        if (move >= 0)
            add(&after, i + (uint32_t)move);
    }
    return after;
}

/* => the place of the last dot in NAME, or behind its end. */
static uint32_t last_dot_of(const struct unicode_string *name)
{
    uint32_t units = name->length / 2u, at = units;

    while (at && name->buffer[at - 1] != '.')
        at--;
    return at ? at - 1 : units;
}

bool io_is_name_in_expression(const struct unicode_string *pattern,
                              const struct unicode_string *name)
{
    uint32_t dot = last_dot_of(name);
    struct states states = {{1}};

    if (pattern->length / 2u >= PLACES)
        return false;
    for (uint32_t i = 0; i < name->length / 2u; i++) {
        spread(&states, pattern, name->buffer[i]);
        states = read_unit(&states, pattern, name->buffer[i], i == dot);
    }
    spread(&states, pattern, END);
    return has(&states, pattern->length / 2u);
}
