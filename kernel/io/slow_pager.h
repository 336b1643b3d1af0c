/* A pager that takes its time, to be watched at work: the boot option slowpager. */
#pragma once

#include "lib/types.h"

/* From now on each page that a fault has to bring - read from a file, or made of zeros - comes
 * MILLISECONDS late, while the thread waits for an event that a timer sets; 0: at once. */
void io_set_slow_pager(uint32_t milliseconds);
