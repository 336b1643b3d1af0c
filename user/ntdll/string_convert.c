/*
 * Strings from one encoding to another: NT's N functions, and what is made of them. Sizes are
 * bytes.
 */
#include "user/ntdll/code_page.h"
#include "user/ntdll/ntdll.h"
#include "user/ntdll/utf8.h"

/* A text of NEEDED bytes went to SIZE bytes: NT cuts it without a word, but counts what is there.
 */
static NTSTATUS finish(ULONG *bytes, size_t needed, ULONG size)
{
    if (bytes)
        *bytes = (ULONG)(needed < size ? needed : size);
    return STATUS_SUCCESS;
}

static NTSTATUS to_unicode(const struct code_page *page, WCHAR *to, ULONG size, ULONG *bytes,
                           const char *from, ULONG from_bytes)
{
    return finish(bytes, 2 * code_page_to_unicode(page, to, size / 2, from, from_bytes),
                  size & ~1u);
}

static NTSTATUS from_unicode(const struct code_page *page, char *to, ULONG size, ULONG *bytes,
                             const WCHAR *from, ULONG from_bytes)
{
    return finish(bytes, code_page_from_unicode(page, to, size, from, from_bytes / 2, '?', NULL),
                  size);
}

NTSTATUS NTAPI RtlMultiByteToUnicodeN(WCHAR *to, ULONG size, ULONG *bytes, const char *from,
                                      ULONG from_bytes)
{
    return to_unicode(&code_page_ansi, to, size, bytes, from, from_bytes);
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(char *to, ULONG size, ULONG *bytes, const WCHAR *from,
                                      ULONG from_bytes)
{
    return from_unicode(&code_page_ansi, to, size, bytes, from, from_bytes);
}

NTSTATUS NTAPI RtlOemToUnicodeN(WCHAR *to, ULONG size, ULONG *bytes, const char *from,
                                ULONG from_bytes)
{
    return to_unicode(&code_page_oem, to, size, bytes, from, from_bytes);
}

NTSTATUS NTAPI RtlUnicodeToOemN(char *to, ULONG size, ULONG *bytes, const WCHAR *from,
                                ULONG from_bytes)
{
    return from_unicode(&code_page_oem, to, size, bytes, from, from_bytes);
}

/* These two say what is wrong: STATUS_SOME_NOT_MAPPED, or STATUS_BUFFER_TOO_SMALL. */
NTSTATUS NTAPI RtlUTF8ToUnicodeN(WCHAR *to, ULONG size, ULONG *bytes, const char *from,
                                 ULONG from_bytes)
{
    bool bad = false;
    size_t needed = 2 * utf8_to_unicode(to, to ? size / 2 : 0, from, from_bytes, &bad);

    if (bytes)
        *bytes = (ULONG)(needed < size || !to ? needed : size);
    if (to && needed > size)
        return STATUS_BUFFER_TOO_SMALL;
    return bad ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToUTF8N(char *to, ULONG size, ULONG *bytes, const WCHAR *from,
                                 ULONG from_bytes)
{
    size_t needed = utf8_from_unicode(to, to ? size : 0, from, from_bytes / 2);

    if (bytes)
        *bytes = (ULONG)(needed < size || !to ? needed : size);
    if (to && needed > size)
        return STATUS_BUFFER_TOO_SMALL;
    return utf16_is_well_formed(from, from_bytes / 2) ? STATUS_SUCCESS : STATUS_SOME_NOT_MAPPED;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteSize(ULONG *bytes, WCHAR *from, ULONG from_bytes)
{
    *bytes =
        (ULONG)code_page_from_unicode(&code_page_ansi, NULL, 0, from, from_bytes / 2, '?', NULL);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeSize(ULONG *bytes, const char *from, ULONG from_bytes)
{
    (void)from;
    *bytes = from_bytes * 2;
    return STATUS_SUCCESS;
}

/* TO gets room for BYTES bytes, with the terminator of ZERO bytes, its own or a new buffer's. */
static NTSTATUS make_room(STRING *to, size_t bytes, size_t zero, BOOLEAN allocate)
{
    if (bytes + zero > 0xFFFF)
        return STATUS_INVALID_PARAMETER_2;
    if (allocate) {
        to->MaximumLength = (USHORT)(bytes + zero);
        to->Buffer = rtlp_allocate(bytes + zero);
        if (!to->Buffer)
            return STATUS_NO_MEMORY;
    } else if (bytes + zero > to->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    to->Length = (USHORT)bytes;
    return STATUS_SUCCESS;
}

static NTSTATUS string_to_unicode(const struct code_page *page, UNICODE_STRING *to,
                                  const STRING *from, BOOLEAN allocate)
{
    NTSTATUS status = make_room((STRING *)to, from->Length * 2u, 2, allocate);

    if (nt_failed(status))
        return status;
    code_page_to_unicode(page, to->Buffer, from->Length, from->Buffer, from->Length);
    to->Buffer[from->Length] = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS string_from_unicode(const struct code_page *page, STRING *to,
                                    const UNICODE_STRING *from, BOOLEAN allocate)
{
    size_t units = from->Length / 2u;
    size_t bytes = code_page_from_unicode(page, NULL, 0, from->Buffer, units, '?', NULL);
    NTSTATUS status = make_room(to, bytes, 1, allocate);

    if (nt_failed(status))
        return status;
    code_page_from_unicode(page, to->Buffer, bytes, from->Buffer, units, '?', NULL);
    to->Buffer[bytes] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(UNICODE_STRING *to, PCANSI_STRING from,
                                            BOOLEAN allocate)
{
    return string_to_unicode(&code_page_ansi, to, from, allocate);
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(ANSI_STRING *to, const UNICODE_STRING *from,
                                            BOOLEAN allocate)
{
    return string_from_unicode(&code_page_ansi, to, from, allocate);
}

NTSTATUS NTAPI RtlOemStringToUnicodeString(UNICODE_STRING *to, const OEM_STRING *from,
                                           BOOLEAN allocate)
{
    return string_to_unicode(&code_page_oem, to, from, allocate);
}

NTSTATUS NTAPI RtlUnicodeStringToOemString(OEM_STRING *to, const UNICODE_STRING *from,
                                           BOOLEAN allocate)
{
    return string_from_unicode(&code_page_oem, to, from, allocate);
}

BOOLEAN NTAPI RtlCreateUnicodeStringFromAsciiz(UNICODE_STRING *to, const char *from)
{
    STRING string;

    RtlInitAnsiString(&string, from);
    return !nt_failed(RtlAnsiStringToUnicodeString(to, &string, TRUE));
}
