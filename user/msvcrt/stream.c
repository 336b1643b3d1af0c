/*
 * The table of streams: opening and closing them, and their locks.
 */
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <sys/stat.h>
#include "files.h"
#include "streams.h"

FILE _iob[_IOB_ENTRIES];
int _commode;

/* The first ones are those of _iob, the others are made when they are needed and kept. */
static FILE *streams[CRT_STREAMS];

int *__cdecl __p__commode(void)
{
    return &_commode;
}

#undef __iob_func
FILE *__cdecl __iob_func(void)
{
    return _iob;
}

/* => the number of a stream's lock, or -1 if the lock is the stream's own. */
static int lock_number(const FILE *stream)
{
    if (stream >= _iob && stream < _iob + _IOB_ENTRIES)
        return CRT_LOCK_STREAM + (int)(stream - _iob);
    return -1;
}

void crt_stream_lock(FILE *stream)
{
    int number = lock_number(stream);

    if (number >= 0)
        _lock(number);
    else
        EnterCriticalSection(&((struct crt_stream *)stream)->lock);
}

void crt_stream_unlock(FILE *stream)
{
    int number = lock_number(stream);

    if (number >= 0)
        _unlock(number);
    else
        LeaveCriticalSection(&((struct crt_stream *)stream)->lock);
}

bool crt_stream_try_lock(FILE *stream)
{
    int number = lock_number(stream);

    if (number >= 0)
        return crt_try_lock(number);
    return TryEnterCriticalSection(&((struct crt_stream *)stream)->lock);
}

static void reset(FILE *stream, int flags, int fd)
{
    *stream = (FILE){._flag = flags, ._file = fd};
}

void crt_streams_start(void)
{
    for (int i = 0; i < _IOB_ENTRIES; i++)
        streams[i] = &_iob[i];
    reset(&_iob[0], _IOREAD, 0);
    reset(&_iob[1], _IOWRT, 1);
    reset(&_iob[2], _IOWRT | CRT_IO_UNBUFFERED, 2);
}

static FILE *make_stream(void)
{
    struct crt_stream *stream = malloc(sizeof(*stream));

    if (!stream)
        return NULL;
    reset(&stream->file, 0, -1);
    InitializeCriticalSection(&stream->lock);
    return &stream->file;
}

/* => whether the stream is free; then it is locked. Nothing is waited for: who holds the lock may
 * be reading, for as long as it likes. */
static bool lock_free(FILE *stream)
{
    if (stream->_flag || !crt_stream_try_lock(stream))
        return false;
    if (stream->_flag == 0) /* it may have been reopened before it was locked */
        return true;
    crt_stream_unlock(stream);
    return false;
}

/* => a free stream, locked and marked as in use by FLAGS; or NULL with EMFILE. */
static FILE *take_stream(int flags)
{
    FILE *taken = NULL;

    _lock(CRT_LOCK_STREAMS);
    for (int i = 0; i < CRT_STREAMS && !taken; i++) {
        if (!streams[i])
            streams[i] = make_stream();
        if (!streams[i])
            break;
        if (lock_free(streams[i]))
            taken = streams[i];
    }
    if (taken)
        reset(taken, flags, -1);
    _unlock(CRT_LOCK_STREAMS);
    if (!taken)
        crt_error(EMFILE);
    return taken;
}

FILE *crt_stream_at(int index)
{
    return index < CRT_STREAMS ? streams[index] : NULL;
}

int crt_stream_each(int flags, int (*function)(FILE *stream))
{
    int sum = 0;

    for (int i = 0; i < CRT_STREAMS && streams[i]; i++) {
        if (!(streams[i]->_flag & flags))
            continue;
        crt_stream_lock(streams[i]);
        if (streams[i]->_flag & flags)
            sum += function(streams[i]);
        crt_stream_unlock(streams[i]);
    }
    return sum;
}

/* The letters after the first of a mode: how the file will be used, as _open's flags say it. */
static const struct {
    char letter;
    int oflag;
} mode_letters[] = {
    {'b', _O_BINARY},
    {'t', _O_TEXT},
    {'D', _O_TEMPORARY},
    {'T', _O_SHORT_LIVED},
    {'R', _O_RANDOM},
    {'S', _O_SEQUENTIAL},
    {'N', _O_NOINHERIT},
    {'c', 0},
    {'n', 0},
    {' ', 0},
};

/* => whether LETTER is one of them; then its flags are added. */
static bool add_mode_letter(char letter, int *oflag)
{
    for (size_t i = 0; i < _countof(mode_letters); i++) {
        if (mode_letters[i].letter == letter) {
            *oflag |= mode_letters[i].oflag;
            return true;
        }
    }
    return false;
}

/*
 * Reads the mode of fopen: r, w or a, then a + and letters. => false if it is none. "ccs=" for
 * Unicode files is not there.
 */
