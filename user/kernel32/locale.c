/*
 * Text from one encoding to another: the ANSI and OEM code pages, and UTF-8.
 */
#include "user/kernel32/base.h"
#include "user/ntdll/code_page.h"
#include "user/ntdll/utf8.h"

UINT WINAPI GetACP(void)
{
    return code_page_ansi.number;
}

UINT WINAPI GetOEMCP(void)
{
    return code_page_oem.number;
}

/* => NULL for UTF-8 and for what there is not; the latter sets the last error. */
static const struct code_page *page_of(UINT number, bool *known)
{
    *known = true;
    if (number == CP_ACP || number == CP_THREAD_ACP || number == code_page_ansi.number)
        return &code_page_ansi;
    if (number == CP_OEMCP || number == code_page_oem.number)
        return &code_page_oem;
    *known = number == CP_UTF8 || base_fail(ERROR_INVALID_PARAMETER);
    return NULL;
}

BOOL WINAPI IsValidCodePage(UINT number)
{
    return number == code_page_ansi.number || number == code_page_oem.number || number == CP_UTF8;
}

BOOL WINAPI GetCPInfo(UINT number, CPINFO *info)
{
    bool known;
    const struct code_page *page = page_of(number, &known);

    if (!known)
        return FALSE;
    *info = (CPINFO){.MaxCharSize = page ? 1 : 4, .DefaultChar = {'?'}};
    return TRUE;
}

/* No code page here has characters of two bytes. */
BOOL WINAPI IsDBCSLeadByteEx(UINT number, BYTE byte)
{
    (void)number;
    (void)byte;
    return FALSE;
}

BOOL WINAPI IsDBCSLeadByte(BYTE byte)
{
    return IsDBCSLeadByteEx(CP_ACP, byte);
}

int WINAPI MultiByteToWideChar(UINT number, DWORD flags, const char *from, int bytes, WCHAR *to,
                               int size)
{
    bool known, bad = false;
    const struct code_page *page = page_of(number, &known);

    if (!known)
        return 0;
    if (!from || bytes == 0 || bytes < -1 || size < 0 || (size && !to) ||
        (const void *)from == (const void *)to)
        return base_fail(ERROR_INVALID_PARAMETER);
    size_t length = bytes == -1 ? strlen(from) + 1 : (size_t)bytes;
    size_t units = page ? code_page_to_unicode(page, to, (size_t)size, from, length)
                        : utf8_to_unicode(to, (size_t)size, from, length, &bad);
    if (bad && (flags & MB_ERR_INVALID_CHARS))
        return base_fail(ERROR_NO_UNICODE_TRANSLATION);
    if (size && units > (size_t)size)
        return base_fail(ERROR_INSUFFICIENT_BUFFER);
    return (int)units;
}

int WINAPI WideCharToMultiByte(UINT number, DWORD flags, const WCHAR *from, int units, char *to,
                               int size, const char *replacement, BOOL *replaced)
{
    bool known, used = false;
    const struct code_page *page = page_of(number, &known);
    size_t bytes;

    if (!known)
        return 0;
    if (!from || units == 0 || units < -1 || size < 0 || (size && !to) ||
        (!page && (replacement || replaced)))
        return base_fail(ERROR_INVALID_PARAMETER);
    size_t length = units == -1 ? wcslen(from) + 1 : (size_t)units;
    if (page)
        bytes = code_page_from_unicode(page, to, (size_t)size, from, length,
                                       replacement ? *replacement : '?', &used);
    else
        bytes = utf8_from_unicode(to, (size_t)size, from, length);
    if (!page && (flags & WC_ERR_INVALID_CHARS) && !utf16_is_well_formed(from, length))
        return base_fail(ERROR_NO_UNICODE_TRANSLATION);
    if (replaced)
        *replaced = used;
    if (size && bytes > (size_t)size)
        return base_fail(ERROR_INSUFFICIENT_BUFFER);
    return (int)bytes;
}
