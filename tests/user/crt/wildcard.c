/*
 * Wildcards in arguments, which the startup code asks to be expanded because of _dowildcard.
 */
#include "check.h"

#include <process.h>
#include <windows.h>

int _dowildcard = -1;

#define RESULT "wildcard.txt"

/* Runs this program with ARGUMENTS. => its arguments as it got them, each in brackets. */
static const char *arguments(const char *line)
{
    static char text[512];
    char self[MAX_PATH], command[512];
    STARTUPINFOA startup = {sizeof(startup)};
    PROCESS_INFORMATION process;
    FILE *file;

    GetModuleFileNameA(NULL, self, sizeof(self));
    sprintf(command, "\"%s\" %s", self, line);
    if (!CreateProcessA(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
        return "no process";
    WaitForSingleObject(process.hProcess, INFINITE);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    file = fopen(RESULT, "r");
    text[file ? fread(text, 1, sizeof(text) - 1, file) : 0] = '\0';
    fclose(file);
    remove(RESULT);
    return text;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"wild-b.tmp", "wild-a.tmp", "wild-cc.tmp"};

    if (argc > 1) {
        FILE *file = fopen(RESULT, "w");

        for (int i = 1; i < argc; i++)
            fprintf(file, "[%s]", argv[i]);
        fclose(file);
        return 0;
    }
    for (int i = 0; i < 3; i++)
        fclose(fopen(names[i], "w"));
    CHECK_STR(arguments("wild-*.tmp"), "[wild-a.tmp][wild-b.tmp][wild-cc.tmp]");
    CHECK_STR(arguments("x wild-?.tmp y"), "[x][wild-a.tmp][wild-b.tmp][y]");
    CHECK_STR(arguments(".\\wild-c*"), "[.\\wild-cc.tmp]");
    CHECK_STR(arguments("wild-*.none"), "[wild-*.none]");
    for (int i = 0; i < 3; i++)
        remove(names[i]);
    return check_done();
}
