/*
 * Counted strings of bytes. Capitals are ASCII's.
 */
#include "user/ntdll/ntdll.h"

void NTAPI RtlInitString(STRING *to, const char *from)
{
    size_t length = from ? strlen(from) : 0;

    length = length < 0xFFFE ? length : 0xFFFE;
    *to = (STRING){(USHORT)length, (USHORT)(from ? length + 1 : 0), (char *)from};
}

void NTAPI RtlInitAnsiString(ANSI_STRING *to, const char *from)
{
    RtlInitString(to, from);
}

void NTAPI RtlFreeAnsiString(ANSI_STRING *string)
{
    rtlp_free(string->Buffer);
    *string = (STRING){0, 0, NULL};
}

void NTAPI RtlFreeOemString(OEM_STRING *string)
{
    RtlFreeAnsiString(string);
}

void NTAPI RtlCopyString(STRING *to, const STRING *from)
{
    to->Length = 0;
    if (!from)
        return;
    to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
    memcpy(to->Buffer, from->Buffer, to->Length);
    if (to->Length < to->MaximumLength)
        to->Buffer[to->Length] = 0;
}

NTSTATUS NTAPI RtlAppendStringToString(STRING *to, const STRING *from)
{
    if ((ULONG)to->Length + from->Length > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    memmove(to->Buffer + to->Length, from->Buffer, from->Length);
    to->Length += from->Length;
    if (to->Length < to->MaximumLength)
        to->Buffer[to->Length] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendAsciizToString(STRING *to, const char *from)
{
    STRING string;

    RtlInitString(&string, from);
    return RtlAppendStringToString(to, &string);
}

CHAR NTAPI RtlUpperChar(CHAR c)
{
    return c >= 'a' && c <= 'z' ? (CHAR)(c - 32) : c;
}

LONG NTAPI RtlCompareString(const STRING *a, const STRING *b, BOOLEAN ignore_case)
{
    for (size_t i = 0; i < a->Length && i < b->Length; i++) {
        uint8_t x = (uint8_t)a->Buffer[i], y = (uint8_t)b->Buffer[i];

        if (ignore_case) {
            x = (uint8_t)RtlUpperChar((CHAR)x);
            y = (uint8_t)RtlUpperChar((CHAR)y);
        }
        if (x != y)
            return x - y;
    }
    return (LONG)a->Length - b->Length;
}

BOOLEAN NTAPI RtlEqualString(const STRING *a, const STRING *b, BOOLEAN ignore_case)
{
    return a->Length == b->Length && RtlCompareString(a, b, ignore_case) == 0;
}

/* A number in BASE, 0: as its prefix 0b, 0o or 0x says, else decimal. */
NTSTATUS NTAPI RtlCharToInteger(const char *text, ULONG base, ULONG *value)
{
    bool negative = false;
    ULONG number = 0;

    while (*text && (uint8_t)*text <= ' ')
        text++;
    if (*text == '-' || *text == '+')
        negative = *text++ == '-';
    if (base == 0 && text[0] == '0' && (text[1] == 'b' || text[1] == 'o' || text[1] == 'x')) {
        base = text[1] == 'b' ? 2 : text[1] == 'o' ? 8 : 16;
        text += 2;
    }
    base = base ? base : 10;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return STATUS_INVALID_PARAMETER;
    for (;; text++) {
        char c = RtlUpperChar(*text);
        ULONG digit = c >= '0' && c <= '9' ? (ULONG)(c - '0') : (ULONG)(c - 'A' + 10);

        if ((c < '0' || c > '9') && (c < 'A' || c > 'F'))
            break;
        if (digit >= base)
            break;
        number = number * base + digit;
    }
    *value = negative ? 0 - number : number;
    return STATUS_SUCCESS;
}
