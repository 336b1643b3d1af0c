/*
 * wprintf and its relatives. The swprintf that msvcrt.dll exports is older than C's: it takes no
 * size. It is defined here under another name, and msvcrt.def gives it its own.
 */
#include "format.h"
#include "streams.h"

static void put_to_stream(struct crt_output *out, wchar_t c)
{
    if (crt_putwc(c, out->target) == WEOF)
        out->failed = true;
}

static void put_to_buffer(struct crt_output *out, wchar_t c)
{
    wchar_t *to = out->target;

    if (out->room > 0) {
        *to = c;
        out->target = to + 1;
        out->room--;
    }
}

int __cdecl vfwprintf(FILE *__restrict__ stream, const wchar_t *__restrict__ format, va_list ap)
{
    struct crt_output out = {.put = put_to_stream, .wide = true, .target = stream};
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

/* As _vsnprintf; SIZE counts characters. */
int __cdecl _vsnwprintf(wchar_t *__restrict__ buffer, size_t size,
                        const wchar_t *__restrict__ format, va_list ap)
{
    struct crt_output out = {
        .put = put_to_buffer, .wide = true, .target = buffer, .room = buffer ? size : 0};
    int count = crt_format(&out, format, ap);

    if (!buffer || count < 0)
        return count;
    if ((size_t)count < size)
        buffer[count] = 0;
    return (size_t)count <= size ? count : -1;
}

int __cdecl crt_vswprintf(wchar_t *buffer, const wchar_t *format, va_list ap)
{
    return _vsnwprintf(buffer, SIZE_MAX, format, ap);
}

int __cdecl _vscwprintf(const wchar_t *__restrict__ format, va_list ap)
{
    return _vsnwprintf(NULL, 0, format, ap);
}

int __cdecl vwprintf(const wchar_t *__restrict__ format, va_list ap)
{
    return vfwprintf(stdout, format, ap);
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

int __cdecl wprintf(const wchar_t *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, vfwprintf(stdout, format, ap));
}

int __cdecl fwprintf(FILE *__restrict__ stream, const wchar_t *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, vfwprintf(stream, format, ap));
}

int __cdecl crt_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    WITH_ARGUMENTS(format, crt_vswprintf(buffer, format, ap));
}

int __cdecl _snwprintf(wchar_t *__restrict__ buffer, size_t size,
                       const wchar_t *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, _vsnwprintf(buffer, size, format, ap));
}

int __cdecl _scwprintf(const wchar_t *__restrict__ format, ...)
{
    WITH_ARGUMENTS(format, _vscwprintf(format, ap));
}
