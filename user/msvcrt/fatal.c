/*
 * Ends that are failures: runtime errors, failed assertions, abort, and signals. Of the signals
 * only the table and raise are here: a program's startup code turns exceptions into SIGSEGV and its
 * like.
 */
#include <assert.h>
#include <float.h>
#include <process.h>
#include <signal.h>
#include "crt.h"
#include "streams.h"

typedef void(__cdecl *handler)(int);

static handler handlers[NSIG]; /* guarded by CRT_LOCK_SIGNAL; SIG_DFL is 0 */

/* To the standard error as it was given to the process: the streams may be what failed. */
static void print_error(const char *text)
{
    DWORD written;

    WriteFile(GetStdHandle(STD_ERROR_HANDLE), text, strlen(text), &written, NULL);
}

void __cdecl _amsg_exit(int error)
{
    char text[32] = "\r\nruntime error ";

    _itoa(error, text + strlen(text), 10);
    print_error(strcat(text, "\r\n"));
    _exit(255);
}

static bool is_signal(int number)
{
    switch (number) {
    case SIGINT:
    case SIGILL:
    case SIGABRT_COMPAT:
    case SIGFPE:
    case SIGSEGV:
    case SIGTERM:
    case SIGBREAK:
    case SIGABRT:
        return true;
    default:
        return false;
    }
}

handler __cdecl signal(int number, handler function)
{
    handler old;

    if (number == SIGABRT_COMPAT)
        number = SIGABRT;
    if (!is_signal(number) || function == SIG_GET || function == SIG_SGE || function == SIG_ACK) {
        crt_error(EINVAL);
        return SIG_ERR;
    }
    _lock(CRT_LOCK_SIGNAL);
    old = handlers[number];
    handlers[number] = function;
    _unlock(CRT_LOCK_SIGNAL);
    return old;
}

int __cdecl raise(int number)
{
    handler function;

    if (number == SIGABRT_COMPAT)
        number = SIGABRT;
    if (!is_signal(number))
        return crt_error(EINVAL);
    _lock(CRT_LOCK_SIGNAL);
    function = handlers[number];
    if (function != SIG_IGN)
        handlers[number] = SIG_DFL;
    _unlock(CRT_LOCK_SIGNAL);
    if (function == SIG_DFL)
        _exit(3);
    if (function == SIG_IGN)
        return 0;
    if (number == SIGFPE) /* its handler gets a second argument: what was wrong */
        ((void(__cdecl *)(int, int))(void *)function)(number, _FPE_EXPLICITGEN);
    else
        function(number);
    return 0;
}

void __cdecl abort(void)
{
    print_error("\r\nabnormal program termination\r\n");
    raise(SIGABRT);
    _exit(3);
}

void __cdecl _assert(const char *expression, const char *file, unsigned line)
{
    fflush(stdout);
    fprintf(stderr, "Assertion failed: %s, file %s, line %u\n", expression, file, line);
    abort();
}

void __cdecl _purecall(void)
{
    _amsg_exit(25);
}
