/*
 * What concerns the whole process: how the command line becomes argv, what happens at its end, the
 * environment, signals and the locale. The program runs itself with a command line of its choice;
 * what it does then is said by the first argument.
 */
#include "child.h"
#include "data.h"
#include "wide_arguments.h"

#include <direct.h>
#include <errno.h>
#include <locale.h>
#include <process.h>
#include <signal.h>

/* The arguments after the first, each in brackets. */
static const char *arguments(const char *line)
{
    char with_verb[512];

    sprintf(with_verb, "argv %s", line);
    return child_run(with_verb) ? "the child failed" : child_text;
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
    CHECK_STR(arguments("a\"b\"\" c d"), "[ab\" c d]");
    CHECK_STR(arguments("c:\\dir\\"), "[c:\\dir\\]");
    CHECK_STR(arguments("*.nothing ?"), "[*.nothing][?]");
    CHECK_STR(arguments(""), "");
}

static void first(void)
{
    child_say("1");
}

static void second(void)
{
    child_say("2");
}

static void adds_first(void)
{
    child_say("+");
    atexit(first);
}

/*
 * The ends of a process. A line with the check NUMBER is in the buffer then: where it must be
 * written the parent counts it, where it must not nobody does.
 */
static int end(const char *how, const char *number)
{
    setvbuf(stdout, NULL, _IOFBF, 512);
    printf("ok %s - %s: the buffer is written\n", number, how);
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

/* A child that ends so and says the next check. => its exit code. */
static int end_and_write(const char *how)
{
    char line[64];

    sprintf(line, "%s %d", how, ++check_number);
    return child_run(line);
}

static void ends(void)
{
    CHECK_INT(end_and_write("exit"), 7);
    CHECK_STR(child_text, "+121");
    CHECK_INT(end_and_write("return"), 10);
    CHECK_STR(child_text, "+121");
    CHECK_INT(child_run("_exit 0"), 8);
    CHECK_STR(child_text, "");
    CHECK_INT(end_and_write("cexit"), 11);
    CHECK_STR(child_text, "+121");
    CHECK_INT(end_and_write("ExitProcess"), 9);
    CHECK_INT(child_run("abort 0"), 3);
    CHECK_STR(child_text, "");
    CHECK_INT(child_run("raise 0"), 3);
    CHECK_STR(child_text, "");
}

static void environment(void)
{
    CHECK(getenv("NO_SUCH_VARIABLE") == NULL);
    CHECK_INT(_putenv("CRT_TEST=one"), 0);
    CHECK_STR(getenv("CRT_TEST"), "one");
    CHECK_STR(getenv("crt_test"), "one");
    CHECK_INT(_putenv("CRT_TEST=two words"), 0);
    CHECK_STR(getenv("CRT_TEST"), "two words");
    CHECK_INT(child_run("environment"), 0);
    CHECK_STR(child_text, "two words");
    CHECK_INT(_putenv("CRT_TEST="), 0);
    CHECK(getenv("CRT_TEST") == NULL);
    CHECK(getenv("CRT") == NULL);
    CHECK_INT(_putenv("CRT_TEST="), 0);
    CHECK_INT(_putenv("NO_SUCH_VARIABLE="), 0);
}

/* => the entry of ENVP that holds the variable NAME, or NULL. */
static char **entry(char **envp, const char *name)
{
    for (; *envp; envp++) {
        if (!strncmp(*envp, name, strlen(name)) && (*envp)[strlen(name)] == '=')
            return envp;
    }
    return NULL;
}

/* What main got stays as it was, whatever becomes of the environment. That has KEPT and LOST. */
static int frozen_environment(char **envp)
{
    char **kept = entry(envp, "CRT_KEPT"), **lost = entry(envp, "CRT_LOST");
    char *kept_string, *lost_string;
    size_t count = 0;

    if (!kept || !lost)
        return 1;
    kept_string = *kept;
    lost_string = *lost;
    while (envp[count])
        count++;
    _putenv("CRT_KEPT=another");
    _putenv("CRT_LOST=");
    for (int i = 0; i < 50; i++) { /* memory given back is used again */
        char *string = malloc(16);

        if (string)
            memset(string, '#', 15);
    }
    _putenv("CRT_ADDED=1");
    child_say("%d", *kept == kept_string && *lost == lost_string);
    child_say("%d", !strcmp(kept_string, "CRT_KEPT=first"));
    child_say("%d", !strcmp(lost_string, "CRT_LOST=first"));
    child_say("%d", envp[count] == NULL && !entry(envp, "CRT_ADDED"));
    child_say("%d", envp != _environ && entry(_environ, "CRT_ADDED") != NULL);
    child_say("%d", !entry(_environ, "CRT_LOST"));
    child_say("%d", !strcmp(getenv("CRT_KEPT"), "another"));
    return 0;
}

static void frozen(void)
{
    CHECK_INT(_putenv("CRT_KEPT=first"), 0);
    CHECK_INT(_putenv("CRT_LOST=first"), 0);
    CHECK_INT(child_run("frozen"), 0);
    CHECK_STR(child_text, "1111111");
    CHECK_INT(_putenv("CRT_KEPT="), 0);
    CHECK_INT(_putenv("CRT_LOST="), 0);
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

/* A child begins in its parent's folder. */
static void folder(void)
{
    char here[MAX_PATH], there[MAX_PATH];

    CHECK(_getcwd(here, sizeof(here)) == here);
    CHECK_INT(_chdir(DATA), 0);
    CHECK(_getcwd(there, sizeof(there)) == there);
    CHECK(strcmp(here, there) != 0);
    CHECK_INT(child_run("folder"), 0);
    CHECK_STR(child_text, there);
    CHECK_INT(_chdir(here), 0);
}

static int child(int argc, char **argv, char **envp)
{
    char here[MAX_PATH];

    if (!strcmp(argv[1], "argv")) {
        for (int i = 2; i < argc; i++)
            child_say("[%s]", argv[i]);
        return argv[argc] != NULL || !wide_arguments_match(argc, argv, 0);
    }
    if (!strcmp(argv[1], "environment")) {
        child_say("%s", getenv("CRT_TEST"));
        return 0;
    }
    if (!strcmp(argv[1], "frozen"))
        return frozen_environment(envp);
    if (!strcmp(argv[1], "folder")) {
        child_say("%s", _getcwd(here, sizeof(here)));
        return 0;
    }
    return end(argv[1], argv[2]);
}

int main(int argc, char **argv, char **envp)
{
    child_share();
    if (argc > 1)
        return child(argc, argv, envp);
    CHECK(argv[argc] == NULL);
    CHECK(argv[0] && *argv[0]);
    CHECK(__argc == argc && __argv[0][0] == argv[0][0]);
    parsing();
    ends();
    environment();
    frozen();
    folder();
    signals();
    locales();
    return check_done();
}
