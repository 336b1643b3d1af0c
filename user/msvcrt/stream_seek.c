/*
 * Positions in streams, and their end and error marks.
 */
#include <io.h>
#include "files.h"
#include "streams.h"

/* What is in the buffer to be written, as many bytes as it will take in the file. */
static __int64 pending_size(FILE *stream)
{
    __int64 size = stream->_ptr - stream->_base;

    if (crt_file_flags(stream->_file) & FD_TEXT) {
        for (const char *p = stream->_base; p < stream->_ptr; p++)
            size += *p == '\n';
    }
    return size;
}

static __int64 offset_of(FILE *stream)
{
    int flags = crt_file_flags(stream->_file);
    __int64 here = _lseeki64(stream->_file, 0, SEEK_CUR);

    if (here < 0)
        return -1;
    if (stream->_flag & _IOWRT && stream->_ptr > stream->_base) {
        if (flags & FD_APPEND)
            here = _filelengthi64(stream->_file);
        return here + pending_size(stream);
    }
    if (!(stream->_flag & _IOREAD) || stream->_cnt <= 0)
        return here;
    /* With line ends translated, bytes in the buffer are not bytes of the file. */
    if (flags & FD_TEXT && stream->_flag & (_IOMYBUF | CRT_IO_USER))
        return crt_file_text_offset(stream->_file, (unsigned)(stream->_ptr - stream->_base));
    return here - stream->_cnt;
}

__int64 __cdecl _ftelli64(FILE *stream)
{
    __int64 offset;

    crt_stream_lock(stream);
    offset = offset_of(stream);
    crt_stream_unlock(stream);
    return offset;
}

long __cdecl ftell(FILE *stream)
{
    __int64 offset = _ftelli64(stream);

    return offset == (long)offset ? (long)offset : crt_error(EINVAL);
}

static int seek_to(FILE *stream, __int64 offset, int origin)
{
    if (!stream->_flag || origin < SEEK_SET || origin > SEEK_END)
        return crt_error(EINVAL);
    if (origin == SEEK_CUR) {
        __int64 here = offset_of(stream);

        if (here < 0)
            return -1;
        offset += here;
        origin = SEEK_SET;
    }
    crt_stream_flush(stream);
    stream->_flag &= ~_IOEOF;
    stream->_ptr = stream->_base;
    stream->_cnt = 0;
    if (stream->_flag & _IORW)
        stream->_flag &= ~(_IOREAD | _IOWRT);
    return _lseeki64(stream->_file, offset, origin) < 0 ? -1 : 0;
}

int __cdecl _fseeki64(FILE *stream, __int64 offset, int origin)
{
    int result;

    crt_stream_lock(stream);
    result = seek_to(stream, offset, origin);
    crt_stream_unlock(stream);
    return result;
}

int __cdecl fseek(FILE *stream, long offset, int origin)
{
    return _fseeki64(stream, offset, origin);
}

void __cdecl rewind(FILE *stream)
{
    crt_stream_lock(stream);
    seek_to(stream, 0, SEEK_SET);
    stream->_flag &= ~_IOERR;
    crt_stream_unlock(stream);
}

int __cdecl fgetpos(FILE *__restrict__ stream, fpos_t *__restrict__ offset)
{
    *offset = _ftelli64(stream);
    return *offset < 0 ? -1 : 0;
}

int __cdecl fsetpos(FILE *stream, const fpos_t *offset)
{
    return _fseeki64(stream, *offset, SEEK_SET);
}

int __cdecl(feof)(FILE *stream)
{
    return stream->_flag & _IOEOF;
}

int __cdecl(ferror)(FILE *stream)
{
    return stream->_flag & _IOERR;
}

void __cdecl clearerr(FILE *stream)
{
    crt_stream_lock(stream);
    stream->_flag &= ~(_IOERR | _IOEOF);
    crt_stream_unlock(stream);
}
