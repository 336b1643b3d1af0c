/* NTSTATUS codes, by their documented values (mingw-w64's ntstatus.h). */
#pragma once

#include "lib/types.h"

typedef uint32_t ntstatus;

#define NT_SUCCESS(status) ((int32_t)(status) >= 0)

#define STATUS_SUCCESS                  0x00000000u
#define STATUS_ABANDONED                0x00000080u
#define STATUS_USER_APC                 0x000000C0u
#define STATUS_KERNEL_APC               0x00000100u
#define STATUS_ALERTED                  0x00000101u
#define STATUS_TIMEOUT                  0x00000102u
#define STATUS_PENDING                  0x00000103u
#define STATUS_PAGE_FAULT_TRANSITION    0x00000110u
#define STATUS_PAGE_FAULT_DEMAND_ZERO   0x00000111u
#define STATUS_PAGE_FAULT_PAGING_FILE   0x00000114u
#define STATUS_BREAKPOINT               0x80000003u
#define STATUS_SINGLE_STEP              0x80000004u
#define STATUS_UNSUCCESSFUL             0xC0000001u
#define STATUS_ACCESS_VIOLATION         0xC0000005u
#define STATUS_IN_PAGE_ERROR            0xC0000006u
#define STATUS_INVALID_PARAMETER        0xC000000Du
#define STATUS_NO_MEMORY                0xC0000017u
#define STATUS_MUTANT_NOT_OWNED         0xC0000046u
#define STATUS_SEMAPHORE_LIMIT_EXCEEDED 0xC0000047u
#define STATUS_THREAD_IS_TERMINATING    0xC000004Bu
#define STATUS_INSUFFICIENT_RESOURCES   0xC000009Au
#define STATUS_NOT_SUPPORTED            0xC00000BBu
#define STATUS_COMMITMENT_LIMIT         0xC000012Du
