/*
 * The end of a process: the functions to call then, and the ways there.
 */
#include <fcntl.h>
#include <process.h>
#include "crt.h"

typedef void(__cdecl *exit_function)(void);

bool crt_exit_done;

/* The functions of _onexit and atexit, last one first to be called. Guarded by CRT_LOCK_EXIT. */
static exit_function *functions;
static size_t function_count;
static size_t function_room;

static bool make_room(void)
{
    size_t room = function_room ? 2 * function_room : 32;
    exit_function *grown = realloc(functions, room * sizeof(*functions));

    if (!grown)
        return false;
    functions = grown;
    function_room = room;
    return true;
}

_onexit_t __cdecl _onexit(_onexit_t function)
{
    bool kept;

    _lock(CRT_LOCK_EXIT);
    kept = function_count < function_room || make_room();
    if (kept)
        functions[function_count++] = (exit_function)(void *)function;
    _unlock(CRT_LOCK_EXIT);
    return kept ? function : NULL;
}

int __cdecl atexit(void(__cdecl *function)(void))
{
    return _onexit((_onexit_t)(void *)function) ? 0 : -1;
}

/* The same for a DLL, whose table runs from *START to *END; it must have come from malloc. */
_onexit_t __cdecl __dllonexit(_onexit_t function, exit_function **start, exit_function **end)
{
    size_t count;
    exit_function *grown;

    if (!start || !*start || !end || !*end)
        return NULL;
    _lock(CRT_LOCK_EXIT);
    count = (size_t)(*end - *start);
    grown = realloc(*start, (count + 1) * sizeof(*grown));
    if (grown) {
        grown[count] = (exit_function)(void *)function;
        *start = grown;
        *end = grown + count + 1;
    }
    _unlock(CRT_LOCK_EXIT);
    return grown ? function : NULL;
}

/* A function may register another, which then is the next. No lock is held during a call. */
static void call_functions(void)
{
    for (;;) {
        exit_function next = NULL;

        _lock(CRT_LOCK_EXIT);
        if (function_count > 0)
            next = functions[--function_count];
        _unlock(CRT_LOCK_EXIT);
        if (!next)
            return;
        next();
    }
}

void __cdecl _cexit(void)
{
    call_functions();
    fflush(NULL);
}

/* What there is to do without calling functions: nothing. */
void __cdecl _c_exit(void)
{
}

void __cdecl _exit(int code)
{
    crt_exit_done = true;
    ExitProcess((UINT)code);
}

void __cdecl exit(int code)
{
    _cexit();
    _exit(code);
}

/* Calls the functions of a table, some of which may be NULL. */
void __cdecl _initterm(exit_function *start, exit_function *end)
{
    for (; start < end; start++) {
        if (*start)
            (*start)();
    }
}

/* The same for functions that return 0; stops at one that does not. => what it returned. */
int __cdecl _initterm_e(int(__cdecl **start)(void), int(__cdecl **end)(void))
{
    int result = 0;

    for (; start < end && result == 0; start++) {
        if (*start)
            result = (*start)();
    }
    return result;
}
