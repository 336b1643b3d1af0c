/* The VGA text screen, 80 by 25. */
#pragma once

#include "lib/types.h"

/* Where the text window (physical B8000) is mapped from now on; NULL: nowhere, output is dropped.
 */
void ki_vga_set_window(volatile uint16_t *window);
void ki_vga_put(char c);
void ki_vga_clear(void);
/* An empty screen, white on blue from here on: for a bugcheck. */
void ki_vga_alarm(void);
