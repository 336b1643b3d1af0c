/*
 * FormatMessage: a text, of the system or the caller's, with its arguments put in.
 */
#include "user/kernel32/base.h"
#include "user/kernel32/message_expand.h"
#include "user/kernel32/messages.h"
#include "user/ntdll/code_page.h"
#include "lib/types.h"

#define FIRST_UNITS 256u

struct output {
    WCHAR *units; /* grows */
    size_t count, room;
    bool no_memory;
    va_list *list;          /* where arguments come from, ... */
    const ULONG_PTR *array; /* ... or, if not NULL, from here */
    ULONG_PTR taken[100];   /* those of the list, as far as it was read */
    unsigned taken_count;
};

static uintptr_t argument(void *context, unsigned number)
{
    struct output *output = context;

    if (number == 0 || number >= COUNT_OF(output->taken))
        return 0;
    if (output->array)
        return output->array[number - 1];
    while (output->list && output->taken_count < number)
        output->taken[output->taken_count++] = va_arg(*output->list, ULONG_PTR);
    return output->list ? output->taken[number - 1] : 0;
}

static uint16_t character(uintptr_t value, size_t index, bool wide)
{
    uint16_t unit;

    if (!value)
        value = (uintptr_t)(wide ? (const void *)L"(null)" : (const void *)"(null)");
    if (wide)
        return ((const WCHAR *)value)[index];
    code_page_to_unicode(&code_page_ansi, &unit, 1, (const char *)value + index, 1);
    return unit;
}

static void put_unit(void *context, uint16_t unit)
{
    struct output *output = context;

    if (output->count + 1 >= output->room) {
        size_t room = output->room ? output->room * 2 : FIRST_UNITS;
        WCHAR *larger = base_allocate(room * sizeof(*larger));

        if (!larger) {
            output->no_memory = true;
            return;
        }
        if (output->units) {
            memcpy(larger, output->units, output->count * sizeof(*larger));
            base_free(output->units);
        }
        output->units = larger;
        output->room = room;
    }
    output->units[output->count++] = unit;
}

/* The text of the system's message NUMBER: to be freed. => NULL, with the last error. */
static WCHAR *system_text(DWORD number)
{
    if ((number & 0xFFFF0000) == 0x80070000) /* an HRESULT for a Win32 error */
        number &= 0xFFFF;
    for (size_t i = 0; i < system_message_count; i++) {
        if (system_messages[i].number != number)
            continue;
        const char *text = system_messages[i].text;
        size_t length = strlen(text);
        WCHAR *units = base_allocate((length + 3) * sizeof(*units));
        if (!units) {
            base_fail(ERROR_NOT_ENOUGH_MEMORY);
            return NULL;
        }
        code_page_to_unicode(&code_page_ansi, units, length, text, length);
        memcpy(units + length, L"\r\n", 3 * sizeof(*units));
        return units;
    }
    base_fail(ERROR_MR_MID_NOT_FOUND);
    return NULL;
}

/* The source's text, in UTF-16: to be freed. */
static WCHAR *source_text(DWORD flags, const void *source, DWORD number, bool wide)
{
    struct wide copy = {NULL};

    if (flags & FORMAT_MESSAGE_FROM_STRING) {
        if (!wide) {
            wide_make(&copy, source);
            return copy.text;
        }
        size_t bytes = (wcslen(source) + 1) * sizeof(WCHAR);
        copy.text = base_allocate(bytes);
        if (!copy.text)
            base_fail(ERROR_NOT_ENOUGH_MEMORY);
        else
            memcpy(copy.text, source, bytes);
        return copy.text;
    }
    if (flags & FORMAT_MESSAGE_FROM_SYSTEM)
        return system_text(number);
    /* No module here has a table of messages. */
    base_fail(flags & FORMAT_MESSAGE_FROM_HMODULE ? ERROR_RESOURCE_TYPE_NOT_FOUND
                                                  : ERROR_INVALID_PARAMETER);
    return NULL;
}

/* The expanded text, in OUTPUT, whose units are to be freed. */
static bool expand(DWORD flags, const void *source, DWORD number, va_list *arguments, bool wide,
                   struct output *output)
{
    WCHAR *text = source_text(flags, source, number, wide);
    struct message_expansion expansion = {
        .argument = argument,
        .character = character,
        .put = put_unit,
        .context = output,
        .wide_strings = wide,
        .ignore_inserts = flags & FORMAT_MESSAGE_IGNORE_INSERTS,
        .join_lines = (flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) == FORMAT_MESSAGE_MAX_WIDTH_MASK,
    };

    memset(output, 0, sizeof(*output));
    if (!text)
        return false;
    if (flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
        output->array = (const ULONG_PTR *)arguments;
    else
        output->list = arguments;
    bool done = message_expand(&expansion, text, wcslen(text));
    base_free(text);
    if (!done)
        base_fail(ERROR_INVALID_PARAMETER);
    else if (output->no_memory)
        done = base_fail(ERROR_NOT_ENOUGH_MEMORY);
    return done;
}

/* COUNT characters and a terminator for the caller: in his buffer, or in a new one. */
static bool deliver(DWORD flags, void *buffer, DWORD size, size_t count, size_t unit_bytes,
                    void **to)
{
    *to = buffer;
    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        size_t room = count + 1 > size ? count + 1 : size;

        *to = LocalAlloc(LMEM_FIXED, room * unit_bytes);
        *(void **)buffer = *to;
        return *to || base_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    return count + 1 <= size || base_fail(ERROR_INSUFFICIENT_BUFFER);
}

DWORD WINAPI FormatMessageW(DWORD flags, const void *source, DWORD number, DWORD language,
                            WCHAR *buffer, DWORD size, va_list *arguments)
{
    struct output output;
    void *to;

    (void)language; /* there is one */
    bool done = expand(flags, source, number, arguments, true, &output) &&
                deliver(flags, buffer, size, output.count, sizeof(WCHAR), &to);
    if (done) {
        memcpy(to, output.units, output.count * sizeof(WCHAR));
        ((WCHAR *)to)[output.count] = 0;
    }
    if (output.units)
        base_free(output.units);
    return done ? (DWORD)output.count : 0;
}

DWORD WINAPI FormatMessageA(DWORD flags, const void *source, DWORD number, DWORD language,
                            char *buffer, DWORD size, va_list *arguments)
{
    struct output output;
    size_t bytes = 0;
    void *to;

    (void)language;
    bool done = expand(flags, source, number, arguments, false, &output);
    if (done) {
        bytes =
            code_page_from_unicode(&code_page_ansi, NULL, 0, output.units, output.count, '?', NULL);
        done = deliver(flags, buffer, size, bytes, 1, &to);
    }
    if (done) {
        code_page_from_unicode(&code_page_ansi, to, bytes, output.units, output.count, '?', NULL);
        ((char *)to)[bytes] = 0;
    }
    if (output.units)
        base_free(output.units);
    return done ? (DWORD)bytes : 0;
}
