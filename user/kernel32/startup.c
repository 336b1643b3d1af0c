/*
 * What a process was started with.
 */
#include "user/kernel32/base.h"

static char *ansi_line;

WCHAR *WINAPI GetCommandLineW(void)
{
    return current_peb()->process_parameters->command_line.Buffer;
}

/* Converted once, and the same for ever: programs keep pointers into it. */
char *WINAPI GetCommandLineA(void)
{
    if (!ansi_line) {
        ANSI_STRING line;

        if (!base_ok(RtlUnicodeStringToAnsiString(
                &line, &current_peb()->process_parameters->command_line, TRUE)))
            return NULL;
        if (InterlockedCompareExchangePointer((void **)&ansi_line, line.Buffer, NULL))
            RtlFreeAnsiString(&line);
    }
    return ansi_line;
}

void WINAPI GetStartupInfoW(STARTUPINFOW *info)
{
    const struct process_parameters *parameters = current_peb()->process_parameters;

    *info = (STARTUPINFOW){
        .cb = sizeof(*info),
        .lpReserved = parameters->shell_info.Buffer,
        .lpDesktop = parameters->desktop_info.Buffer,
        .lpTitle = parameters->window_title.Buffer,
        .dwX = parameters->starting_x,
        .dwY = parameters->starting_y,
        .dwXSize = parameters->count_x,
        .dwYSize = parameters->count_y,
        .dwXCountChars = parameters->count_chars_x,
        .dwYCountChars = parameters->count_chars_y,
        .dwFillAttribute = parameters->fill_attribute,
        .dwFlags = parameters->window_flags,
        .wShowWindow = (WORD)parameters->show_window_flags,
        .cbReserved2 = parameters->runtime_data.Length,
        .lpReserved2 = (BYTE *)parameters->runtime_data.Buffer,
        .hStdInput = parameters->standard_input,
        .hStdOutput = parameters->standard_output,
        .hStdError = parameters->standard_error,
    };
}

/* Converted once. => NULL for NULL. */
static char *kept(char **place, const UNICODE_STRING *text)
{
    ANSI_STRING ansi;

    if (!*place && text->Buffer && base_ok(RtlUnicodeStringToAnsiString(&ansi, text, TRUE)) &&
        InterlockedCompareExchangePointer((void **)place, ansi.Buffer, NULL))
        RtlFreeAnsiString(&ansi);
    return *place;
}

void WINAPI GetStartupInfoA(STARTUPINFOA *info)
{
    static char *shell, *desktop, *title;
    const struct process_parameters *parameters = current_peb()->process_parameters;
    STARTUPINFOW wide;

    GetStartupInfoW(&wide);
    memcpy(info, &wide, sizeof(*info));
    info->lpReserved = kept(&shell, &parameters->shell_info);
    info->lpDesktop = kept(&desktop, &parameters->desktop_info);
    info->lpTitle = kept(&title, &parameters->window_title);
}

static HANDLE *standard_handle(DWORD which)
{
    struct process_parameters *parameters = current_peb()->process_parameters;

    switch (which) {
    case STD_INPUT_HANDLE:
        return &parameters->standard_input;
    case STD_OUTPUT_HANDLE:
        return &parameters->standard_output;
    case STD_ERROR_HANDLE:
        return &parameters->standard_error;
    default:
        base_fail(ERROR_INVALID_HANDLE);
        return NULL;
    }
}

HANDLE WINAPI GetStdHandle(DWORD which)
{
    const HANDLE *handle = standard_handle(which);

    return handle ? *handle : INVALID_HANDLE_VALUE;
}

BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle)
{
    HANDLE *place = standard_handle(which);

    if (!place)
        return FALSE;
    *place = handle;
    return TRUE;
}
