/*
 * vmmap: a process's address space, region by region, and with -p page by page. The lines cover all
 * of user space, without a gap.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include "user/programs/vmmap/vmmap.h"

static const char help[] =
    "usage: vmmap [-p] [PID | PROGRAM ARGUMENTS...]\n"
    "Prints every region of a process's address space: its own, that of the process PID, or that\n"
    "of a PROGRAM, which is started and held at its entry point, when the loader has done its\n"
    "work, and ended there: it runs no instruction of its own but its TLS callbacks. (The page of\n"
    "its entry point is shown as the private copy that holding it takes.)\n"
    "  -p  also print each page that has a page-table entry or a frame\n";

/* VERB could not be done with WHAT, for the reason in GetLastError(). => exit code */
static int fail(const char *verb, const char *what)
{
    DWORD error = GetLastError();
    char reason[400] = "";
    const char *inserts[] = {what, "", ""}; /* what some texts speak of as %1 */

    FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ARGUMENT_ARRAY |
                       FORMAT_MESSAGE_MAX_WIDTH_MASK,
                   NULL, error, 0, reason, sizeof(reason), (va_list *)inserts);
    fprintf(stderr, "vmmap: cannot %s %s: %s(error %lu)\n", verb, what, reason, error);
    return 1;
}

static int show_help(FILE *to, int code)
{
    fputs(help, to);
    return code;
}

static int is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits && !text[digits];
}

static int show_process(const char *id, int pages)
{
    HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE,
                                 (DWORD)strtoul(id, NULL, 10));

    if (!process)
        return fail("open process", id);
    int code = vmmap_print(process, pages) ? 0 : fail("look at process", id);
    CloseHandle(process);
    return code;
}

static int show_program(const char *name, char *line, int pages)
{
    PROCESS_INFORMATION info;

    if (!vmmap_start(line, &info))
        return fail("start", name);
    int code = vmmap_print(info.hProcess, pages) ? 0 : fail("look at", name);
    TerminateProcess(info.hProcess, 0);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
    return code;
}

int main(int argc, char **argv)
{
    int pages = argc > 1 && !strcmp(argv[1], "-p");

    argv += pages + 1;
    if (!argv[0])
        return vmmap_print(GetCurrentProcess(), pages) ? 0 : fail("look at", "itself");
    if (!strcmp(argv[0], "--help"))
        return show_help(stdout, 0);
    if (argv[0][0] == '-' || argv[0][0] == '/' || (is_number(argv[0]) && argv[1]))
        return show_help(stderr, 2);
    if (is_number(argv[0]))
        return show_process(argv[0], pages);
    return show_program(argv[0], vmmap_skip_arguments(GetCommandLineA(), pages + 1), pages);
}
