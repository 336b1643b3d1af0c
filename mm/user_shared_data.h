/*
 * The shared user data page (KUSER_SHARED_DATA): one page that all processes see at
 * MM_SHARED_USER_DATA, read-only: the time, the version, how to call the system. It is a section of
 * one page; the kernel writes it through hyperspace. Offsets are those of ntddk.h.
 */
#pragma once

#include "lib/status.h"
#include "mm/address_space.h"

#define USER_SHARED_TICK_COUNT_LOW     0x000u /* deprecated, and still read */
#define USER_SHARED_TICK_MULTIPLIER    0x004u
#define USER_SHARED_INTERRUPT_TIME     0x008u /* low, high, high again */
#define USER_SHARED_SYSTEM_TIME        0x014u
#define USER_SHARED_NT_SYSTEM_ROOT     0x030u
#define USER_SHARED_PRODUCT_TYPE       0x264u
#define USER_SHARED_MAJOR_VERSION      0x26Cu
#define USER_SHARED_MINOR_VERSION      0x270u
#define USER_SHARED_PROCESSOR_FEATURES 0x274u
#define USER_SHARED_SYSTEM_CALL        0x300u /* address of the routine that enters the kernel */
#define USER_SHARED_TICK_COUNT         0x320u

void mi_init_user_shared_data(void);

/* Write BYTES at OFFSET of the page. Up to DISPATCH_LEVEL. */
void mm_write_user_shared_data(uint32_t offset, const void *data, uint32_t bytes);

/* Map it into SPACE, which is in use. => STATUS_COMMITMENT_LIMIT and the like. Up to APC_LEVEL. */
ntstatus mm_map_user_shared_data(struct mm_address_space *space);
