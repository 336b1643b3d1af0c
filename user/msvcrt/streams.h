/*
 * Streams. A FILE is what mingw's stdio.h says it is, for macros in programs look inside: `_cnt`
 * characters are left at `_ptr` of the buffer at `_base`, to be taken while reading or as room
 * while writing. Microsoft's getc and putc call _filbuf and _flsbuf when `_cnt` runs out.
 *
 * A stream outside _iob is followed by its lock, which statically linked code knows as well.
 */
#pragma once

#include <wchar.h>
#include "crt.h"

#define CRT_STREAMS       512  /* the most that are open at a time */
#define CRT_STREAM_BUFFER 4096 /* bytes of an ordinary stream's buffer */
#define CRT_BURST         512  /* and of the one an unbuffered stream has during a call */

/* FILE._flag, beyond those of stdio.h */
#define CRT_IO_UNBUFFERED 0x0004 /* _charbuf is the buffer */
#define CRT_IO_USER       0x0100 /* the buffer is the program's */
#define CRT_IO_BURST      0x1000 /* the buffer is of the function that is running */

struct crt_stream {
    FILE file;
    CRITICAL_SECTION lock;
};

void crt_stream_lock(FILE *stream);
void crt_stream_unlock(FILE *stream);

/* => whether the lock was free. */
bool crt_stream_try_lock(FILE *stream);

/* => the stream of an index, in use or not; NULL beyond the last. */
FILE *crt_stream_at(int index);

/*
 * Calls FUNCTION for each stream that has one of FLAGS, one after the other, each locked. The
 * others are not waited for: a thread may be reading from one, for as long as it likes. => the sum
 * of results.
 */
int crt_stream_each(int flags, int (*function)(FILE *stream));

/* The functions from here on, and _filbuf and _flsbuf, want the stream locked. */

/* Takes what is in a stream's buffer out to the file. => 0, or EOF with the stream's error set. */
int crt_stream_flush(FILE *stream);

/* Gives a stream its first buffer. */
void crt_stream_buffer(FILE *stream);

/*
 * Around writing more than a character: an unbuffered stream has a buffer meanwhile, so that a line
 * reaches the console in one piece. => what to give to crt_burst_end: whether there is one. That
 * writes the buffer. => false if it cannot: what was put into it is lost.
 */
bool crt_burst_begin(FILE *stream, char *buffer);
bool crt_burst_end(FILE *stream, bool burst);

int crt_getc(FILE *stream);
int crt_putc(int c, FILE *stream);
int crt_ungetc(int c, FILE *stream);

/* => the number of bytes that came or went; less than SIZE at an error or the end. */
size_t crt_read(void *buffer, size_t size, FILE *stream);
size_t crt_write(const void *buffer, size_t size, FILE *stream);

/* In text mode a wide character is a byte in the file, else two. WEOF is an error or the end. */
wint_t crt_getwc(FILE *stream);
wint_t crt_putwc(wchar_t c, FILE *stream);
wint_t crt_ungetwc(wint_t c, FILE *stream);
