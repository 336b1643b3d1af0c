/*
 * Where printf and its relatives print: a stream or a buffer, in char or wchar_t.
 */
#include "format.h"
#include "streams.h"

static void put_to_stream(struct crt_output *out, wchar_t c)
{
    if (crt_putc(c, out->target) == EOF)
        out->failed = true;
}

static void put_wide_to_stream(struct crt_output *out, wchar_t c)
{
    if (crt_putwc(c, out->target) == WEOF)
        out->failed = true;
}

static void put_to_buffer(struct crt_output *out, wchar_t c)
{
    char *to = out->target;

    if (out->room > 0) {
        *to = (char)c;
        out->target = to + 1;
        out->room--;
    }
}

static void put_wide_to_buffer(struct crt_output *out, wchar_t c)
{
    wchar_t *to = out->target;

    if (out->room > 0) {
        *to = c;
        out->target = to + 1;
        out->room--;
    }
}

int crt_print(FILE *stream, bool wide, const void *format, va_list ap)
{
    struct crt_output out = {
        .put = wide ? put_wide_to_stream : put_to_stream, .wide = wide, .target = stream};
    char buffer[CRT_BURST];
    bool burst;
    int count;

    crt_stream_lock(stream);
    burst = crt_burst_begin(stream, buffer);
    count = crt_format(&out, format, ap);
    if (!crt_burst_end(stream, burst))
        count = -1;
    crt_stream_unlock(stream);
    return count;
}

int crt_print_to_buffer(void *buffer, size_t size, bool wide, const void *format, va_list ap)
{
    struct crt_output out = {.put = wide ? put_wide_to_buffer : put_to_buffer,
                             .wide = wide,
                             .target = buffer,
                             .room = buffer ? size : 0};
    int count = crt_format(&out, format, ap);

    if (!buffer || count < 0)
        return count;
    if (out.room > 0)
        out.put(&out, 0);
    return (size_t)count <= size ? count : -1;
}
