/*
 * The environment: a copy of kernel32's as an array of strings, and getenv and _putenv on it. The
 * pointers that getenv gives out stay good until the variable is set anew. What main was given,
 * __initenv, never changes: _environ is the same array until the first change, then one of its own.
 */
#include "crt.h"

char **_environ;
char **__initenv;
wchar_t **_wenviron;
wchar_t **__winitenv;

char ***__cdecl __p__environ(void)
{
    return &_environ;
}

char ***__cdecl __p___initenv(void)
{
    return &__initenv;
}

wchar_t ***__cdecl __p__wenviron(void)
{
    return &_wenviron;
}

wchar_t ***__cdecl __p___winitenv(void)
{
    return &__winitenv;
}

/* => a malloc'ed copy of STRING in the system's code page, or NULL. */
static char *narrow_copy(const wchar_t *string)
{
    int size = WideCharToMultiByte(CP_ACP, 0, string, -1, NULL, 0, NULL, NULL);
    char *copy = malloc((size_t)size);

    if (copy)
        WideCharToMultiByte(CP_ACP, 0, string, -1, copy, size, NULL, NULL);
    return copy;
}

/*
 * => a new array of the strings of the process's environment, wchar_t or char as WIDE says; NULL
 * when memory is out. Strings that begin with '=' hold the current folders of drives; programs do
 * not see them.
 */
static void **copy_environment(bool wide)
{
    wchar_t *block = GetEnvironmentStringsW();
    void **copy;
    size_t count = 0;

    if (!block)
        return NULL;
    for (wchar_t *p = block; *p; p += wcslen(p) + 1)
        count++;
    copy = calloc(count + 1, sizeof(void *));
    count = 0;
    for (wchar_t *p = block; copy && *p; p += wcslen(p) + 1) {
        if (*p == L'=')
            continue;
        copy[count] = wide ? (void *)_wcsdup(p) : (void *)narrow_copy(p);
        if (!copy[count++])
            copy = NULL;
    }
    FreeEnvironmentStringsW(block);
    return copy;
}

bool crt_environment_start(void)
{
    _environ = __initenv = (char **)copy_environment(false);
    return _environ;
}

bool crt_wide_environment_start(void)
{
    _wenviron = __winitenv = (wchar_t **)copy_environment(true);
    return _wenviron;
}

/* => the index of the variable whose name is the first LENGTH characters of NAME, or that of NULL.
 */
static size_t find(const char *name, size_t length)
{
    size_t i;

    for (i = 0; _environ[i]; i++) {
        if (_strnicmp(_environ[i], name, length) == 0 && _environ[i][length] == '=')
            break;
    }
    return i;
}

char *__cdecl getenv(const char *name)
{
    char *value = NULL;
    size_t i;

    if (!name)
        return NULL;
    _lock(CRT_LOCK_ENVIRONMENT);
    i = find(name, strlen(name));
    if (_environ[i])
        value = _environ[i] + strlen(name) + 1;
    _unlock(CRT_LOCK_ENVIRONMENT);
    return value;
}

/* Takes the variable at INDEX of _environ away. */
static void drop(size_t index)
{
    free(_environ[index]);
    for (size_t i = index; (_environ[i] = _environ[i + 1]); i++)
        ;
}

static void free_strings(char **strings)
{
    for (size_t i = 0; strings[i]; i++)
        free(strings[i]);
    free(strings);
}

/* => a new array with copies of STRINGS, or NULL. */
static char **copy_strings(char **strings)
{
    size_t count = 0;
    char **copy;

    while (strings[count])
        count++;
    copy = calloc(count + 1, sizeof(char *));
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = _strdup(strings[i]);
        if (!copy[i]) {
            free_strings(copy);
            copy = NULL;
        }
    }
    return copy;
}

/* Makes _environ an array that may be changed. => false when memory is out. */
static bool own_environment(void)
{
    char **copy;

    if (_environ != __initenv)
        return true;
    copy = copy_strings(__initenv);
    if (copy)
        _environ = copy;
    return copy;
}

/* Adds STRING at the end, which is at INDEX. */
static bool add(size_t index, char *string)
{
    char **grown = realloc(_environ, (index + 2) * sizeof(char *));

    if (!grown)
        return false;
    grown[index] = string;
    grown[index + 1] = NULL;
    _environ = grown;
    return true;
}

/* Puts STRING, which becomes the array's if that works, at INDEX; NULL takes away what is there. */
static bool set(size_t index, char *string)
{
    if (!_environ[index])
        return string ? add(index, string) : true;
    if (!string) {
        drop(index);
        return true;
    }
    free(_environ[index]);
    _environ[index] = string;
    return true;
}

/* Sets the variable NAME in _environ to STRING, which is "NAME=value" and becomes _environ's; NULL
 * takes it away. => false when memory is out. */
static bool change(const char *name, char *string)
{
    bool done;

    _lock(CRT_LOCK_ENVIRONMENT);
    done = own_environment() && set(find(name, strlen(name)), string);
    _unlock(CRT_LOCK_ENVIRONMENT);
    if (!done)
        free(string);
    return done;
}

/* Sets the process's variable for the programs it starts. To take away what is not there is fine.
 */
static bool change_process(const char *name, const char *value)
{
    return SetEnvironmentVariableA(name, value) ||
           (!value && GetLastError() == ERROR_ENVVAR_NOT_FOUND);
}

/* STRING is "name=value"; without a value the variable goes away. => 0 or -1. */
int __cdecl _putenv(const char *string)
{
    const char *equals = string ? strchr(string, '=') : NULL;
    char *copy;
    char *name;
    bool done;

    if (!equals || equals == string)
        return crt_error(EINVAL);
    copy = equals[1] ? _strdup(string) : NULL;
    name = _strdup(string);
    if (!name || (equals[1] && !copy)) {
        free(copy);
        free(name);
        return -1;
    }
    name[equals - string] = '\0';
    done = change(name, copy) && change_process(name, equals[1] ? equals + 1 : NULL);
    free(name);
    return done ? 0 : -1;
}
