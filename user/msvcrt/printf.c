/*
 * printf and its relatives.
 */
#include "format.h"

int __cdecl vfprintf(FILE *__restrict__ stream, const char *__restrict__ format, va_list ap)
{
    return crt_print(stream, false, format, ap);
}

int __cdecl _vsnprintf(char *__restrict__ buffer, size_t size, const char *__restrict__ format,
                       va_list ap)
{
    return crt_print_to_buffer(buffer, size, false, format, ap);
}

int __cdecl vsprintf(char *__restrict__ buffer, const char *__restrict__ format, va_list ap)
{
    return _vsnprintf(buffer, SIZE_MAX, format, ap);
}

int __cdecl _vscprintf(const char *__restrict__ format, va_list ap)
{
    return _vsnprintf(NULL, 0, format, ap);
}

int __cdecl vprintf(const char *__restrict__ format, va_list ap)
{
    return vfprintf(stdout, format, ap);
}

int __cdecl printf(const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, vfprintf(stdout, format, ap));
}

int __cdecl fprintf(FILE *__restrict__ stream, const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, vfprintf(stream, format, ap));
}

int __cdecl sprintf(char *__restrict__ buffer, const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, vsprintf(buffer, format, ap));
}

int __cdecl _snprintf(char *__restrict__ buffer, size_t size, const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, _vsnprintf(buffer, size, format, ap));
}

int __cdecl _scprintf(const char *__restrict__ format, ...)
{
    CRT_WITH_ARGUMENTS(format, _vscprintf(format, ap));
}
