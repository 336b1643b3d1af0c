/*
 * The buffers of streams: filling, flushing, and what kind a stream has.
 */
#include <io.h>
#include "files.h"
#include "streams.h"

#define BUFFERED (_IOMYBUF | CRT_IO_USER | CRT_IO_UNBUFFERED | CRT_IO_BURST)

static void unbuffered(FILE *stream)
{
    stream->_flag |= CRT_IO_UNBUFFERED;
    stream->_base = (char *)&stream->_charbuf;
    stream->_bufsiz = 1;
    stream->_ptr = stream->_base;
    stream->_cnt = 0;
}

void crt_stream_buffer(FILE *stream)
{
    char *buffer = stream->_flag & CRT_IO_UNBUFFERED ? NULL : malloc(CRT_STREAM_BUFFER);

    if (!buffer) {
        unbuffered(stream);
        return;
    }
    stream->_flag |= _IOMYBUF;
    stream->_base = buffer;
    stream->_bufsiz = CRT_STREAM_BUFFER;
    stream->_ptr = stream->_base;
    stream->_cnt = 0;
}

/* What goes to a screen is to be seen at once; so stdout has no buffer there, and stderr nowhere.
 */
static bool immediate(FILE *stream)
{
    return stream == stderr || (stream == stdout && _isatty(stream->_file));
}

int __cdecl _filbuf(FILE *stream)
{
    int got;

    if (!(stream->_flag & (_IOREAD | _IORW)) || stream->_flag & _IOWRT) {
        stream->_flag |= _IOERR;
        crt_error(EBADF);
        return EOF;
    }
    stream->_flag |= _IOREAD;
    if (!stream->_base)
        crt_stream_buffer(stream);
    got = _read(stream->_file, stream->_base, (unsigned)stream->_bufsiz);
    stream->_ptr = stream->_base;
    stream->_cnt = 0;
    if (got <= 0) {
        stream->_flag |= got ? _IOERR : _IOEOF;
        if (stream->_flag & _IORW)
            stream->_flag &= ~_IOREAD; /* what comes next may be a write */
        return EOF;
    }
    stream->_cnt = got - 1;
    return (unsigned char)*stream->_ptr++;
}

/* => whether the stream may be written to now; then it is in writing mode. */
static bool to_writing(FILE *stream)
{
    if (!(stream->_flag & (_IOWRT | _IORW)) ||
        (stream->_flag & _IOREAD && !(stream->_flag & _IOEOF) && stream->_cnt > 0)) {
        stream->_flag |= _IOERR;
        crt_error(EBADF);
        return false;
    }
    if (stream->_flag & _IOREAD) {
        stream->_flag &= ~_IOREAD;
        stream->_ptr = stream->_base;
    }
    if (!(stream->_flag & _IOWRT)) {
        stream->_flag |= _IOWRT;
        stream->_ptr = stream->_base;
    }
    stream->_flag &= ~_IOEOF;
    stream->_cnt = 0;
    return true;
}

int __cdecl _flsbuf(int c, FILE *stream)
{
    char byte = (char)c;

    if (!to_writing(stream))
        return EOF;
    if (!stream->_base && !immediate(stream))
        crt_stream_buffer(stream);
    if (!(stream->_flag & (_IOMYBUF | CRT_IO_USER | CRT_IO_BURST))) {
        if (_write(stream->_file, &byte, 1) == 1)
            return (unsigned char)byte;
        stream->_flag |= _IOERR;
        return EOF;
    }
    if (crt_stream_flush(stream) == EOF)
        return EOF;
    stream->_flag |= _IOWRT; /* flushing may have left it open which comes next */
    stream->_cnt = stream->_bufsiz - 1;
    *stream->_ptr++ = byte;
    return (unsigned char)byte;
}

