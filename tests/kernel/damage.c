/* What mm_verify says of damage that a test has done. */
#include "tests/kernel/damage.h"
#include "kernel/ke/dbgprint.h"
#include "lib/string.h"

static const char *expected;
static bool said;
static char other[96]; /* what it said last besides */

static bool has(const char *line, const char *words)
{
    for (; *line; line++)
        if (!strncmp(line, words, strlen(words)))
            return true;
    return false;
}

static void listen(const char *line)
{
    if (has(line, expected))
        said = true;
    else
        strlcpy(other, line, sizeof(other));
}

bool ktest_verify_says(const char *words)
{
    expected = words;
    said = false;
    other[0] = '\0';
    uint32_t found = mm_verify(listen);
    if (!said)
        dbg_print("# %u found; expected \"%s\"; last: %s\n", found, words, other);
    return said;
}