static bool parse_mode(const char *mode, int *flags, int *oflag)
{
    while (*mode == ' ')
        mode++;
    switch (*mode) {
    case 'r':
        *flags = _IOREAD;
        *oflag = _O_RDONLY;
        break;
    case 'w':
        *flags = _IOWRT;
        *oflag = _O_WRONLY | _O_CREAT | _O_TRUNC;
        break;
    case 'a':
        *flags = _IOWRT;
        *oflag = _O_WRONLY | _O_CREAT | _O_APPEND;
        break;
    default:
        return false;
    }
    while (*++mode) {
        if (*mode == '+') {
            *flags = _IORW;
            *oflag = (*oflag & ~(_O_RDONLY | _O_WRONLY)) | _O_RDWR;
        } else if (!add_mode_letter(*mode, oflag)) {
            return false;
        }
    }
    return true;
}

/* Opens PATH on a stream that is taken and locked, and unlocks it. => STREAM, or NULL. */
static FILE *open_taken(FILE *stream, const void *path, bool wide, const char *mode, int share)
{
    int flags = 0;
    int oflag = 0;
    int fd = -1;

    if (!parse_mode(mode, &flags, &oflag))
        crt_error(EINVAL);
    else
        fd = crt_file_open(path, wide, oflag, share, _S_IREAD | _S_IWRITE);
    reset(stream, fd < 0 ? 0 : flags, fd);
    crt_stream_unlock(stream);
    return fd < 0 ? NULL : stream;
}

FILE *__cdecl _fsopen(const char *path, const char *mode, int share)
{
    FILE *stream;

    if (!path || !mode) {
        crt_error(EINVAL);
        return NULL;
    }
    stream = take_stream(_IORW);
    return stream ? open_taken(stream, path, false, mode, share) : NULL;
}

FILE *__cdecl fopen(const char *__restrict__ path, const char *__restrict__ mode)
{
    return _fsopen(path, mode, _SH_DENYNO);
}

FILE *__cdecl _wfopen(const wchar_t *__restrict__ path, const wchar_t *__restrict__ mode)
{
    char narrow[16];
    FILE *stream;

    if (!path || !mode || wcslen(mode) >= sizeof(narrow) ||
        wcstombs(narrow, mode, sizeof(narrow)) == (size_t)-1) {
        crt_error(EINVAL);
        return NULL;
    }
    stream = take_stream(_IORW);
    return stream ? open_taken(stream, path, true, narrow, _SH_DENYNO) : NULL;
}

FILE *__cdecl _fdopen(int fd, const char *mode)
{
    int flags = 0;
    int oflag = 0;
    FILE *stream;

    if (!crt_file_flags(fd)) {
        crt_error(EBADF);
        return NULL;
    }
    if (!mode || !parse_mode(mode, &flags, &oflag)) {
        crt_error(EINVAL);
        return NULL;
    }
    stream = take_stream(flags);
    if (!stream)
        return NULL;
    stream->_file = fd;
    crt_stream_unlock(stream);
    return stream;
}

/* Closes the file of a locked stream and frees its buffer; the stream stays taken. */
static int close_file(FILE *stream)
{
    int result = crt_stream_flush(stream);

    if (stream->_flag & _IOMYBUF)
        free(stream->_base);
    if (_close(stream->_file) < 0)
        result = EOF;
    reset(stream, _IORW, -1);
    return result;
}

static int close_stream(FILE *stream)
{
    int result = close_file(stream);

    reset(stream, 0, -1);
    return result;
}

int __cdecl fclose(FILE *stream)
{
    int result = EOF;

    if (!stream) {
        crt_error(EINVAL);
        return EOF;
    }
    crt_stream_lock(stream);
    if (stream->_flag)
        result = close_stream(stream);
    else
        crt_error(EBADF);
    crt_stream_unlock(stream);
    return result;
}

/* Not the standard streams. => how many it closed. */
static int close_other(FILE *stream)
{
    if (stream >= _iob && stream < _iob + 3)
        return 0;
    return close_stream(stream) == 0;
}

int __cdecl _fcloseall(void)
{
    return crt_stream_each(_IOREAD | _IOWRT | _IORW, close_other);
}

FILE *__cdecl freopen(const char *__restrict__ path, const char *__restrict__ mode,
                      FILE *__restrict__ stream)
{
    if (!path || !mode || !stream) {
        crt_error(EINVAL);
        return NULL;
    }
    crt_stream_lock(stream);
    if (stream->_flag)
        close_file(stream);
    /* It has its descriptor again unless a lower one is free, by what _open promises. */
    return open_taken(stream, path, false, mode, _SH_DENYNO);
}

int __cdecl(_fileno)(FILE *stream)
{
    return stream->_file;
}
