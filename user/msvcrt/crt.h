/*
 * What the parts of msvcrt.dll share: the state of a thread, the numbered locks, and how an error
 * of kernel32 becomes an errno. Everything a program sees is declared by mingw's own headers, so
 * that our definitions are checked against the declarations that programs are compiled with.
 *
 * The only locale is "C": a character is a byte, its wide counterpart the same number.
 */
#pragma once

/* Data that programs import is defined here. */
#include <_mingw.h>
#undef __MINGW_IMPORT
#define __MINGW_IMPORT extern

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef stdin
#undef stdout
#undef stderr
#define stdin  (&_iob[0])
#define stdout (&_iob[1])
#define stderr (&_iob[2])

#define ERROR_TEXT_SIZE 160 /* bytes of the texts strerror and _strerror make */

struct thread_data {
    int error;               /* errno */
    unsigned long dos_error; /* the Win32 error it came from */
    unsigned random;         /* the state of rand */
    char *token;             /* where strtok goes on, */
    wchar_t *wide_token;     /* and wcstok */
    struct tm tm;            /* the result of gmtime and localtime */
    char time_text[26];      /* of asctime and ctime */
    wchar_t wide_time_text[26];
    char error_text[ERROR_TEXT_SIZE];
    void *start;    /* of a thread made by _beginthread and _beginthreadex: its function, */
    void *argument; /* its argument, */
    HANDLE handle;  /* and its handle when _endthread is to close it, else NULL */
};

/* => the calling thread's data; its last-error code is left alone. Ends the process when memory is
 * out. */
struct thread_data *crt_thread_data(void);

/* => false when the process has no TLS index left. To be called once, before any other function. */
bool crt_thread_data_start(void);

/* Gives the calling thread's data back. A later use makes new data. */
void crt_thread_data_free(void);

/* => the data of a thread to be, a block of the process's heap; or NULL. */
struct thread_data *crt_thread_data_make(void);

/* Makes DATA the calling thread's, which has none yet. => false when there is none, or no room. */
bool crt_thread_data_adopt(struct thread_data *data);

/*
 * The numbered locks of _lock and _unlock. Each may be taken again by its owner. Statically linked
 * parts of a program know CRT_LOCK_STREAM + i as the lock of _iob[i].
 */
enum crt_lock {
    CRT_LOCK_EXIT = 8,
    CRT_LOCK_ENVIRONMENT,
    CRT_LOCK_FILES,   /* which descriptors are in use */
    CRT_LOCK_STREAMS, /* which streams are in use; taken before any stream's own lock */
    CRT_LOCK_SIGNAL,
    CRT_LOCK_TEMPNAME,
    CRT_LOCK_STREAM = 16,
    CRT_LOCK_COUNT = CRT_LOCK_STREAM + _IOB_ENTRIES
};

void crt_locks_start(void);
void __cdecl _lock(int number);
void __cdecl _unlock(int number);

/* Says "runtime error" with its number and ends the process. The numbers are msvcrt's. */
#define _RT_THREAD 16
void __cdecl _amsg_exit(int error);

/* => whether the lock was free; then it is taken. */
bool crt_try_lock(int number);

/* Sets errno and _doserrno from a Win32 error code; from GetLastError(). => -1, for the caller's
 * return. */
int crt_error_from(DWORD win32);
int crt_last_error(void);

/* Sets errno only. => -1. */
int crt_error(int error);

/* Setting up the parts, in this order, when the DLL is loaded. */
void crt_files_start(void);
void crt_streams_start(void);
bool crt_environment_start(void);      /* _environ; */
bool crt_wide_environment_start(void); /* _wenviron, only when a program wants it */
void crt_command_line_start(void);
void crt_clock_start(void);

/* Writes all buffers out without waiting for a lock whose owner may be gone. For the process's end.
 */
void crt_streams_end(void);

/* Whether exit functions have run, so that the process's end has nothing left to do for us. */
extern bool crt_exit_done;

/* The wide character of a byte is the byte. => the byte of C, or -1 with EILSEQ when it has none.
 */
static inline int crt_narrow(wchar_t c)
{
    return c <= 0xFF ? c : crt_error(EILSEQ);
}
