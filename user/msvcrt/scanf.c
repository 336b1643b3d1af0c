/*
 * scanf and its relatives.
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

static int scan_stream(FILE *stream, const char *format, va_list ap)
{
    struct crt_input in = {.get = get_from_stream, .unget = unget_to_stream, .source = stream};
    int stored;

    crt_stream_lock(stream);
    stored = crt_scan(&in, format, ap);
    crt_stream_unlock(stream);
    return stored;
}

static int scan_string(const char *string, const char *format, va_list ap)
{
    struct crt_input in = {
        .get = get_from_string, .unget = unget_to_string, .source = (void *)string};

    return crt_scan(&in, format, ap);
}

int __cdecl scanf(const char *__restrict__ format, ...)
{
    va_list ap;
    int stored;

    va_start(ap, format);
    stored = scan_stream(stdin, format, ap);
    va_end(ap);
    return stored;
}

int __cdecl fscanf(FILE *__restrict__ stream, const char *__restrict__ format, ...)
{
    va_list ap;
    int stored;

    va_start(ap, format);
    stored = scan_stream(stream, format, ap);
    va_end(ap);
    return stored;
}

int __cdecl sscanf(const char *__restrict__ string, const char *__restrict__ format, ...)
{
    va_list ap;
    int stored;

    va_start(ap, format);
    stored = scan_string(string, format, ap);
    va_end(ap);
    return stored;
}
