/*
 * qsort and bsearch. Sorting is done by heap sort: no recursion, no extra memory, and no input that
 * makes it slow.
 */
#include "crt.h"

typedef int(__cdecl *comparison)(const void *, const void *);

static void swap(char *a, char *b, size_t width)
{
    for (; width > 0; width--, a++, b++) {
        char c = *a;

        *a = *b;
        *b = c;
    }
}

/* Lets element ROOT of the heap of COUNT elements sink to its place. */
static void sink(char *base, size_t root, size_t count, size_t width, comparison compare)
{
    for (;;) {
        size_t child = root * 2 + 1;

        if (child >= count)
            return;
        if (child + 1 < count && compare(base + child * width, base + (child + 1) * width) < 0)
            child++;
        if (compare(base + root * width, base + child * width) >= 0)
            return;
        swap(base + root * width, base + child * width, width);
        root = child;
    }
}

void __cdecl qsort(void *base, size_t count, size_t width, comparison compare)
{
    for (size_t i = count / 2; i-- > 0;)
        sink(base, i, count, width, compare);
    for (size_t i = count; i-- > 1;) {
        swap(base, (char *)base + i * width, width);
        sink(base, 0, i, width, compare);
    }
}

void *__cdecl bsearch(const void *key, const void *base, size_t count, size_t width,
                      comparison compare)
{
    const char *low = base;

    while (count > 0) {
        const char *middle = low + count / 2 * width;
        int order = compare(key, middle);

        if (order == 0)
            return (void *)middle;
        if (order > 0) {
            low = middle + width;
            count--;
        }
        count /= 2;
    }
    return NULL;
}
