/* Where things are in a thread environment block (winternl.h; the documentation of the x86 ABI). */
#pragma once

#define TEB_STACK_BASE             0x004u /* and the limit behind it */
#define TEB_STACK_LIMIT            0x008u
#define TEB_ARBITRARY_USER_POINTER 0x014u
#define TEB_DEALLOCATION_STACK     0xE0Cu
#define TEB_DEBUG_OBJECT           0xF24u /* of a debugger: its handle (DbgUiGetThreadDebugObject) */
#define TEB_FREE_STACK             0xF75u /* a byte: the stack goes with the thread */
#define TEB_TLS_SLOTS              0xE10u
#define TEB_TLS_SLOT_COUNT         64u
