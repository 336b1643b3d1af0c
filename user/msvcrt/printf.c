/*
 * printf and its relatives.
 */
#include "format.h"
#include "streams.h"

static void put_to_stream(struct crt_output *out, wchar_t c)
{
    if (crt_putc(c, out->target) == EOF)
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

int __cdecl vfprintf(FILE *__restrict__ stream, const char *__restrict__ format, va_list ap)
{
    struct crt_output out = {.put = put_to_stream, .target = stream};
    char buffer[CRT_BURST];
    bool burst;
    int count;

    crt_stream_lock(stream);
    burst = crt_burst_begin(stream, buffer);
    count = crt_format(&out, format, ap);
    crt_burst_end(stream, burst);
    crt_stream_unlock(stream);
    return count;
}

/*
 * Microsoft's rule: the result is cut at SIZE without an end mark when it does not fit, and -1 is
 * returned unless only the mark did not fit. Without a buffer only the length is wanted.
 */
int __cdecl _vsnprintf(char *__restrict__ buffer, size_t size, const char *__restrict__ format,
                       va_list ap)
{
    struct crt_output out = {.put = put_to_buffer, .target = buffer, .room = buffer ? size : 0};
    int count = crt_format(&out, format, ap);

    if (!buffer || count < 0)
        return count;
    if ((size_t)count < size)
        buffer[count] = '\0';
    return (size_t)count <= size ? count : -1;
}

int __cdecl vsprintf(char *__restrict__ buffer, const char *__restrict__ format, va_list ap)
{
    return _vsnprintf(buffer, SIZE_MAX, format, ap);
}

int __cdecl _vscprintf(const char *__restrict__ format, va_list ap)
{
    return _vsnprintf(NULL, 0, format, ap);
}

int __cdecl vprintf(const char *__restrict__ format, va_list ap)
{
    return vfprintf(stdout, format, ap);
}

/* The body of a function whose arguments after LAST are those of FORMAT: what CALL of `ap` gives.
 */
#define WITH_ARGUMENTS(last, call) \
    va_list ap;                    \
    int count;                     \
    va_start(ap, last);            \
    count = call;                  \
    va_end(ap);                    \
    return count

int __cdecl printf(const char *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, vfprintf(stdout, format, ap));
}

int __cdecl fprintf(FILE *__restrict__ stream, const char *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, vfprintf(stream, format, ap));
}

int __cdecl sprintf(char *__restrict__ buffer, const char *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, vsprintf(buffer, format, ap));
}

int __cdecl _snprintf(char *__restrict__ buffer, size_t size, const char *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, _vsnprintf(buffer, size, format, ap));
}

int __cdecl _scprintf(const char *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, _vscprintf(format, ap));
}
