/*
 * The console: text in and out of handles that are one, and how it treats it.
 */
#include "user/kernel32/base.h"
#include "user/nt/console.h"
#include "user/ntdll/code_page.h"

#define CHUNK 256u /* characters converted at a time */

static UINT input_page = 437, output_page = 437;

BOOL WINAPI GetConsoleMode(HANDLE console, DWORD *mode)
{
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtDeviceIoControlFile(console, NULL, NULL, NULL, &io, IOCTL_CONSOLE_GET_MODE,
                                            NULL, 0, mode, sizeof(*mode));

    return !nt_failed(status) || base_fail(ERROR_INVALID_HANDLE);
}

BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode)
{
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtDeviceIoControlFile(console, NULL, NULL, NULL, &io, IOCTL_CONSOLE_SET_MODE,
                                            &mode, sizeof(mode), NULL, 0);

    if (status == STATUS_INVALID_DEVICE_REQUEST)
        return base_fail(ERROR_INVALID_HANDLE);
    return base_ok(status);
}

static bool is_console(HANDLE handle)
{
    DWORD mode;

    return GetConsoleMode(handle, &mode);
}

UINT WINAPI GetConsoleCP(void)
{
    return input_page;
}

UINT WINAPI GetConsoleOutputCP(void)
{
    return output_page;
}

BOOL WINAPI SetConsoleCP(UINT page)
{
    if (!IsValidCodePage(page))
        return base_fail(ERROR_INVALID_PARAMETER);
    input_page = page;
    return TRUE;
}

BOOL WINAPI SetConsoleOutputCP(UINT page)
{
    if (!IsValidCodePage(page))
        return base_fail(ERROR_INVALID_PARAMETER);
    output_page = page;
    return TRUE;
}

BOOL WINAPI WriteConsoleA(HANDLE console, const void *text, DWORD count, DWORD *written,
                          void *reserved)
{
    (void)reserved;
    return is_console(console) && WriteFile(console, text, count, written, NULL);
}

/* Whether a chunk would end in the middle of a pair. */
static bool ends_in_pair(const WCHAR *text, DWORD units)
{
    return units > 1 && IS_HIGH_SURROGATE(text[units - 1]);
}

BOOL WINAPI WriteConsoleW(HANDLE console, const void *text, DWORD count, DWORD *written,
                          void *reserved)
{
    const WCHAR *from = text;
    char bytes[CHUNK * 3];
    DWORD done = 0, unused;

    (void)reserved;
    if (!is_console(console))
        return FALSE;
    while (done < count) {
        DWORD units = count - done < CHUNK ? count - done : CHUNK;

        if (done + units < count && ends_in_pair(from + done, units))
            units--;
        int length = WideCharToMultiByte(output_page, 0, from + done, (int)units, bytes,
                                         sizeof(bytes), NULL, NULL);
        if (!WriteFile(console, bytes, (DWORD)length, &unused, NULL))
            return FALSE;
        done += units;
    }
    if (written)
        *written = done;
    return TRUE;
}

BOOL WINAPI ReadConsoleA(HANDLE console, void *text, DWORD count, DWORD *read, void *control)
{
    (void)control;
    return is_console(console) && ReadFile(console, text, count, read, NULL);
}

/* The bytes come first, at the buffer's end, and become units from its beginning on: each is one at
 * the most. */
BOOL WINAPI ReadConsoleW(HANDLE console, void *text, DWORD count, DWORD *read, void *control)
{
    char *bytes = (char *)text + count;
    DWORD length;

    (void)control;
    if (!is_console(console) || !ReadFile(console, bytes, count, &length, NULL))
        return FALSE;
    *read = length ? (DWORD)MultiByteToWideChar(input_page, 0, bytes, (int)length, text, (int)count)
                   : 0;
    return TRUE;
}
