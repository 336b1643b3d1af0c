/* Between the free list and the zero-page thread. PFN lock held. */
#pragma once

#include "kernel/ke/wait.h"

#define MI_ENOUGH_TO_ZERO 8u /* free frames that are worth a switch */

/* The thread sleeps: page_lists.c sets the event when there are enough free frames. */
extern bool mi_zero_page_thread_waits;
extern struct kevent mi_zeroing_event;
