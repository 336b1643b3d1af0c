/*
 * Wildcards in arguments, for programs that ask for their expansion. The result goes into a new
 * argv; the old one is left to it, for arguments that stay.
 */
#include "argv.h"

struct list {
    void **argv;
    size_t count;
    size_t room;
};

static bool add(struct list *list, void *argument)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 16;
        void **grown = realloc(list->argv, room * sizeof(*grown));

        if (!grown)
            return false;
        list->argv = grown;
        list->room = room;
    }
    list->argv[list->count++] = argument;
    return true;
}

#define CH          char
#define NAME(name)  name
#define STR(name)   str##name
#define _STR(name)  _str##name
#define TEXT_(text) text
#define FIND_DATA   WIN32_FIND_DATAA
#define FIND_FIRST  FindFirstFileA
#define FIND_NEXT   FindNextFileA
#include "wildcard.inc"

#undef CH
#undef NAME
#undef STR
#undef _STR
#undef TEXT_
#undef FIND_DATA
#undef FIND_FIRST
#undef FIND_NEXT

#define CH          wchar_t
#define NAME(name)  wide_##name
#define STR(name)   wcs##name
#define _STR(name)  _wcs##name
#define TEXT_(text) L##text
#define FIND_DATA   WIN32_FIND_DATAW
#define FIND_FIRST  FindFirstFileW
#define FIND_NEXT   FindNextFileW
#include "wildcard.inc"

bool crt_expand_wildcards(struct crt_arguments *arguments)
{
    struct list list = {0};
    bool kept = add(&list, arguments->argv[0]);

    for (size_t i = 1; kept && i < arguments->count; i++)
        kept = arguments->wide ? wide_expand(&list, arguments->argv[i])
                               : expand(&list, arguments->argv[i]);
    if (!kept || !add(&list, NULL))
        return false;
    arguments->argv = list.argv;
    arguments->count = list.count - 1;
    return true;
}
