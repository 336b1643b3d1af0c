/*
 * Environment variables, and the command line. The A versions of what is asked for often are
 * converted once and kept.
 */
#include "user/kernel32/create_process.h"

#define VALUE_UNITS 32767u /* the longest value there can be, with its terminator */

/* NAME's value to TO, SIZE units. => as GetEnvironmentVariable. */
DWORD WINAPI GetEnvironmentVariableW(const WCHAR *name, WCHAR *to, DWORD size)
{
    UNICODE_STRING string, value = {0, 0, to};

    RtlInitUnicodeString(&string, name);
    if (size > VALUE_UNITS)
        size = VALUE_UNITS;
    value.MaximumLength = (USHORT)(size ? (size - 1) * sizeof(*to) : 0);
    NTSTATUS status = RtlQueryEnvironmentVariable_U(NULL, &string, &value);
    if (status == STATUS_BUFFER_TOO_SMALL || (status == STATUS_SUCCESS && !size))
        return value.Length / sizeof(*to) + 1;
    if (!base_ok(status))
        return 0;
    to[value.Length / sizeof(*to)] = 0;
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return value.Length / sizeof(*to);
}

DWORD WINAPI GetEnvironmentVariableA(const char *name, char *to, DWORD size)
{
    struct wide wide;
    DWORD length = 0;

    if (!wide_make(&wide, name))
        return 0;
    WCHAR *value = base_allocate(VALUE_UNITS * sizeof(*value));
    if (value) {
        length = GetEnvironmentVariableW(wide.text, value, VALUE_UNITS);
        if (length || RtlGetLastWin32Error() == ERROR_SUCCESS)
            length = base_give_ansi(value, length, to, size);
        base_free(value);
    } else {
        base_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    wide_free(&wide);
    return length;
}

BOOL WINAPI SetEnvironmentVariableW(const WCHAR *name, const WCHAR *value)
{
    UNICODE_STRING string, text;

    RtlInitUnicodeString(&string, name);
    RtlInitUnicodeString(&text, value);
    return base_ok(RtlSetEnvironmentVariable(NULL, &string, value ? &text : NULL));
}

BOOL WINAPI SetEnvironmentVariableA(const char *name, const char *value)
{
    struct wide wide_name, wide_value = {NULL};
    BOOL set = wide_make(&wide_name, name) && wide_make(&wide_value, value) &&
               SetEnvironmentVariableW(wide_name.text, wide_value.text);

    wide_free(&wide_name);
    wide_free(&wide_value);
    return set;
}

static size_t block_units(const WCHAR *block)
{
    size_t units = 0;

    while (block[units])
        units += wcslen(block + units) + 1;
    return units + 1;
}

WCHAR *WINAPI GetEnvironmentStringsW(void)
{
    RtlAcquirePebLock();
    const WCHAR *block = current_peb()->process_parameters->environment;
    size_t bytes = block_units(block ? block : L"") * sizeof(*block);
    WCHAR *copy = base_allocate(bytes);
    if (copy)
        memcpy(copy, block ? block : L"", bytes);
    RtlReleasePebLock();
    return copy;
}

BOOL WINAPI FreeEnvironmentStringsW(WCHAR *block)
{
    base_free(block);
    return TRUE;
}

char *WINAPI GetEnvironmentStringsA(void)
{
    WCHAR *wide = GetEnvironmentStringsW();
    char *ansi = NULL;
    ULONG bytes;

    if (wide) {
        size_t units = block_units(wide);

        ansi = base_allocate(units);
        if (ansi)
            RtlUnicodeToMultiByteN(ansi, (ULONG)units, &bytes, wide,
                                   (ULONG)(units * sizeof(*wide)));
        base_free(wide);
    }
    return ansi;
}

BOOL WINAPI FreeEnvironmentStringsA(char *block)
{
    base_free(block);
    return TRUE;
}

DWORD WINAPI ExpandEnvironmentStringsW(const WCHAR *source, WCHAR *to, DWORD size)
{
    UNICODE_STRING from, expanded = {0, 0, to};
    ULONG needed = 0;

    RtlInitUnicodeString(&from, source);
    expanded.MaximumLength = (USHORT)((size < VALUE_UNITS ? size : VALUE_UNITS) * sizeof(*to));
    NTSTATUS status = RtlExpandEnvironmentStrings_U(NULL, &from, &expanded, &needed);
    if (status != STATUS_SUCCESS && status != STATUS_BUFFER_TOO_SMALL) {
        base_ok(status);
        return 0;
    }
    return needed / sizeof(*to);
}

DWORD WINAPI ExpandEnvironmentStringsA(const char *source, char *to, DWORD size)
{
    struct wide wide;
    DWORD bytes = 0;

    if (!wide_make(&wide, source))
        return 0;
    WCHAR *expanded = base_allocate(VALUE_UNITS * sizeof(*expanded));
    if (expanded) {
        DWORD units = ExpandEnvironmentStringsW(wide.text, expanded, VALUE_UNITS);

        if (units > VALUE_UNITS) {
            base_fail(ERROR_INSUFFICIENT_BUFFER);
            units = 0;
        }
        bytes = units ? base_give_ansi(expanded, units - 1, to, size) : 0;
        if (units && bytes < size)
            bytes++; /* here the terminator counts in any case */
        base_free(expanded);
    } else {
        base_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    wide_free(&wide);
    return bytes;
}

WCHAR *base_wide_environment(const char *environment)
{
    size_t bytes = 0;
    ULONG converted;

    while (environment[bytes])
        bytes += strlen(environment + bytes) + 1;
    bytes += bytes ? 1 : 2;
    WCHAR *wide = base_allocate(bytes * sizeof(*wide));
    if (!wide) {
        base_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    RtlMultiByteToUnicodeN(wide, (ULONG)(bytes * sizeof(*wide)), &converted, environment,
                           (ULONG)bytes);
    return wide;
}
