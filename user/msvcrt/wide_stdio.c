/*
 * Reading and writing wide characters and lines.
 */
#include "streams.h"

#undef getwc
#undef getwchar
#undef putwc
#undef putwchar

wint_t __cdecl fgetwc(FILE *stream)
{
    wint_t c;

    crt_stream_lock(stream);
    c = crt_getwc(stream);
    crt_stream_unlock(stream);
    return c;
}

wint_t __cdecl getwc(FILE *stream)
{
    return fgetwc(stream);
}

wint_t __cdecl getwchar(void)
{
    return fgetwc(stdin);
}

wint_t __cdecl ungetwc(wint_t c, FILE *stream)
{
    crt_stream_lock(stream);
    c = crt_ungetwc(c, stream);
    crt_stream_unlock(stream);
    return c;
}

wint_t __cdecl fputwc(wchar_t c, FILE *stream)
{
    wint_t result;

    crt_stream_lock(stream);
    result = crt_putwc(c, stream);
    crt_stream_unlock(stream);
    return result;
}

wint_t __cdecl putwc(wchar_t c, FILE *stream)
{
    return fputwc(c, stream);
}

wint_t __cdecl putwchar(wchar_t c)
{
    return fputwc(c, stdout);
}

wchar_t *__cdecl fgetws(wchar_t *__restrict__ buffer, int size, FILE *__restrict__ stream)
{
    wchar_t *p = buffer;
    wint_t c = 0;

    if (size <= 0)
        return NULL;
    crt_stream_lock(stream);
    while (--size > 0 && c != L'\n' && (c = crt_getwc(stream)) != WEOF)
        *p++ = c;
    crt_stream_unlock(stream);
    if (c == WEOF && p == buffer)
        return NULL;
    *p = 0;
    return buffer;
}

/* Writes STRING, and a new line if LINE. => 0 or WEOF, as an int. */
static int put_string(const wchar_t *string, bool line, FILE *stream)
{
    char buffer[CRT_BURST];
    bool burst;
    bool written = true;

    crt_stream_lock(stream);
    burst = crt_burst_begin(stream, buffer);
    for (; *string && written; string++)
        written = crt_putwc(*string, stream) != WEOF;
    if (line && written)
        written = crt_putwc(L'\n', stream) != WEOF;
    written = crt_burst_end(stream, burst) && written;
    crt_stream_unlock(stream);
    return written ? 0 : WEOF;
}

int __cdecl fputws(const wchar_t *__restrict__ string, FILE *__restrict__ stream)
{
    return put_string(string, false, stream);
}

int __cdecl _putws(const wchar_t *string)
{
    return put_string(string, true, stdout);
}
