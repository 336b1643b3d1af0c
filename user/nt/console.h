/*
 * What a console is asked beyond reading and writing, by NtDeviceIoControlFile. A device that knows
 * these codes is a console; every other says STATUS_INVALID_DEVICE_REQUEST.
 */
#pragma once

/* CTL_CODE(FILE_DEVICE_CONSOLE, n, METHOD_BUFFERED, FILE_ANY_ACCESS); the buffer is a ULONG of the
 * ENABLE_ bits of wincon.h, of the input or the output as the handle is. */
#define IOCTL_CONSOLE_GET_MODE 0x00500400
#define IOCTL_CONSOLE_SET_MODE 0x00500404
