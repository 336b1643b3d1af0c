/* Bug check codes (Microsoft's "Bug Check Code Reference"). */
#pragma once

#define IRQL_NOT_LESS_OR_EQUAL                  0x0Au
#define BAD_POOL_HEADER                         0x19u
#define MEMORY_MANAGEMENT                       0x1Au
#define KMODE_EXCEPTION_NOT_HANDLED             0x1Eu
#define NO_MORE_SYSTEM_PTES                     0x3Fu
#define PFN_LIST_CORRUPT                        0x4Eu
#define PAGE_FAULT_IN_NONPAGED_AREA             0x50u
#define PHASE0_INITIALIZATION_FAILED            0x31u
#define MEMORY1_INITIALIZATION_FAILED           0x65u
#define KERNEL_DATA_INPAGE_ERROR                0x7Au
#define UNEXPECTED_KERNEL_MODE_TRAP             0x7Fu
#define INSTALL_MORE_MEMORY                     0x7Du
#define NMI_HARDWARE_FAILURE                    0x80u
#define ATTEMPTED_WRITE_TO_READONLY_MEMORY      0xBEu
#define SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION 0xC1u
#define BAD_POOL_CALLER                         0xC2u
#define PAGE_FAULT_IN_FREED_SPECIAL_POOL        0xCCu
#define PAGE_FAULT_BEYOND_END_OF_ALLOCATION     0xCDu
#define MANUALLY_INITIATED_CRASH                0xE2u
