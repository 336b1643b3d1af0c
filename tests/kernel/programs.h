/* Programs of the volume, run by tests, and what they leave behind. */
#pragma once

#include "lib/status.h"
#include "tests/kernel/leaks.h"

#define KTEST_LONGEST_COMMAND 63u /* characters */

/* Run COMMAND: a program of the volume's root without its .exe, and what follows it; all its output
 * is thrown away. => its exit code, or why it could not be started. */
ntstatus ktest_run_command(const uint16_t *command);

/* Wait a little until the resources are what BEFORE says. => whether they are, and mm_verify has
 * nothing to say; if not, the report says it. */
bool ktest_left_nothing(const struct ktest_resources *before);
