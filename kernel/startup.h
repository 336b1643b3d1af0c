/* Where boot/ hands over to the kernel. */
#pragma once

#include "boot/boot_info.h"

extern struct boot_info boot_information; /* filled by boot/ before paging is on */
extern uint8_t ki_startup_stack[8192];    /* used until the first kernel stack is made */

/* The kernel's first C function at its link address: paging on, identity map still there. */
NORETURN void ki_system_startup(void);
