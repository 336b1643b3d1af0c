/*
 * The names that documentation has for the numbers of a call, for messages.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

struct name {
    DWORD value;
    const char *text;
};

static const struct name protections[] = {
    {PAGE_NOACCESS, "PAGE_NOACCESS"},
    {PAGE_READONLY, "PAGE_READONLY"},
    {PAGE_READWRITE, "PAGE_READWRITE"},
    {PAGE_WRITECOPY, "PAGE_WRITECOPY"},
    {PAGE_EXECUTE, "PAGE_EXECUTE"},
    {PAGE_EXECUTE_READ, "PAGE_EXECUTE_READ"},
    {PAGE_EXECUTE_READWRITE, "PAGE_EXECUTE_READWRITE"},
    {PAGE_EXECUTE_WRITECOPY, "PAGE_EXECUTE_WRITECOPY"},
};

static const struct name modifiers[] = {
    {PAGE_GUARD, "PAGE_GUARD"},
    {PAGE_NOCACHE, "PAGE_NOCACHE"},
    {PAGE_WRITECOMBINE, "PAGE_WRITECOMBINE"},
};

static const struct name allocations[] = {
    {MEM_COMMIT, "MEM_COMMIT"},
    {MEM_RESERVE, "MEM_RESERVE"},
    {MEM_COMMIT | MEM_RESERVE, "MEM_COMMIT|MEM_RESERVE"},
    {MEM_DECOMMIT, "MEM_DECOMMIT"},
    {MEM_RELEASE, "MEM_RELEASE"},
};

static struct word word_for(const struct name *names, unsigned count, DWORD value)
{
    struct word word;

    for (unsigned i = 0; i < count; i++)
        if (names[i].value == value) {
            strlcpy(word.text, names[i].text, sizeof(word.text));
            return word;
        }
    snformat(word.text, sizeof(word.text), "%lx", value);
    return word;
}

struct word launch_allocation_word(DWORD value)
{
    return word_for(allocations, COUNT_OF(allocations), value);
}

struct word launch_protection_word(DWORD value)
{
    struct word word =
        word_for(protections, COUNT_OF(protections), value & ~(DWORD)PROTECTION_MODIFIERS);

    for (unsigned i = 0; i < COUNT_OF(modifiers); i++)
        if (value & modifiers[i].value) {
            size_t length = strlen(word.text);

            snformat(word.text + length, sizeof(word.text) - length, "|%s", modifiers[i].text);
        }
    return word;
}
