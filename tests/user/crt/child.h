/*
 * For tests that start themselves: the child tells its parent what it found in memory that both
 * see. One such test runs at a time.
 */
#pragma once

#include "check.h"

#include <stdarg.h>
#include <windows.h>

#define CHILD_TEXT 4096

static char *child_text; /* what the last child said */

/* To be called first, by parent and child. Without the memory there is no test. */
static void child_share(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, CHILD_TEXT, "crt-child");

    if (section)
        child_text = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (child_text)
        return;
    check_begin(0, "no memory to share with children\n");
    exit(check_done());
}

/* The child's part: adds to the text. */
static void child_say(const char *format, ...)
{
    size_t length = strlen(child_text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(child_text + length, CHILD_TEXT - length, format, arguments);
    va_end(arguments);
}

/* Runs this program with ARGUMENTS, and with the standard handles of this process. => its exit
 * code, or -1 if it cannot be started. */
static int child_run(const char *arguments)
{
    char self[MAX_PATH], line[MAX_PATH + 512];
    STARTUPINFOA startup = {sizeof(startup)};
    PROCESS_INFORMATION process;
    DWORD code = 9999;

    fflush(stdout);
    *child_text = '\0';
    GetModuleFileNameA(NULL, self, sizeof(self));
    sprintf(line, "\"%s\" %s", self, arguments);
    if (!CreateProcessA(self, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
        return -1;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    return (int)code;
}
