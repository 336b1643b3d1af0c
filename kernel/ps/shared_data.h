/* What the shared user data page says of the system, and keeping its clocks going. */
#pragma once

/* Version, features and the root of the system. After mm_init_system; once. */
void ps_init_shared_data(void);
/* One process more, or less, that may look at the clocks. Up to DISPATCH_LEVEL. */
void ps_start_shared_clock(void);
void ps_stop_shared_clock(void);
