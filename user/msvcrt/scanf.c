/*
 * scanf and its relatives, and wscanf and its.
 */
#include "scan.h"

int __cdecl scanf(const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_scan_stream(stdin, false, format, ap));
}

int __cdecl fscanf(FILE *__restrict__ stream, const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_scan_stream(stream, false, format, ap));
}

int __cdecl sscanf(const char *__restrict__ string, const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_scan_string(string, false, format, ap));
}

int __cdecl wscanf(const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_scan_stream(stdin, true, format, ap));
}

int __cdecl fwscanf(FILE *__restrict__ stream, const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_scan_stream(stream, true, format, ap));
}

int __cdecl swscanf(const wchar_t *__restrict__ string, const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_scan_string(string, true, format, ap));
}
