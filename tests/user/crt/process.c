/*
 * What concerns the whole process: how the command line becomes argv, what happens at its end, the
 * environment, signals and the locale. The program runs itself with a command line of its choice;
 * what it does then is said by the first argument.
 */
#include "check.h"

#include <errno.h>
#include <locale.h>
#include <process.h>
#include <signal.h>
#include <windows.h>

#define RESULT "process.tmp"

static char self[MAX_PATH];

/* Runs this program with the arguments ARGUMENTS. => its exit code. */
static int run(const char *arguments)
{
    char line[512];
    STARTUPINFOA startup = {sizeof(startup)};
    PROCESS_INFORMATION process;
    DWORD code = 9999;

    startup.dwFlags = STARTF_USESTDHANDLES; /* with none: what a child says is in the file */
    sprintf(line, "\"%s\" %s", self, arguments);
    if (!CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
        return -1;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    return (int)code;
}

static const char *result(void)
{
    static char text[512];
    FILE *file = fopen(RESULT, "r");
    size_t size = 0;

    if (file) {
        size = fread(text, 1, sizeof(text) - 1, file);
        fclose(file);
        remove(RESULT);
    }
    text[size] = '\0';
    return text;
}

/* The arguments after the first, each in brackets. */
static const char *arguments(const char *line)
{
    char with_verb[512];

    sprintf(with_verb, "argv %s", line);
    run(with_verb);
    return result();
}

static void parsing(void)
{
    CHECK_STR(arguments("a b c"), "[a][b][c]");
    CHECK_STR(arguments("  a \t b  "), "[a][b]");
    CHECK_STR(arguments("\"a b\" c"), "[a b][c]");
    CHECK_STR(arguments("a\"b c\"d"), "[ab cd]");
    CHECK_STR(arguments("\"\""), "[]");
    CHECK_STR(arguments("a\\b"), "[a\\b]");
    CHECK_STR(arguments("a\\\\b"), "[a\\\\b]");
    CHECK_STR(arguments("\\\"a"), "[\"a]");
    CHECK_STR(arguments("\"a\\\"b\""), "[a\"b]");
    CHECK_STR(arguments("\"a\\\\\" b"), "[a\\][b]");
    CHECK_STR(arguments("a\\\\\\\"b c"), "[a\\\"b][c]");
    CHECK_STR(arguments("\"a\\\\b\" d\"e f\"g h"), "[a\\\\b][de fg][h]");
    CHECK_STR(arguments("a\\\\\\b d\"e f\"g h"), "[a\\\\\\b][de fg][h]");
    CHECK_STR(arguments("\"abc\" d e"), "[abc][d][e]");
    CHECK_STR(arguments("\"open end"), "[open end]");
    CHECK_STR(arguments("\"a\"\"b\""), "[a\"b]");
    CHECK_STR(arguments("c:\\dir\\"), "[c:\\dir\\]");
    CHECK_STR(arguments("*.nothing ?"), "[*.nothing][?]");
    CHECK_STR(arguments(""), "");
}

static FILE *output;

static void first(void)
{
    fputs("1", output);
}

static void second(void)
{
    fputs("2", output);
}

static void adds_first(void)
{
    fputs("+", output);
    atexit(first);
}

/* The ends of a process; what is still in the buffer shows whether it was flushed. */
static int end(const char *how)
{
    output = fopen(RESULT, "w");
    fputs("x", output);
    atexit(first);
    atexit(second);
    atexit(adds_first);
    if (!strcmp(how, "exit"))
        exit(7);
    if (!strcmp(how, "_exit"))
        _exit(8);
    if (!strcmp(how, "ExitProcess"))
        ExitProcess(9);
    if (!strcmp(how, "abort"))
        abort();
    if (!strcmp(how, "raise"))
        raise(SIGTERM);
    if (!strcmp(how, "cexit")) {
        _cexit();
        _exit(11);
    }
    return 10;
}

static void ends(void)
{
    CHECK_INT(run("exit"), 7);
    CHECK_STR(result(), "x+121");
    CHECK_INT(run("return"), 10);
    CHECK_STR(result(), "x+121");
    CHECK_INT(run("_exit"), 8);
    CHECK_STR(result(), "");
    CHECK_INT(run("cexit"), 11);
    CHECK_STR(result(), "x+121");
    CHECK_INT(run("ExitProcess"), 9);
    CHECK_INT(result()[0], 'x');
    CHECK_INT(run("abort"), 3);
    result();
    CHECK_INT(run("raise"), 3);
    result();
}

static void environment(void)
{
    CHECK(getenv("NO_SUCH_VARIABLE") == NULL);
    CHECK_INT(_putenv("CRT_TEST=one"), 0);
    CHECK_STR(getenv("CRT_TEST"), "one");
    CHECK_STR(getenv("crt_test"), "one");
    CHECK_INT(_putenv("CRT_TEST=two words"), 0);
    CHECK_STR(getenv("CRT_TEST"), "two words");
    run("environment");
    CHECK_STR(result(), "two words");
    CHECK_INT(_putenv("CRT_TEST="), 0);
    CHECK(getenv("CRT_TEST") == NULL);
    CHECK(getenv("CRT") == NULL);
}

static volatile int caught;

static void __cdecl catcher(int number)
{
    caught = number;
}

static void signals(void)
{
    CHECK(signal(SIGTERM, catcher) == SIG_DFL);
    CHECK_INT(raise(SIGTERM), 0);
    CHECK_INT(caught, SIGTERM);
    CHECK(signal(SIGTERM, SIG_IGN) == SIG_DFL);
    CHECK_INT(raise(SIGTERM), 0);
    CHECK(signal(SIGTERM, SIG_DFL) == SIG_IGN);
    errno = 0;
    CHECK(signal(99, catcher) == SIG_ERR);
    CHECK_INT(errno, EINVAL);
}

static void locales(void)
{
    CHECK_STR(setlocale(LC_ALL, NULL), "C");
    CHECK_STR(setlocale(LC_ALL, "C"), "C");
    CHECK(setlocale(LC_ALL, "no such locale") == NULL);
    CHECK_STR(localeconv()->decimal_point, ".");
    CHECK_STR(localeconv()->thousands_sep, "");
}

static int child(int argc, char **argv)
{
    if (!strcmp(argv[1], "argv")) {
        FILE *file = fopen(RESULT, "w");

        for (int i = 2; i < argc; i++)
            fprintf(file, "[%s]", argv[i]);
        fclose(file);
        return argv[argc] != NULL;
    }
    if (!strcmp(argv[1], "environment")) {
        FILE *file = fopen(RESULT, "w");

        fputs(getenv("CRT_TEST"), file);
        fclose(file);
        return 0;
    }
    return end(argv[1]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argc, argv);
    GetModuleFileNameA(NULL, self, sizeof(self));
    CHECK(argv[argc] == NULL);
    CHECK(argv[0] && *argv[0]);
    CHECK(__argc == argc && __argv[0][0] == argv[0][0]);
    parsing();
    ends();
    environment();
    signals();
    locales();
    return check_done();
}
