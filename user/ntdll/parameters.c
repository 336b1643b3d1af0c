/*
 * A process's parameters as one block: the structure, then the texts. In transit to another process
 * the strings are offsets from the block; there they become pointers.
 */
#include "user/ntdll/ntdll.h"

/* The members of struct process_parameters that are strings. */
static const size_t strings[] = {
    offsetof(struct process_parameters, current_directory.path),
    offsetof(struct process_parameters, dll_path),
    offsetof(struct process_parameters, image_path_name),
    offsetof(struct process_parameters, command_line),
    offsetof(struct process_parameters, window_title),
    offsetof(struct process_parameters, desktop_info),
    offsetof(struct process_parameters, shell_info),
    offsetof(struct process_parameters, runtime_data),
};

static UNICODE_STRING *string_at(struct process_parameters *parameters, size_t index)
{
    return (UNICODE_STRING *)((char *)parameters + strings[index]);
}

void NTAPI RtlNormalizeProcessParams(struct process_parameters *parameters)
{
    if (!parameters || (parameters->flags & PROCESS_PARAMETERS_NORMALIZED))
        return;
    for (size_t i = 0; i < COUNT_OF(strings); i++) {
        UNICODE_STRING *string = string_at(parameters, i);

        if (string->Buffer)
            string->Buffer = (WCHAR *)((char *)parameters + (uintptr_t)string->Buffer);
    }
    parameters->flags |= PROCESS_PARAMETERS_NORMALIZED;
}

struct process_parameters *NTAPI RtlDeNormalizeProcessParams(struct process_parameters *parameters)
{
    if (!parameters || !(parameters->flags & PROCESS_PARAMETERS_NORMALIZED))
        return parameters;
    for (size_t i = 0; i < COUNT_OF(strings); i++) {
        UNICODE_STRING *string = string_at(parameters, i);

        if (string->Buffer)
            string->Buffer = (WCHAR *)((uintptr_t)string->Buffer - (uintptr_t)parameters);
    }
    parameters->flags &= ~PROCESS_PARAMETERS_NORMALIZED;
    return parameters;
}

/* With a terminator. */
static size_t room_for(const UNICODE_STRING *string)
{
    size_t bytes = string ? string->Length + sizeof(WCHAR) : 0;

    return ROUND_UP_TO(bytes, 4);
}

static char *append(UNICODE_STRING *to, const UNICODE_STRING *from, size_t room, char *at)
{
    *to = (UNICODE_STRING){0, (USHORT)room, (WCHAR *)at};
    if (room)
        RtlCopyUnicodeString(to, from);
    else
        to->Buffer = NULL;
    return at + room;
}

/* What is NULL comes from this process: the directory, the DLL path and the environment. The
 * environment is not copied. Not normalized: to be written to another process. */
NTSTATUS NTAPI RtlCreateProcessParameters(
    struct process_parameters **made, const UNICODE_STRING *image_path,
    const UNICODE_STRING *dll_path, const UNICODE_STRING *directory,
    const UNICODE_STRING *command_line, const WCHAR *environment, const UNICODE_STRING *title,
    const UNICODE_STRING *desktop, const UNICODE_STRING *shell, const UNICODE_STRING *runtime)
{
    const struct process_parameters *own = current_peb()->process_parameters;
    const UNICODE_STRING *sources[COUNT_OF(strings)] = {
        directory ? directory : &own->current_directory.path,
        dll_path ? dll_path : &own->dll_path,
        image_path,
        command_line ? command_line : image_path,
        title,
        desktop,
        shell,
        runtime,
    };
    size_t total = sizeof(struct process_parameters);

    RtlAcquirePebLock();
    for (size_t i = 0; i < COUNT_OF(strings); i++)
        total += room_for(sources[i]);
    struct process_parameters *parameters = rtlp_allocate(total);
    if (parameters) {
        memset(parameters, 0, total);
        parameters->maximum_length = parameters->length = (ULONG)total;
        parameters->flags = PROCESS_PARAMETERS_NORMALIZED;
        parameters->environment = (WCHAR *)(environment ? environment : own->environment);
        char *at = (char *)(parameters + 1);
        for (size_t i = 0; i < COUNT_OF(strings); i++)
            at = append(string_at(parameters, i), sources[i], room_for(sources[i]), at);
    }
    RtlReleasePebLock();
    *made = RtlDeNormalizeProcessParams(parameters);
    return parameters ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS NTAPI RtlDestroyProcessParameters(struct process_parameters *parameters)
{
    rtlp_free(parameters);
    return STATUS_SUCCESS;
}
