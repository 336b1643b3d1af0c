/* CreateProcess, between its two files. */
#pragma once

#include "user/kernel32/base.h"

struct creation {
    const WCHAR *program; /* the full path */
    const WCHAR *line, *directory;
    const WCHAR *environment; /* NULL: this process's, as the two above */
    const STARTUPINFOW *startup;
    const SECURITY_ATTRIBUTES *process_security, *thread_security;
    ULONG process_flags; /* PROCESS_CREATE_FLAGS_ */
    HANDLE debug_object; /* NULL: the parent's debugger, if any, decides */
};

/* Give PROCESS, which is new and whose PEB is at PEB, its parameters. => false, with the last
 * error. */
bool base_push_parameters(HANDLE process, struct peb *peb, const struct creation *creation);

/* An environment of the ANSI code page in UTF-16: base_free. NULL: the last error. (environment.c)
 */
WCHAR *base_wide_environment(const char *environment);