int crt_stream_flush(FILE *stream)
{
    int pending = (int)(stream->_ptr - stream->_base);
    bool written = true;

    if (stream->_flag & _IOWRT && !(stream->_flag & _IOREAD)) {
        if (pending > 0 && _write(stream->_file, stream->_base, (unsigned)pending) != pending)
            written = false;
        stream->_ptr = stream->_base;
        stream->_cnt = 0;
        if (stream->_flag & _IORW)
            stream->_flag &= ~_IOWRT; /* what comes next may be a read */
    }
    if (!written)
        stream->_flag |= _IOERR;
    return written ? 0 : EOF;
}

static int flush_writer(FILE *stream)
{
    return crt_stream_flush(stream) != 0;
}

/* => how many streams are open. */
static int flush_any(FILE *stream)
{
    crt_stream_flush(stream);
    return 1;
}

int __cdecl _flushall(void)
{
    return crt_stream_each(_IOREAD | _IOWRT | _IORW, flush_any);
}

int __cdecl fflush(FILE *stream)
{
    int result;

    if (!stream)
        return crt_stream_each(_IOWRT, flush_writer) ? EOF : 0;
    crt_stream_lock(stream);
    result = crt_stream_flush(stream);
    crt_stream_unlock(stream);
    return result;
}

/* Takes the buffer of a stream out, but waits for no lock. */
static void end_stream(FILE *stream)
{
    int pending = (int)(stream->_ptr - stream->_base);

    if (!crt_stream_try_lock(stream))
        return;
    if (stream->_flag & _IOWRT && pending > 0) {
        crt_file_write_unlocked(stream->_file, stream->_base, (unsigned)pending);
        stream->_ptr = stream->_base;
        stream->_cnt = 0;
    }
    crt_stream_unlock(stream);
}

/* The other threads are gone. One of them may have died within a stream: that one is left as it is.
 */
void crt_streams_end(void)
{
    FILE *stream;

    for (int i = 0; (stream = crt_stream_at(i)); i++)
        end_stream(stream);
}

bool crt_burst_begin(FILE *stream, char *buffer)
{
    if (stream->_flag & (_IOMYBUF | CRT_IO_USER | CRT_IO_BURST | _IOREAD))
        return false;
    if (!(stream->_flag & CRT_IO_UNBUFFERED) && !immediate(stream))
        return false;
    stream->_flag |= CRT_IO_BURST;
    stream->_base = buffer;
    stream->_ptr = buffer;
    stream->_bufsiz = CRT_BURST;
    stream->_cnt = 0;
    return true;
}

bool crt_burst_end(FILE *stream, bool burst)
{
    bool written;

    if (!burst)
        return true;
    written = crt_stream_flush(stream) != EOF;
    stream->_flag &= ~CRT_IO_BURST;
    stream->_base = NULL;
    stream->_ptr = NULL;
    stream->_bufsiz = 0;
    stream->_cnt = 0;
    return written;
}

int __cdecl setvbuf(FILE *__restrict__ stream, char *__restrict__ buffer, int mode, size_t size)
{
    /* Lines are not looked at: like msvcrt's, a line-buffered stream is a buffered one. */
    if ((mode != _IONBF && mode != _IOFBF && mode != _IOLBF) ||
        (mode != _IONBF && (size < 2 || size > INT_MAX)))
        return crt_error(EINVAL);
    crt_stream_lock(stream);
    crt_stream_flush(stream);
    if (stream->_flag & _IOMYBUF)
        free(stream->_base);
    stream->_flag &= ~BUFFERED;
    if (mode != _IONBF && !buffer) {
        buffer = malloc(size);
        stream->_flag |= buffer ? _IOMYBUF : 0;
    } else if (mode != _IONBF) {
        stream->_flag |= CRT_IO_USER;
    }
    if (mode == _IONBF || !buffer) {
        unbuffered(stream);
    } else {
        stream->_base = stream->_ptr = buffer;
        stream->_bufsiz = (int)size;
        stream->_cnt = 0;
    }
    crt_stream_unlock(stream);
    return mode != _IONBF && !buffer ? -1 : 0;
}

void __cdecl setbuf(FILE *__restrict__ stream, char *__restrict__ buffer)
{
    setvbuf(stream, buffer, buffer ? _IOFBF : _IONBF, BUFSIZ);
}
