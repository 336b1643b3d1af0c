/*
 * What a program's startup code asks for: its arguments, its environment, and a few settings.
 */
#include "argv.h"

typedef struct {
    int newmode;
} _startupinfo;

int __argc;
char **__argv;
wchar_t **__wargv;
char *_acmdln;
wchar_t *_wcmdln;
char *_pgmptr;
static int app_type;

/* KIND is 1 for a console program and 2 for one with windows. */
void __cdecl __set_app_type(int kind)
{
    app_type = kind;
}

char **__cdecl __p__acmdln(void)
{
    return &_acmdln;
}

wchar_t **__cdecl __p__wcmdln(void)
{
    return &_wcmdln;
}

int *__cdecl __p___argc(void)
{
    return &__argc;
}

char ***__cdecl __p___argv(void)
{
    return &__argv;
}

wchar_t ***__cdecl __p___wargv(void)
{
    return &__wargv;
}

char **__cdecl __p__pgmptr(void)
{
    return &_pgmptr;
}

void crt_command_line_start(void)
{
    static char program[MAX_PATH + 1];

    _acmdln = GetCommandLineA();
    _wcmdln = GetCommandLineW();
    GetModuleFileNameA(NULL, program, MAX_PATH);
    _pgmptr = program;
}

/* INFO says how C++'s new is to fail, which concerns no C program. => 0, or -1 when memory is out.
 */
int __cdecl __getmainargs(int *argc, char ***argv, char ***env, int wildcards,
                          const _startupinfo *info)
{
    struct crt_arguments arguments;

    (void)info;
    if (!crt_parse_arguments(_acmdln, false, &arguments))
        return -1;
    if (wildcards && !crt_expand_wildcards(&arguments))
        return -1;
    *argc = __argc = (int)arguments.count;
    *argv = __argv = (char **)arguments.argv;
    *env = _environ;
    return 0;
}

int __cdecl __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***env, int wildcards,
                           const _startupinfo *info)
{
    struct crt_arguments arguments;

    (void)info;
    if (!crt_parse_arguments(_wcmdln, true, &arguments))
        return -1;
    if (wildcards && !crt_expand_wildcards(&arguments))
        return -1;
    if (!_wenviron && !crt_wide_environment_start())
        return -1;
    *argc = __argc = (int)arguments.count;
    *argv = __wargv = (wchar_t **)arguments.argv;
    *env = _wenviron;
    return 0;
}
