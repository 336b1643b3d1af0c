/*
 * wscanf and its relatives.
 */
#include "scan.h"
#include "streams.h"

static int get_from_stream(struct crt_input *in)
{
    wint_t c = crt_getwc(in->source);

    return c == WEOF ? SCAN_END : c;
}

static void unget_to_stream(struct crt_input *in, int c)
{
    crt_ungetwc((wint_t)c, in->source);
}

static int get_from_string(struct crt_input *in)
{
    const wchar_t *from = in->source;

    if (!*from)
        return SCAN_END;
    in->source = (void *)(from + 1);
    return *from;
}

static void unget_to_string(struct crt_input *in, int c)
{
    (void)c;
    in->source = (wchar_t *)in->source - 1;
}

static int scan_stream(FILE *stream, const wchar_t *format, va_list ap)
{
    struct crt_input in = {
        .get = get_from_stream, .unget = unget_to_stream, .wide = true, .source = stream};
    int stored;

    crt_stream_lock(stream);
    stored = crt_scan(&in, format, ap);
    crt_stream_unlock(stream);
    return stored;
}

int __cdecl wscanf(const wchar_t *__restrict__ format, ...)
{
    va_list ap;
    int stored;

    va_start(ap, format);
    stored = scan_stream(stdin, format, ap);
    va_end(ap);
    return stored;
}

int __cdecl fwscanf(FILE *__restrict__ stream, const wchar_t *__restrict__ format, ...)
{
    va_list ap;
    int stored;

    va_start(ap, format);
    stored = scan_stream(stream, format, ap);
    va_end(ap);
    return stored;
}

int __cdecl swscanf(const wchar_t *__restrict__ string, const wchar_t *__restrict__ format, ...)
{
    struct crt_input in = {
        .get = get_from_string, .unget = unget_to_string, .wide = true, .source = (void *)string};
    va_list ap;
    int stored;

    va_start(ap, format);
    stored = crt_scan(&in, format, ap);
    va_end(ap);
    return stored;
}
