/* Bug check codes (Microsoft's "Bug Check Code Reference"). */
#pragma once

#define APC_INDEX_MISMATCH                      0x01u
#define IRQL_NOT_GREATER_OR_EQUAL               0x09u
#define IRQL_NOT_LESS_OR_EQUAL                  0x0Au
#define MAXIMUM_WAIT_OBJECTS_EXCEEDED           0x0Cu
#define SPIN_LOCK_ALREADY_OWNED                 0x0Fu
#define SPIN_LOCK_NOT_OWNED                     0x10u
#define REFERENCE_BY_POINTER                    0x18u
#define BAD_POOL_HEADER                         0x19u
#define MEMORY_MANAGEMENT                       0x1Au
#define KMODE_EXCEPTION_NOT_HANDLED             0x1Eu
#define PHASE0_INITIALIZATION_FAILED            0x31u
#define NO_MORE_SYSTEM_PTES                     0x3Fu
#define IRQL_GT_ZERO_AT_SYSTEM_SERVICE          0x4Au
#define PFN_LIST_CORRUPT                        0x4Eu
#define PAGE_FAULT_IN_NONPAGED_AREA             0x50u
#define MEMORY1_INITIALIZATION_FAILED           0x65u
#define KERNEL_DATA_INPAGE_ERROR                0x7Au
#define INSTALL_MORE_MEMORY                     0x7Du
#define UNEXPECTED_KERNEL_MODE_TRAP             0x7Fu
#define NMI_HARDWARE_FAILURE                    0x80u
#define ATTEMPTED_SWITCH_FROM_DPC               0xB8u
#define ATTEMPTED_WRITE_TO_READONLY_MEMORY      0xBEu
#define SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION 0xC1u
#define BAD_POOL_CALLER                         0xC2u
#define DRIVER_VERIFIER_DETECTED_VIOLATION      0xC4u
#define IRQL_UNEXPECTED_VALUE                   0xC8u
#define PAGE_FAULT_IN_FREED_SPECIAL_POOL        0xCCu
#define PAGE_FAULT_BEYOND_END_OF_ALLOCATION     0xCDu
#define WORKER_THREAD_RETURNED_AT_BAD_IRQL      0xE1u
#define MANUALLY_INITIATED_CRASH                0xE2u
#define KERNEL_SECURITY_CHECK_FAILURE           0x139u
#define THREAD_TERMINATE_HELD_MUTEX             0x4000008Au

#define FAST_FAIL_INVALID_ARG 5u /* parameter 1 of KERNEL_SECURITY_CHECK_FAILURE */
