/*
 * Words to whoever debugs: they go to the kernel's log.
 */
#include <stdarg.h>

#include "lib/format.h"
#include "user/ntdll/ntdll.h"

#define LINE_BYTES 512

/* TEXT to the kernel's log. */
static void display(const char *text, size_t bytes)
{
    WCHAR wide[LINE_BYTES];
    ULONG wide_bytes;

    RtlMultiByteToUnicodeN(wide, sizeof(wide), &wide_bytes, text, (ULONG)bytes);
    UNICODE_STRING string = rtlp_string(wide, wide_bytes / sizeof(*wide));
    NtDisplayString(&string);
}

ULONG __cdecl DbgPrint(const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnformat(line, sizeof(line), format, arguments);
    va_end(arguments);
    display(line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
    return STATUS_SUCCESS;
}

void NTAPI DbgBreakPoint(void)
{
    __asm__ volatile("int3");
}
