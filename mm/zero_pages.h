/* Between the free list and the zero-page thread. PFN lock held. */
#pragma once

#include "kernel/ke/wait.h"

extern bool mi_zero_page_thread_waits;

/* A frame came to the free list while it waits. */
void mi_wake_zero_page_thread(void);
