/*
 * Descriptors: the small numbers that _open gives out for kernel32's handles. A descriptor in text
 * mode translates line ends: "\n" in memory is "\r\n" in the file, and Ctrl-Z ends the file.
 */
#pragma once

#include "crt.h"

#define CRT_FILES 512

/* struct crt_file.flags */
enum {
    FD_OPEN = 0x01,
    FD_EOF = 0x02, /* a Ctrl-Z was read: no more data until the next seek */
    FD_PIPE = 0x08,
    FD_APPEND = 0x20, /* seek to the end before each write */
    FD_DEVICE = 0x40, /* a console, or another character device */
    FD_TEXT = 0x80,
};

struct crt_file {
    HANDLE handle; /* NULL when a standard handle is missing */
    int flags;
    int peeked;            /* a byte already taken from a pipe or device, else -1 */
    __int64 read_start;    /* where in the file the data of the last _read in text mode begins */
    CRITICAL_SECTION lock; /* guards all of this; made with the slot's first use */
    bool has_lock;
};

/* => the open file of a descriptor, locked; or NULL with EBADF. */
struct crt_file *crt_file_lock(int fd);
void crt_file_unlock(struct crt_file *file);

/* => the open file of a descriptor, not locked; or NULL. */
struct crt_file *crt_file_get(int fd);

/* => the flags of a descriptor, 0 if it is not open. */
int crt_file_flags(int fd);

/* => a new descriptor for HANDLE, or -1 with EMFILE. FLAGS are FD_ flags. */
int crt_file_attach(HANDLE handle, int flags);

/* Writes as _write does, without waiting for locks. For the process's end. */
void crt_file_write_unlocked(int fd, const void *buffer, unsigned size);

/*
 * After a _read in text mode gave a buffer of which COUNT bytes are used: the offset in the file of
 * the first unused one. => -1 if the file cannot be read again.
 */
__int64 crt_file_text_offset(int fd, unsigned count);

/* Opens PATH, char or wchar_t as WIDE says, with the flags of _open. => the descriptor, or -1. */
int crt_file_open(const void *path, bool wide, int oflag, int share, int permission);

/* => the seconds since 1970 of a file's time, or 0 if it has none. */
__time64_t crt_time_of_file(FILETIME time);
