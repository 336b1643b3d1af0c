/*
 * The texts of errors, and the functions that print them.
 */
#include "crt.h"

/* By errno; msvcrt's table has 43 texts and one more, "Unknown error", for whatever is beyond. */
char *_sys_errlist[] = {
    "No error",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted function call",
    "Input/output error",
    "No such device or address",
    "Arg list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Not enough space",
    "Permission denied",
    "Bad address",
    "Unknown error",
    "Resource device",
    "File exists",
    "Improper link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate I/O control operation",
    "Unknown error",
    "File too large",
    "No space left on device",
    "Invalid seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Domain error",
    "Result too large",
    "Unknown error",
    "Resource deadlock avoided",
    "Unknown error",
    "Filename too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Illegal byte sequence",
    "Unknown error",
};

int _sys_nerr = _countof(_sys_errlist) - 1;

static const char *error_text(int error)
{
    return _sys_errlist[(unsigned)error < (unsigned)_sys_nerr ? error : _sys_nerr];
}

/* The caller may scribble on the result, so it gets a copy. */
char *__cdecl strerror(int error)
{
    return strcpy(crt_thread_data()->error_text, error_text(error));
}

char *__cdecl _strerror(const char *message)
{
    struct thread_data *data = crt_thread_data();
    const char *text = error_text(data->error);

    data->error_text[0] = '\0';
    if (message && *message) {
        strncat(data->error_text, message, ERROR_TEXT_SIZE - strlen(text) - 4);
        strcat(data->error_text, ": ");
    }
    strcat(data->error_text, text);
    return strcat(data->error_text, "\n");
}

void __cdecl perror(const char *message)
{
    const char *text = error_text(errno);

    if (message && *message)
        fprintf(stderr, "%s: ", message);
    fprintf(stderr, "%s\n", text);
}
