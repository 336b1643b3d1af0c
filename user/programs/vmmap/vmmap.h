/*
 * The parts of vmmap.
 */
#pragma once

#include <windows.h>

#define VMMAP_NAME_BYTES 280 /* of a name, with its end: a path has fewer than 260 */

/* Print what PROCESS (a handle to query and read it) has in user space, and totals. PAGES: the
 * pages too. => FALSE, and nothing is printed, when it cannot be looked at; GetLastError() says
 * why. (print.c) */
BOOL vmmap_print(HANDLE process, int pages);

/* Start the program of LINE, and hold it at its entry point, suspended. => FALSE when that did not
 * work; GetLastError() says why. (start.c) */
BOOL vmmap_start(char *line, PROCESS_INFORMATION *info);

/* => the command line LINE without its first COUNT arguments, in LINE. (start.c) */
char *vmmap_skip_arguments(char *line, int count);

/* Learn what PROCESS has where: its modules, heaps, threads. What is not to be found has no name.
 * (names.c) */
void vmmap_learn_names(HANDLE process);

/* => the name of the allocation that begins at BASE; "" if it has none. */
const char *vmmap_name(const void *base);
