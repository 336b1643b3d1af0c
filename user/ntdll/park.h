/*
 * Waiting for a word to change: what the locks of one word are made of. Whoever parks is on a list
 * of all that do, with an event of its own.
 */
#pragma once

#include "user/ntdll/ntdll.h"

/*
 * Wait until rtlp_unpark is called for ADDRESS, but not if *ADDRESS is something else than
 * EXPECTED: the two are one step, so nobody is missed. TIMEOUT as of NtWaitForSingleObject.
 * Spurious returns happen. => STATUS_TIMEOUT, or a success.
 */
NTSTATUS rtlp_park(void *volatile *address, void *expected, LARGE_INTEGER *timeout);

/* Wake those who wait for ADDRESS, the one that has waited longest, or ALL. */
void rtlp_unpark(void *volatile *address, bool all);

void rtlp_initialize_parking(void);
