/*
 * The environment: strings NAME=value behind each other, and an empty one. A changed one is a new
 * block; the old one, of the process's parameters or of the heap, is freed as what it is.
 */
#include "user/ntdll/ntdll.h"

static RTL_CRITICAL_SECTION peb_lock;

void rtlp_initialize_peb_lock(void)
{
    RtlInitializeCriticalSection(&peb_lock);
    current_peb()->fast_peb_lock = &peb_lock;
}

void NTAPI RtlAcquirePebLock(void)
{
    RtlEnterCriticalSection(&peb_lock);
}

void NTAPI RtlReleasePebLock(void)
{
    RtlLeaveCriticalSection(&peb_lock);
}

/* What the kernel or the parent gave us lies elsewhere, and stays there. */
static void free_if_of_heap(void *block)
{
    if (block && RtlValidateHeap(current_peb()->process_heap, 0, block))
        rtlp_free(block);
}

void rtlp_free_string_of_heap(UNICODE_STRING *string)
{
    const struct process_parameters *parameters = current_peb()->process_parameters;
    uintptr_t offset = (uintptr_t)string->Buffer - (uintptr_t)parameters;

    if (offset >= parameters->maximum_length)
        free_if_of_heap(string->Buffer);
}

/* Units of the whole block, with its last terminator. */
static size_t block_units(const WCHAR *environment)
{
    size_t units = 0;

    while (environment[units])
        units += wcslen(environment + units) + 1;
    return units + 1;
}

/* => where NAME's value begins, or NULL. The '=' of a name like "=C:" is its first character. */
static const WCHAR *find(const WCHAR *environment, const UNICODE_STRING *name)
{
    for (; *environment; environment += wcslen(environment) + 1) {
        size_t length = 1;

        while (environment[length] && environment[length] != '=')
            length++;
        UNICODE_STRING own = rtlp_string(environment, length);
        if (environment[length] && RtlEqualUnicodeString(name, &own, TRUE))
            return environment + length + 1;
    }
    return NULL;
}

static WCHAR *own_environment(void)
{
    return current_peb()->process_parameters->environment;
}

NTSTATUS NTAPI RtlQueryEnvironmentVariable_U(const WCHAR *environment, const UNICODE_STRING *name,
                                             UNICODE_STRING *value)
{
    NTSTATUS status = STATUS_VARIABLE_NOT_FOUND;

    RtlAcquirePebLock();
    environment = environment ? environment : own_environment();
    const WCHAR *found = environment ? find(environment, name) : NULL;
    value->Length = 0;
    if (found) {
        UNICODE_STRING text = rtlp_string(found, wcslen(found));

        status = text.Length <= value->MaximumLength ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
        if (status == STATUS_SUCCESS)
            RtlCopyUnicodeString(value, &text);
        else
            value->Length = text.Length;
    }
    RtlReleasePebLock();
    return status;
}

/* OLD's strings but NAME's, then NAME=VALUE unless VALUE is NULL. */
static WCHAR *rebuild(const WCHAR *old, const UNICODE_STRING *name, const UNICODE_STRING *value)
{
    size_t extra = value ? (name->Length + value->Length) / 2u + 2 : 0;
    WCHAR *block = rtlp_allocate((block_units(old) + extra + 1) * sizeof(*block)), *to = block;
    const WCHAR *skipped = find(old, name);

    if (!block)
        return NULL;
    for (size_t length; *old; old += length) {
        length = wcslen(old) + 1;
        if (skipped > old && skipped < old + length)
            continue;
        memcpy(to, old, length * sizeof(*to));
        to += length;
    }
    if (value) {
        memcpy(to, name->Buffer, name->Length);
        to += name->Length / 2;
        *to++ = '=';
        memcpy(to, value->Buffer, value->Length);
        to += value->Length / 2;
        *to++ = 0;
    }
    to[0] = 0;
    if (to == block)
        to[1] = 0;
    return block;
}

NTSTATUS NTAPI RtlSetEnvironmentVariable(WCHAR **environment, const UNICODE_STRING *name,
                                         const UNICODE_STRING *value)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (size_t i = 0; i < name->Length / 2u; i++)
        if (name->Buffer[i] == '=' && i > 0)
            return STATUS_INVALID_PARAMETER;
    if (!name->Length)
        return STATUS_INVALID_PARAMETER;
    RtlAcquirePebLock();
    WCHAR **holder = environment ? environment : &current_peb()->process_parameters->environment;
    const WCHAR *old = *holder ? *holder : L"\0";
    if (!value && !find(old, name)) {
        status = STATUS_VARIABLE_NOT_FOUND;
    } else {
        WCHAR *block = rebuild(old, name, value);

        if (block) {
            free_if_of_heap(*holder);
            *holder = block;
        } else {
            status = STATUS_NO_MEMORY;
        }
    }
    RtlReleasePebLock();
    return status;
}

/* TO gets SOURCE with %NAME% replaced by values; what has no value stays. *NEEDED: bytes. */
NTSTATUS NTAPI RtlExpandEnvironmentStrings_U(const WCHAR *environment, const UNICODE_STRING *source,
                                             UNICODE_STRING *to, ULONG *needed)
{
    size_t units = source->Length / 2u, length = 0;

    RtlAcquirePebLock();
    environment = environment ? environment : own_environment();
    for (size_t i = 0; i < units;) {
        const WCHAR *text = source->Buffer + i;
        size_t end = 1, count = 1;

        while (*text == '%' && i + end < units && text[end] != '%')
            end++;
        bool named = *text == '%' && end > 1 && i + end < units;
        UNICODE_STRING name = rtlp_string(text + 1, named ? end - 1 : 0);
        const WCHAR *value = named && environment ? find(environment, &name) : NULL;
        if (value) {
            i += end + 1;
            text = value;
            count = wcslen(value);
        } else {
            i++;
        }
        for (size_t k = 0; k < count; k++, length++)
            if ((length + 1) * sizeof(WCHAR) <= to->MaximumLength)
                to->Buffer[length] = text[k];
    }
    RtlReleasePebLock();
    size_t bytes = (length + 1) * sizeof(WCHAR);
    if (needed)
        *needed = (ULONG)bytes;
    if (bytes > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    to->Buffer[length] = 0;
    to->Length = (USHORT)(bytes - sizeof(WCHAR));
    return STATUS_SUCCESS;
}
