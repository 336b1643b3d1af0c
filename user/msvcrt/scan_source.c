/*
 * Where scanf and its relatives read: a stream or a string, in char or wchar_t.
 */
#include "scan.h"
#include "streams.h"

static int get_from_stream(struct crt_input *in)
{
    return crt_getc(in->source);
}

static void unget_to_stream(struct crt_input *in, int c)
{
    crt_ungetc(c, in->source);
}

static int get_wide_from_stream(struct crt_input *in)
{
    wint_t c = crt_getwc(in->source);

    return c == WEOF ? SCAN_END : c;
}

static void unget_wide_to_stream(struct crt_input *in, int c)
{
    crt_ungetwc((wint_t)c, in->source);
}

static int get_from_string(struct crt_input *in)
{
    const unsigned char *from = in->source;

    if (!*from)
        return SCAN_END;
    in->source = (void *)(from + 1);
    return *from;
}

static void unget_to_string(struct crt_input *in, int c)
{
    (void)c;
    in->source = (unsigned char *)in->source - 1;
}

static int get_wide_from_string(struct crt_input *in)
{
    const wchar_t *from = in->source;

    if (!*from)
        return SCAN_END;
    in->source = (void *)(from + 1);
    return *from;
}

static void unget_wide_to_string(struct crt_input *in, int c)
{
    (void)c;
    in->source = (wchar_t *)in->source - 1;
}

int crt_scan_stream(FILE *stream, bool wide, const void *format, va_list ap)
{
    struct crt_input in = {.get = wide ? get_wide_from_stream : get_from_stream,
                           .unget = wide ? unget_wide_to_stream : unget_to_stream,
                           .wide = wide,
                           .source = stream};
    int stored;

    crt_stream_lock(stream);
    stored = crt_scan(&in, format, ap);
    crt_stream_unlock(stream);
    return stored;
}

int crt_scan_string(const void *string, bool wide, const void *format, va_list ap)
{
    struct crt_input in = {.get = wide ? get_wide_from_string : get_from_string,
                           .unget = wide ? unget_wide_to_string : unget_to_string,
                           .wide = wide,
                           .source = (void *)string};

    return crt_scan(&in, format, ap);
}
