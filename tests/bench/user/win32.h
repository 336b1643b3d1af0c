/* What only the Win32 program has. */
#pragma once

#include <windows.h>
#include "tests/bench/user/bench.h"

/* Lets the zero-page thread run until no free page is left unzeroed; the reverse (frames.c). */
void frames_zero(void);
void frames_dirty(void);

/* Runs BENCH once, between marks. */
void profile(const struct bench *bench);
