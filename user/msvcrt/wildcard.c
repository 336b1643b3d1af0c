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

/* => the bytes of PATTERN before the file's name. */
static size_t folder_length(const char *pattern)
{
    size_t length = strlen(pattern);

    while (length > 0 && !strchr("\\/:", pattern[length - 1]))
        length--;
    return length;
}

static int __cdecl compare(const void *a, const void *b)
{
    return _stricmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the files that fit PATTERN, in their alphabetical order, or PATTERN itself. */
static bool expand(struct list *list, char *pattern)
{
    size_t folder = folder_length(pattern);
    size_t first = list->count;
    WIN32_FIND_DATAA found;
    HANDLE search = strpbrk(pattern, "*?") ? FindFirstFileA(pattern, &found) : INVALID_HANDLE_VALUE;
    bool kept = true;

    if (search == INVALID_HANDLE_VALUE)
        return add(list, pattern);
    do {
        char *name;

        if (!strcmp(found.cFileName, ".") || !strcmp(found.cFileName, ".."))
            continue;
        name = malloc(folder + strlen(found.cFileName) + 1);
        kept = name && add(list, name);
        if (kept) {
            memcpy(name, pattern, folder);
            strcpy(name + folder, found.cFileName);
        }
    } while (kept && FindNextFileA(search, &found));
    FindClose(search);
    if (kept && list->count == first)
        return add(list, pattern);
    qsort(list->argv + first, list->count - first, sizeof(void *), compare);
    return kept;
}

bool crt_expand_wildcards(struct crt_arguments *arguments)
{
    struct list list = {0};
    bool kept = add(&list, arguments->argv[0]);

    for (size_t i = 1; kept && i < arguments->count; i++)
        kept = expand(&list, arguments->argv[i]);
    if (!kept || !add(&list, NULL))
        return false;
    arguments->argv = list.argv;
    arguments->count = list.count - 1;
    return true;
}
