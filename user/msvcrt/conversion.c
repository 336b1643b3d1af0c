/* Reading the parts of a format that printf and scanf have in common. */
#include "conversion.h"

bool crt_skip(struct crt_text *text, wchar_t c)
{
    if (crt_peek(text) != c)
        return false;
    text->next++;
    return true;
}

int crt_parse_number(struct crt_text *text)
{
    int number = 0;

    for (; crt_peek(text) >= '0' && crt_peek(text) <= '9'; text->next++) {
        if (number < INT_MAX / 20)
            number = number * 10 + (crt_peek(text) - '0');
    }
    return number;
}

/* After an I. => the size that it was before unless it is 64 bits. */
static enum crt_size parse_bits(struct crt_text *text, enum crt_size before)
{
    size_t after = text->next;

    if (crt_skip(text, '6') && crt_skip(text, '4'))
        return SIZE_64;
    text->next = after;
    if (!(crt_skip(text, '3') && crt_skip(text, '2')))
        text->next = after;
    return before;
}

enum crt_size crt_parse_size(struct crt_text *text)
{
    enum crt_size size = SIZE_NONE;

    for (;;) {
        if (crt_skip(text, 'h'))
            size = SIZE_SHORT;
        else if (crt_skip(text, 'l'))
            size = size == SIZE_LONG ? SIZE_64 : SIZE_LONG;
        else if (crt_skip(text, 'w'))
            size = SIZE_WIDE;
        else if (crt_skip(text, 'L'))
            size = size == SIZE_NONE ? SIZE_LONG_DOUBLE : size;
        else if (crt_skip(text, 'I'))
            size = parse_bits(text, size);
        else if (!crt_skip(text, 'F') && !crt_skip(text, 'N'))
            return size;
    }
}

bool crt_is_wide(enum crt_size size, wchar_t conversion, bool wide)
{
    if (size == SIZE_SHORT)
        return false;
    if (size == SIZE_LONG || size == SIZE_WIDE)
        return true;
    return (conversion == 'C' || conversion == 'S') != wide;
}

void crt_store_count(enum crt_size size, void *to, int count)
{
    if (size == SIZE_SHORT)
        *(short *)to = (short)count;
    else if (size == SIZE_64)
        *(__int64 *)to = count;
    else
        *(int *)to = count;
}
