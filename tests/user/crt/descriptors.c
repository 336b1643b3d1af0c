/*
 * Descriptors on files: reading, positions, copies, and what each failure says.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "data.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <windows.h>

static void reading(void)
{
    char data[16] = "";
    int fd = _open(DATA "text.txt", _O_RDONLY | _O_TEXT);

    CHECK_INT(_read(fd, data, sizeof(data)), 10); /* up to the Ctrl-Z */
    CHECK(!memcmp(data, "a\nb\nc\rd\r\ne", 10));
    CHECK_INT(_close(fd), 0);
    fd = _open(DATA "text.txt", _O_RDONLY | _O_TEXT);
    CHECK_INT(_read(fd, data, 7), 6); /* a return is the last: was it that of a line end? */
    CHECK(!memcmp(data, "a\nb\nc\r", 6));
    CHECK_INT(_tell(fd), 7);
    CHECK_INT(_read(fd, data, 1), 1);
    CHECK_INT(data[0], 'd');
    CHECK_INT(_close(fd), 0);
    fd = _open(DATA "return.txt", _O_RDONLY | _O_TEXT);
    CHECK_INT(_read(fd, data, 1), 1);
    CHECK_INT(_read(fd, data, 1), 1);
    CHECK_INT(data[0], '\r');
    CHECK_INT(_read(fd, data, 1), 0);
    CHECK_INT(_close(fd), 0);
    fd = _open(DATA "lines.txt", _O_RDONLY | _O_TEXT);
    CHECK_INT(_read(fd, data, 4), 4); /* the line end is two bytes of the file */
    CHECK(!memcmp(data, "abc\n", 4));
    CHECK_INT(_tell(fd), 5);
    CHECK_INT(_read(fd, data, 16), 5);
    CHECK(!memcmp(data, "defgh", 5));
    CHECK_INT(_close(fd), 0);
}

static void positions(void)
{
    char data[32] = "";
    int fd = _open(DATA "digits.txt", _O_RDONLY | _O_BINARY);
    int second;

    CHECK(fd >= 3);
    CHECK_INT(_lseek(fd, 4, SEEK_SET), 4);
    CHECK_INT(_read(fd, data, 3), 3);
    CHECK_STR(data, "456");
    CHECK_INT(_tell(fd), 7);
    CHECK_INT(_filelength(fd), 10);
    CHECK_INT(_isatty(fd), 0);
    second = _dup(fd);
    CHECK(second > fd);
    CHECK_INT(_tell(second), 7);
    CHECK_INT(_setmode(fd, _O_TEXT), _O_BINARY);
    CHECK_INT(_setmode(fd, _O_BINARY), _O_TEXT);
    CHECK_INT(_close(fd), 0);
    errno = 0;
    CHECK_INT(_close(fd), -1);
    CHECK_INT(errno, EBADF);
    CHECK_INT(_read(second, data, 32), 3);
    CHECK_INT(_read(second, data, 32), 0);
    CHECK_INT(_lseek(second, -2, SEEK_END), 8);
    CHECK_INT(_dup2(second, fd), 0);
    CHECK_INT(_read(fd, data, 1), 1);
    CHECK_INT(data[0], '8');
    CHECK_INT(_close(second), 0);
    CHECK_INT(_read(fd, data, 1), 1);
    CHECK_INT(data[0], '9');
    CHECK_INT(_close(fd), 0);
}

/* => errno if the call that gave RESULT failed with -1; else 0. */
static int failure(int result)
{
    int error = errno;

    errno = 0;
    return result == -1 ? error : 0;
}

static void failures(void)
{
    char data[4];
    int fd = _open(DATA "digits.txt", _O_RDONLY);
    int null = _open("NUL", _O_WRONLY);

    errno = 0;
    CHECK_INT(failure(_open("no such file", _O_RDONLY)), ENOENT);
    CHECK_INT(failure(_open(DATA "digits.txt", _O_RDWR)), EACCES);
    CHECK_INT(failure(_open(DATA "digits.txt", _O_WRONLY | _O_TRUNC)), EACCES);
    CHECK_INT(failure(_open(DATA "digits.txt", _O_CREAT | _O_EXCL | _O_WRONLY, _S_IWRITE)), EEXIST);
    CHECK_INT(failure(_open(DATA "new file", _O_CREAT | _O_RDWR, _S_IWRITE)), EACCES);
    CHECK_INT(failure(_creat(DATA "new file", _S_IWRITE)), EACCES);
    CHECK_INT(failure(_write(fd, "x", 1)), EBADF);
    CHECK_INT(failure(_chsize(fd, 5)), EBADF);
    CHECK_INT(failure(_chsize(fd, 20)), EBADF);
    CHECK_INT(failure(_commit(fd)), EBADF);
    CHECK_INT(_filelength(fd), 10);
    CHECK_INT(_tell(fd), 0);
    CHECK_INT(failure(_lseek(fd, -1, SEEK_SET)), EINVAL);
    CHECK_INT(failure(_lseek(99, 0, SEEK_SET)), EBADF);
    CHECK_INT(failure(_dup(99)), EBADF);
    CHECK_INT(_close(fd), 0);
    CHECK(_isatty(null));
    CHECK_INT(_commit(null), 0);
    CHECK_INT(_write(null, "abc\n", 4), 4);
    CHECK_INT(failure(_read(null, data, 4)), EBADF);
    CHECK_INT(_close(null), 0);
    CHECK_INT(failure(_read(null, data, 4)), EBADF);
}

/* The standard output and the standard error may be one handle: the last that is closed closes it.
 */
static void shared_handle(void)
{
    HANDLE nul = CreateFileA("NUL", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    int error = _dup(2);
    int output, first, second, closed, written, closed_last;
    DWORD type, type_last;

    fflush(stdout);
    output = _dup(1);
    _close(1);
    _close(2);
    first = _open_osfhandle((intptr_t)nul, _O_TEXT);
    second = _open_osfhandle((intptr_t)nul, _O_TEXT);
    closed = _close(1);
    type = GetFileType(nul);
    written = _write(2, "x", 1);
    closed_last = _close(2);
    type_last = GetFileType(nul);
    _dup2(output, 1);
    _dup2(error, 2);
    CHECK_INT(first, 1);
    CHECK_INT(second, 2);
    CHECK_INT(closed, 0);
    CHECK_INT(type, FILE_TYPE_CHAR);
    CHECK_INT(written, 1);
    CHECK_INT(closed_last, 0);
    CHECK_INT(type_last, FILE_TYPE_UNKNOWN);
    CHECK_INT(_close(output), 0);
    CHECK_INT(_close(error), 0);
}

/* A standard stream may come to another descriptor than it had. */
static void reopened_elsewhere(void)
{
    CHECK_INT(fclose(stdin), 0);
    CHECK(freopen("NUL", "w", stderr) == stderr);
    CHECK_INT(_fileno(stderr), 0);
    CHECK(fputs("x", stderr) >= 0);
    CHECK(freopen(DATA "digits.txt", "r", stdin) == stdin);
    CHECK_INT(fgetc(stdin), '0');
}

int main(void)
{
    fclose(open_data("digits.txt", "r"));
    reading();
    positions();
    failures();
    shared_handle();
    reopened_elsewhere();
    return check_done();
}
