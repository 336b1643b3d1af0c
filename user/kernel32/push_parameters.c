/*
 * What a new process finds when it begins: its parameters and its environment, written into its
 * memory by the one that makes it.
 */
#include "user/kernel32/create_process.h"

/* BYTES bytes of MEMORY at a place of its own in PROCESS. => NULL, with the last error. */
static void *put(HANDLE process, const void *memory, SIZE_T bytes)
{
    void *base = NULL;
    SIZE_T size = bytes;

    if (!base_ok(NtAllocateVirtualMemory(process, &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                         PAGE_READWRITE)) ||
        !base_ok(NtWriteVirtualMemory(process, base, memory, bytes, NULL)))
        return NULL;
    return base;
}

static SIZE_T environment_bytes(const WCHAR *environment)
{
    SIZE_T units = 0;

    while (environment[units])
        units += wcslen(environment + units) + 1;
    return (units ? units + 1 : 2) * sizeof(*environment);
}

/*
 * A standard handle that the new process does not inherit, and was not told of, is given to it by
 * itself, so that it can write to the same place. => its value there.
 */
static HANDLE give_standard_handle(HANDLE process, HANDLE handle)
{
    HANDLE given = NULL;

    if (handle && handle != INVALID_HANDLE_VALUE)
        NtDuplicateObject(CURRENT_PROCESS, handle, process, &given, 0, 0, DUPLICATE_SAME_ACCESS);
    return given;
}

static void set_standard_handles(HANDLE process, struct process_parameters *to,
                                 const struct creation *creation)
{
    const struct process_parameters *own = current_peb()->process_parameters;
    const STARTUPINFOW *startup = creation->startup;

    if (startup->dwFlags & STARTF_USESTDHANDLES) {
        to->standard_input = startup->hStdInput;
        to->standard_output = startup->hStdOutput;
        to->standard_error = startup->hStdError;
    } else {
        to->standard_input = give_standard_handle(process, own->standard_input);
        to->standard_output = give_standard_handle(process, own->standard_output);
        to->standard_error = give_standard_handle(process, own->standard_error);
    }
}

static void set_window(struct process_parameters *to, const STARTUPINFOW *startup)
{
    to->starting_x = startup->dwX;
    to->starting_y = startup->dwY;
    to->count_x = startup->dwXSize;
    to->count_y = startup->dwYSize;
    to->count_chars_x = startup->dwXCountChars;
    to->count_chars_y = startup->dwYCountChars;
    to->fill_attribute = startup->dwFillAttribute;
    to->window_flags = startup->dwFlags;
    to->show_window_flags = startup->wShowWindow;
}

/* The directory in full, with a backslash. => false, with the last error: there is none. */
static bool name_directory(const WCHAR *directory, WCHAR *full, UNICODE_STRING *name)
{
    DWORD units = GetFullPathNameW(directory, MAX_PATH - 1, full, NULL);

    if (!units || units >= MAX_PATH - 1)
        return base_fail(ERROR_DIRECTORY);
    DWORD attributes = GetFileAttributesW(full);
    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return base_fail(ERROR_DIRECTORY);
    if (full[units - 1] != '\\') {
        full[units++] = '\\';
        full[units] = 0;
    }
    RtlInitUnicodeString(name, full);
    return true;
}

static bool make(const struct creation *creation, struct process_parameters **parameters)
{
    UNICODE_STRING program, line, directory, title, desktop, shell;
    WCHAR full[MAX_PATH];
    const STARTUPINFOW *startup = creation->startup;

    RtlInitUnicodeString(&program, creation->program);
    RtlInitUnicodeString(&line, creation->line);
    RtlInitUnicodeString(&title, startup->lpTitle ? startup->lpTitle : creation->program);
    RtlInitUnicodeString(&desktop, startup->lpDesktop ? startup->lpDesktop : L"");
    RtlInitUnicodeString(&shell, startup->lpReserved ? startup->lpReserved : L"");
    if (creation->directory && !name_directory(creation->directory, full, &directory))
        return false;
    return base_ok(RtlCreateProcessParameters(
        parameters, &program, NULL, creation->directory ? &directory : NULL, &line,
        creation->environment, &title, &desktop, &shell, NULL));
}

/* What the C library passes on of its open files lies by itself, and is, like all strings of the
 * parameters, an offset from them until the process normalizes it. */
static bool push_runtime_data(HANDLE process, struct process_parameters *there,
                              const STARTUPINFOW *startup)
{
    if (!startup->cbReserved2 || !startup->lpReserved2)
        return true;
    void *data = put(process, startup->lpReserved2, startup->cbReserved2);
    UNICODE_STRING string = {startup->cbReserved2, startup->cbReserved2,
                             (WCHAR *)((uintptr_t)data - (uintptr_t)there)};
    return data && base_ok(NtWriteVirtualMemory(process, &there->runtime_data, &string,
                                                sizeof(string), NULL));
}

bool base_push_parameters(HANDLE process, struct peb *peb, const struct creation *creation)
{
    struct process_parameters *parameters, *there = NULL;

    if (!make(creation, &parameters))
        return false;
    RtlAcquirePebLock(); /* our own may be another block by now */
    const WCHAR *environment = creation->environment
                                   ? creation->environment
                                   : current_peb()->process_parameters->environment;
    parameters->environment = put(process, environment, environment_bytes(environment));
    RtlReleasePebLock();
    set_standard_handles(process, parameters, creation);
    set_window(parameters, creation->startup);
    if (parameters->environment)
        there = put(process, parameters, parameters->length);
    RtlDestroyProcessParameters(parameters);
    return there && push_runtime_data(process, there, creation->startup) &&
           base_ok(NtWriteVirtualMemory(process, &peb->process_parameters, &there, sizeof(there),
                                        NULL));
}
