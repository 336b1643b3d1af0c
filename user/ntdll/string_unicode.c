/*
 * Counted UTF-16 strings. Capitals and order are those of lib/unicode.c, which the kernel's names
 * follow too; struct unicode_string is UNICODE_STRING under the name that it has there.
 */
#include "lib/unicode.h"
#include "user/ntdll/ntdll.h"

_Static_assert(sizeof(struct unicode_string) == sizeof(UNICODE_STRING), "one layout");

#define AS_LIB(s) ((const struct unicode_string *)(const void *)(s))

void NTAPI RtlInitUnicodeString(UNICODE_STRING *to, const WCHAR *from)
{
    rtl_init_unicode_string((struct unicode_string *)(void *)to, from);
}

NTSTATUS NTAPI RtlInitUnicodeStringEx(UNICODE_STRING *to, const WCHAR *from)
{
    if (from && wcslen(from) > UNICODE_STRING_MAX_UNITS)
        return STATUS_NAME_TOO_LONG;
    RtlInitUnicodeString(to, from);
    return STATUS_SUCCESS;
}

void NTAPI RtlFreeUnicodeString(UNICODE_STRING *string)
{
    rtlp_free(string->Buffer);
    *string = (UNICODE_STRING){0, 0, NULL};
}

BOOLEAN NTAPI RtlCreateUnicodeString(UNICODE_STRING *to, const WCHAR *from)
{
    size_t bytes = (wcslen(from) + 1) * sizeof(*from);

    if (bytes > 0xFFFE)
        return FALSE;
    to->Buffer = rtlp_allocate(bytes);
    if (!to->Buffer)
        return FALSE;
    memcpy(to->Buffer, from, bytes);
    to->Length = (USHORT)(bytes - sizeof(*from));
    to->MaximumLength = (USHORT)bytes;
    return TRUE;
}

/* A terminator if there is room for one. */
static void terminate(UNICODE_STRING *string)
{
    if (string->Length + sizeof(WCHAR) <= string->MaximumLength)
        string->Buffer[string->Length / 2] = 0;
}

void NTAPI RtlCopyUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from)
{
    to->Length = 0;
    if (!from)
        return;
    to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength & 0xFFFEu;
    memcpy(to->Buffer, from->Buffer, to->Length);
    terminate(to);
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(UNICODE_STRING *to, const UNICODE_STRING *from)
{
    if ((ULONG)to->Length + from->Length > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    memmove(to->Buffer + to->Length / 2, from->Buffer, from->Length);
    to->Length += from->Length;
    terminate(to);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeToString(UNICODE_STRING *to, const WCHAR *from)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, from);
    return RtlAppendUnicodeStringToString(to, &string);
}

/* FLAGS: 1: a terminator; 2: for an empty string, too. */
NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG flags, const UNICODE_STRING *from,
                                         UNICODE_STRING *to)
{
    size_t zero = flags & 1 ? sizeof(WCHAR) : 0;

    *to = (UNICODE_STRING){0, 0, NULL};
    if (!from->Length && !(flags & 2))
        return STATUS_SUCCESS;
    to->Buffer = rtlp_allocate(from->Length + zero);
    if (!to->Buffer)
        return STATUS_NO_MEMORY;
    to->MaximumLength = (USHORT)(from->Length + zero);
    RtlCopyUnicodeString(to, from);
    return STATUS_SUCCESS;
}

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c)
{
    return rtl_upcase_unicode_char(c);
}

/* The table knows capitals only: look where their small letters are. */
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c)
{
    static const int16_t distances[] = {32, 1, 80, 0x26, 0x25, 0x40, 0x3F, 0x0F, 0xFF - 0x178};

    if (rtl_upcase_unicode_char(c) != c)
        return c;
    for (size_t i = 0; i < COUNT_OF(distances); i++) {
        WCHAR small = (WCHAR)(c + distances[i]);

        if (rtl_upcase_unicode_char(small) == c && small != 0x03C2) /* the final sigma */
            return small;
    }
    return c;
}

static NTSTATUS change_case(UNICODE_STRING *to, const UNICODE_STRING *from, BOOLEAN allocate,
                            WCHAR(NTAPI *change)(WCHAR))
{
    if (allocate) {
        to->MaximumLength = from->Length;
        to->Buffer = rtlp_allocate(from->Length);
        if (!to->Buffer)
            return STATUS_NO_MEMORY;
    } else if (from->Length > to->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    to->Length = from->Length;
    for (size_t i = 0; i < from->Length / 2u; i++)
        to->Buffer[i] = change(from->Buffer[i]);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUpcaseUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from,
                                      BOOLEAN allocate)
{
    return change_case(to, from, allocate, RtlUpcaseUnicodeChar);
}

NTSTATUS NTAPI RtlDowncaseUnicodeString(UNICODE_STRING *to, const UNICODE_STRING *from,
                                        BOOLEAN allocate)
{
    return change_case(to, from, allocate, RtlDowncaseUnicodeChar);
}

LONG NTAPI RtlCompareUnicodeString(const UNICODE_STRING *a, const UNICODE_STRING *b,
                                   BOOLEAN ignore_case)
{
    return rtl_compare_unicode_string(AS_LIB(a), AS_LIB(b), ignore_case);
}

BOOLEAN NTAPI RtlEqualUnicodeString(const UNICODE_STRING *a, const UNICODE_STRING *b,
                                    BOOLEAN ignore_case)
{
    return rtl_equal_unicode_string(AS_LIB(a), AS_LIB(b), ignore_case);
}

BOOLEAN NTAPI RtlPrefixUnicodeString(const UNICODE_STRING *prefix, const UNICODE_STRING *string,
                                     BOOLEAN ignore_case)
{
    UNICODE_STRING begin = *string;

    if (begin.Length < prefix->Length)
        return FALSE;
    begin.Length = prefix->Length;
    return RtlEqualUnicodeString(prefix, &begin, ignore_case);
}
