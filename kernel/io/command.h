/* What the launcher wants to have run: the boot module `command`. */
#pragma once

#include "lib/status.h"
#include "lib/unicode.h"

/*
 * TEXT, BYTES of it, is UTF-8: a line with the path of the program on C:, such as C:\a.exe, and
 * behind it, to the module's end, the whole command line, which may have more lines. *PATH is the
 * name of the program's file, \??\C:\a.exe, *COMMAND_LINE the rest; both terminated, and in memory
 * of their own, to be freed by io_free_command.
 * Fails with STATUS_INVALID_PARAMETER (no first line, or longer than a string can be),
 * STATUS_INSUFFICIENT_RESOURCES; there is nothing to be freed then. PASSIVE_LEVEL.
 */
ntstatus io_parse_command(const char *text, uint32_t bytes, struct unicode_string *path,
                          struct unicode_string *command_line);
/* The same with what the module has. => STATUS_NO_SUCH_DEVICE when there is none. */
ntstatus io_read_command(struct unicode_string *path, struct unicode_string *command_line);
void io_free_command(struct unicode_string *path, struct unicode_string *command_line);
