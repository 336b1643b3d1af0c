/*
 * Characters and blocks to and from a locked stream: what all functions that read and write use.
 */
#include <io.h>
#include "files.h"
#include "streams.h"

int crt_getc(FILE *stream)
{
    if (stream->_flag & _IOREAD && --stream->_cnt >= 0)
        return (unsigned char)*stream->_ptr++;
    return _filbuf(stream);
}

int crt_putc(int c, FILE *stream)
{
    if (!(stream->_flag & _IOWRT) || --stream->_cnt < 0)
        return _flsbuf(c, stream);
    *stream->_ptr++ = (char)c;
    return (unsigned char)c;
}

int crt_ungetc(int c, FILE *stream)
{
    if (c == EOF || !(stream->_flag & (_IOREAD | _IORW)) || stream->_flag & _IOWRT)
        return EOF;
    if (!stream->_base)
        crt_stream_buffer(stream);
    if (stream->_ptr == stream->_base) {
        if (stream->_cnt > 0)
            return EOF;
        stream->_ptr++;
    }
    stream->_cnt = stream->_cnt < 0 ? 1 : stream->_cnt + 1;
    *--stream->_ptr = (char)c;
    stream->_flag = (stream->_flag & ~_IOEOF) | _IOREAD;
    return (unsigned char)c;
}

size_t crt_read(void *buffer, size_t size, FILE *stream)
{
    char *to = buffer;
    size_t left = size;

    while (left > 0) {
        if (stream->_cnt > 0 && stream->_flag & _IOREAD) {
            size_t n = left < (size_t)stream->_cnt ? left : (size_t)stream->_cnt;

            memcpy(to, stream->_ptr, n);
            stream->_ptr += n;
            stream->_cnt -= (int)n;
            to += n;
            left -= n;
        } else {
            int c = _filbuf(stream);

            if (c == EOF)
                break;
            *to++ = (char)c;
            left--;
        }
    }
    return size - left;
}

/* Writes a block that is larger than the buffer past it. => how much is written of it. */
static size_t write_through(const char *from, size_t size, FILE *stream)
{
    int written;

    if (crt_stream_flush(stream) == EOF)
        return 0;
    written = _write(stream->_file, from, size > INT_MAX ? INT_MAX : (unsigned)size);
    if (written < 0 || (size_t)written < size)
        stream->_flag |= _IOERR;
    return written < 0 ? 0 : (size_t)written;
}

size_t crt_write(const void *buffer, size_t size, FILE *stream)
{
    const char *from = buffer;
    size_t left = size;

    while (left > 0) {
        if (stream->_cnt > 0 && stream->_flag & _IOWRT) {
            size_t n = left < (size_t)stream->_cnt ? left : (size_t)stream->_cnt;

            memcpy(stream->_ptr, from, n);
            stream->_ptr += n;
            stream->_cnt -= (int)n;
            from += n;
            left -= n;
        } else if (stream->_flag & _IOWRT && stream->_base && left >= (size_t)stream->_bufsiz) {
            return size - left + write_through(from, left, stream);
        } else {
            if (_flsbuf((unsigned char)*from, stream) == EOF)
                break;
            from++;
            left--;
        }
    }
    return size - left;
}

static bool is_text(const FILE *stream)
{
    return crt_file_flags(stream->_file) & FD_TEXT;
}

wint_t crt_getwc(FILE *stream)
{
    wchar_t c;

    if (is_text(stream)) {
        int byte = crt_getc(stream);

        return byte == EOF ? WEOF : (wint_t)byte;
    }
    return crt_read(&c, sizeof(c), stream) == sizeof(c) ? c : WEOF;
}

wint_t crt_putwc(wchar_t c, FILE *stream)
{
    if (is_text(stream)) {
        if (crt_narrow(c) < 0) {
            stream->_flag |= _IOERR;
            return WEOF;
        }
        return crt_putc(c, stream) == EOF ? WEOF : c;
    }
    return crt_write(&c, sizeof(c), stream) == sizeof(c) ? c : WEOF;
}

wint_t crt_ungetwc(wint_t c, FILE *stream)
{
    if (c == WEOF)
        return WEOF;
    if (is_text(stream))
        return c <= 0xFF && crt_ungetc(c, stream) != EOF ? c : WEOF;
    if (crt_ungetc(c >> 8, stream) == EOF || crt_ungetc(c & 0xFF, stream) == EOF)
        return WEOF;
    return c;
}
