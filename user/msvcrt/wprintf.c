/*
 * wprintf and its relatives. The swprintf that msvcrt.dll exports is older than C's: it takes no
 * size. It is defined here under another name, and msvcrt.def gives it its own.
 */
#include "format.h"

int __cdecl vfwprintf(FILE *__restrict__ stream, const wchar_t *__restrict__ format, va_list ap)
{
    return crt_print(stream, true, format, ap);
}

int __cdecl _vsnwprintf(wchar_t *__restrict__ buffer, size_t size,
                        const wchar_t *__restrict__ format, va_list ap)
{
    return crt_print_to_buffer(buffer, size, true, format, ap);
}

int __cdecl crt_vswprintf(wchar_t *buffer, const wchar_t *format, va_list ap)
{
    return _vsnwprintf(buffer, SIZE_MAX, format, ap);
}

int __cdecl _vscwprintf(const wchar_t *__restrict__ format, va_list ap)
{
    return _vsnwprintf(NULL, 0, format, ap);
}

int __cdecl vwprintf(const wchar_t *__restrict__ format, va_list ap)
{
    return vfwprintf(stdout, format, ap);
}

int __cdecl wprintf(const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, vfwprintf(stdout, format, ap));
}

int __cdecl fwprintf(FILE *__restrict__ stream, const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, vfwprintf(stream, format, ap));
}

int __cdecl crt_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    CRT_WITH_ARGUMENTS(format, crt_vswprintf(buffer, format, ap));
}

int __cdecl _snwprintf(wchar_t *__restrict__ buffer, size_t size,
                       const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, _vsnwprintf(buffer, size, format, ap));
}

int __cdecl _scwprintf(const wchar_t *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, _vscwprintf(format, ap));
}
