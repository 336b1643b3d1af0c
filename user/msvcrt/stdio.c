/*
 * Reading and writing characters, lines and blocks.
 */
#include "streams.h"

#undef getc
#undef getchar
#undef putc
#undef putchar

int __cdecl fgetc(FILE *stream)
{
    int c;

    crt_stream_lock(stream);
    c = crt_getc(stream);
    crt_stream_unlock(stream);
    return c;
}

int __cdecl getc(FILE *stream)
{
    return fgetc(stream);
}

int __cdecl getchar(void)
{
    return fgetc(stdin);
}

int __cdecl _fgetchar(void)
{
    return fgetc(stdin);
}

int __cdecl ungetc(int c, FILE *stream)
{
    crt_stream_lock(stream);
    c = crt_ungetc(c, stream);
    crt_stream_unlock(stream);
    return c;
}

int __cdecl fputc(int c, FILE *stream)
{
    crt_stream_lock(stream);
    c = crt_putc(c, stream);
    crt_stream_unlock(stream);
    return c;
}

int __cdecl putc(int c, FILE *stream)
{
    return fputc(c, stream);
}

int __cdecl putchar(int c)
{
    return fputc(c, stdout);
}

int __cdecl _fputchar(int c)
{
    return fputc(c, stdout);
}

char *__cdecl fgets(char *__restrict__ buffer, int size, FILE *__restrict__ stream)
{
    char *p = buffer;
    int c = 0;

    if (size <= 0)
        return NULL;
    crt_stream_lock(stream);
    while (--size > 0 && c != '\n' && (c = crt_getc(stream)) != EOF)
        *p++ = (char)c;
    crt_stream_unlock(stream);
    if (c == EOF && p == buffer)
        return NULL;
    *p = '\0';
    return buffer;
}

char *__cdecl gets(char *buffer)
{
    char *p = buffer;
    int c;

    crt_stream_lock(stdin);
    while ((c = crt_getc(stdin)) != EOF && c != '\n')
        *p++ = (char)c;
    crt_stream_unlock(stdin);
    if (c == EOF && p == buffer)
        return NULL;
    *p = '\0';
    return buffer;
}

/* => how much is written; nothing when what went into the burst's buffer could not be. */
static size_t write_burst(const void *data, size_t size, FILE *stream)
{
    char buffer[CRT_BURST];
    bool burst = crt_burst_begin(stream, buffer);
    size_t written = crt_write(data, size, stream);

    return crt_burst_end(stream, burst) ? written : 0;
}

int __cdecl fputs(const char *__restrict__ string, FILE *__restrict__ stream)
{
    size_t length = strlen(string);
    size_t written;

    crt_stream_lock(stream);
    written = write_burst(string, length, stream);
    crt_stream_unlock(stream);
    return written == length ? 0 : EOF;
}

int __cdecl puts(const char *string)
{
    char buffer[CRT_BURST];
    size_t length = strlen(string);
    bool burst;
    bool written;

    crt_stream_lock(stdout);
    burst = crt_burst_begin(stdout, buffer);
    written = crt_write(string, length, stdout) == length && crt_putc('\n', stdout) != EOF;
    written = crt_burst_end(stdout, burst) && written;
    crt_stream_unlock(stdout);
    return written ? 0 : EOF;
}

size_t __cdecl fread(void *__restrict__ buffer, size_t size, size_t count,
                     FILE *__restrict__ stream)
{
    size_t bytes;
    size_t got;

    if (size == 0 || count == 0)
        return 0;
    if (__builtin_mul_overflow(size, count, &bytes)) {
        crt_error(EINVAL);
        return 0;
    }
    crt_stream_lock(stream);
    got = crt_read(buffer, bytes, stream);
    crt_stream_unlock(stream);
    return got / size;
}

size_t __cdecl fwrite(const void *__restrict__ buffer, size_t size, size_t count,
                      FILE *__restrict__ stream)
{
    size_t bytes;
    size_t written;

    if (size == 0 || count == 0)
        return 0;
    if (__builtin_mul_overflow(size, count, &bytes)) {
        crt_error(EINVAL);
        return 0;
    }
    crt_stream_lock(stream);
    written = write_burst(buffer, bytes, stream);
    crt_stream_unlock(stream);
    return written / size;
}

int __cdecl _getw(FILE *stream)
{
    int value;

    return fread(&value, sizeof(value), 1, stream) == 1 ? value : EOF;
}

int __cdecl _putw(int value, FILE *stream)
{
    return fwrite(&value, sizeof(value), 1, stream) == 1 ? value : EOF;
}
