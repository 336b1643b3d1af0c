/*
 * Strings, wide strings, memory, and classes of characters.
 */
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <wchar.h>
#include <wctype.h>

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void copying(void)
{
    char a[32];

    CHECK_INT(strlen(""), 0);
    CHECK_INT(strlen("hello"), 5);
    CHECK_STR(strcpy(a, "hello"), "hello");
    CHECK_STR(strcat(a, " you"), "hello you");
    CHECK_STR(strncat(a, "1234", 2), "hello you12");
    memset(a, 'x', sizeof(a));
    strncpy(a, "ab", 5);
    CHECK(!memcmp(a, "ab\0\0\0x", 6));
    memset(a, 'x', sizeof(a));
    strncpy(a, "abcdef", 3);
    CHECK(!memcmp(a, "abcx", 4));
    strcpy(a, "0123456789");
    memmove(a + 2, a, 8);
    CHECK_STR(a, "0101234567");
    strcpy(a, "0123456789");
    memmove(a, a + 2, 9);
    CHECK_STR(a, "23456789");
    CHECK(memchr("abc", 'c', 2) == NULL);
    CHECK_STR(memchr("abc", 'c', 3), "c");
    CHECK_INT(sign(memcmp("a\xff", "a\x01", 2)), 1);
    CHECK_INT(memcmp("abc", "abd", 2), 0);
    CHECK_INT(_memicmp("ABC", "abd", 2), 0);
    CHECK_STR(_strdup("copy"), "copy");
    CHECK_STR(_strrev(strcpy(a, "abcd")), "dcba");
    CHECK_STR(_strupr(strcpy(a, "aBc1")), "ABC1");
    CHECK_STR(_strlwr(strcpy(a, "aBc1")), "abc1");
    CHECK_STR(_strset(strcpy(a, "abc"), '-'), "---");
    CHECK_STR(_strnset(strcpy(a, "abc"), '-', 2), "--c");
}

static void large_copies(void)
{
    static unsigned char from[1000], to[1000];
    int wrong = 0;

    for (int i = 0; i < 1000; i++)
        from[i] = (unsigned char)(i * 7);
    for (int size = 0; size < 70; size++) {
        for (int offset = 0; offset < 5; offset++) {
            memset(to, 0xEE, sizeof(to));
            memcpy(to + offset, from + 3, size);
            wrong += memcmp(to + offset, from + 3, size) != 0 || to[offset + size] != 0xEE;
            memset(to + offset, size, size);
            for (int i = 0; i < size; i++)
                wrong += to[offset + i] != size;
            wrong += to[offset + size] != 0xEE;
        }
    }
    CHECK_INT(wrong, 0);
}

static void comparing(void)
{
    CHECK_INT(sign(strcmp("a", "b")), -1);
    CHECK_INT(sign(strcmp("b", "a")), 1);
    CHECK_INT(strcmp("same", "same"), 0);
    CHECK_INT(sign(strcmp("ab", "abc")), -1);
    CHECK_INT(sign(strcmp("\xff", "\x01")), 1);
    CHECK_INT(strncmp("abcX", "abcY", 3), 0);
    CHECK_INT(sign(strncmp("abcX", "abcY", 4)), -1);
    CHECK_INT(strncmp("x", "y", 0), 0);
    CHECK_INT(_stricmp("HeLLo", "hEllO"), 0);
    CHECK_INT(sign(_stricmp("a", "B")), -1);
    CHECK_INT(sign(_stricmp("[", "a")), -1);
    CHECK_INT(_strnicmp("ABCx", "abcY", 3), 0);
    CHECK_INT(sign(strcoll("a", "b")), -1);
    CHECK_INT(strxfrm(NULL, "abc", 0), 3);
}

static void searching(void)
{
    const char *s = "hello world";

    CHECK_STR(strchr(s, 'o'), "o world");
    CHECK(strchr(s, 'z') == NULL);
    CHECK_STR(strchr(s, 0), "");
    CHECK_STR(strrchr(s, 'o'), "orld");
    CHECK_STR(strstr(s, "wor"), "world");
    CHECK_STR(strstr(s, ""), s);
    CHECK(strstr(s, "word") == NULL);
    CHECK_STR(strstr("aaab", "aab"), "aab");
    CHECK_INT(strspn("aabbc", "ab"), 4);
    CHECK_INT(strcspn("hello", "lx"), 2);
    CHECK_STR(strpbrk(s, "ow"), "o world");
    CHECK(strpbrk(s, "xyz") == NULL);
}

static void tokens(void)
{
    char s[] = "  one, two,,three  ";

    CHECK_STR(strtok(s, " ,"), "one");
    CHECK_STR(strtok(NULL, " ,"), "two");
    CHECK_STR(strtok(NULL, " ,"), "three");
    CHECK(strtok(NULL, " ,") == NULL);
    CHECK(strtok(NULL, " ,") == NULL);
}

static void errors(void)
{
    CHECK_STR(strerror(0), "No error");
    CHECK_STR(strerror(ENOENT), "No such file or directory");
    CHECK_STR(strerror(EACCES), "Permission denied");
    CHECK_STR(strerror(EINVAL), "Invalid argument");
    CHECK_STR(strerror(ENOMEM), "Not enough space");
    CHECK_STR(strerror(9999), "Unknown error");
    errno = EEXIST;
    CHECK_STR(_strerror("mine"), "mine: File exists\n");
    CHECK_STR(_strerror(NULL), "File exists\n");
}

static void wide(void)
{
    wchar_t a[32];
    char n[32];

    CHECK_INT(wcslen(L"hello"), 5);
    CHECK(!wcscmp(wcscpy(a, L"abc"), L"abc"));
    CHECK(!wcscmp(wcscat(a, L"def"), L"abcdef"));
    CHECK_INT(sign(wcscmp(L"\xFFFF", L"\x0001")), 1);
    CHECK_INT(wcsncmp(L"abX", L"abY", 2), 0);
    CHECK(!wcscmp(wcschr(a, L'd'), L"def"));
    CHECK(!wcscmp(wcsrchr(L"a.b.c", L'.'), L".c"));
    CHECK(!wcscmp(wcsstr(a, L"cd"), L"cdef"));
    CHECK_INT(_wcsicmp(L"ABC", L"abc"), 0);
    CHECK_INT(_wcsnicmp(L"ABCx", L"abcy", 3), 0);
    CHECK_INT(wcstombs(n, L"narrow", sizeof(n)), 6);
    CHECK_STR(n, "narrow");
    CHECK_INT(wcstombs(NULL, L"narrow", 0), 6);
    errno = 0;
    CHECK_INT(wcstombs(n, L"\x20AC", sizeof(n)), (size_t)-1);
    CHECK_INT(errno, EILSEQ);
    CHECK_INT(mbstowcs(a, "wide", 32), 4);
    CHECK(!wcscmp(a, L"wide"));
    CHECK_INT(mbstowcs(a, "wide", 2), 2);
    CHECK_INT(mbstowcs(NULL, "wide", 0), 4);
    CHECK_INT(mbtowc(a, "x", 1), 1);
    CHECK_INT(a[0], 'x');
    CHECK_INT(mbtowc(a, "", 1), 0);
    CHECK_INT(wctomb(n, L'y'), 1);
    CHECK_INT(n[0], 'y');
    CHECK_INT(MB_CUR_MAX, 1);
}

/* Sums of the characters a class has, which is enough to find a wrong one. */
static int members(int(__cdecl *is)(int))
{
    int sum = 0;

    for (int c = -1; c < 256; c++)
        sum += is(c) ? c * c + 1 : 0;
    return sum;
}

static int expected(const char *set)
{
    int sum = 0;

    for (; *set; set++)
        sum += (unsigned char)*set * (unsigned char)*set + 1;
    return sum;
}

#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define PUNCT  "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

static void classes(void)
{
    CHECK_INT(members(isdigit), expected(DIGITS));
    CHECK_INT(members(isupper), expected(UPPER));
    CHECK_INT(members(islower), expected(LOWER));
    CHECK_INT(members(isalpha), expected(UPPER LOWER));
    CHECK_INT(members(isalnum), expected(UPPER LOWER DIGITS));
    CHECK_INT(members(isxdigit), expected(DIGITS "ABCDEFabcdef"));
    CHECK_INT(members(ispunct), expected(PUNCT));
    CHECK_INT(members(isgraph), expected(UPPER LOWER DIGITS PUNCT));
    CHECK_INT(members(isprint), expected(UPPER LOWER DIGITS PUNCT " "));
    CHECK_INT(members(isspace), expected(" \t\n\v\f\r"));
    CHECK_INT(members(iscntrl), 127 * 127 + 1 + 31 * 32 * 63 / 6 + 32);
    CHECK_INT(toupper('q'), 'Q');
    CHECK_INT(toupper('Q'), 'Q');
    CHECK_INT(tolower('Q'), 'q');
    CHECK_INT(tolower('1'), '1');
    CHECK_INT(tolower(EOF), EOF);
    CHECK(iswalpha(L'x') && !iswalpha(L'1'));
    CHECK(iswspace(L'\t') && !iswspace(L'x'));
    CHECK(iswdigit(L'5') && iswprint(L' ') && !iswprint(L'\n'));
    CHECK_INT(towupper(L'x'), L'X');
    CHECK_INT(towlower(L'X'), L'x');
}

int main(void)
{
    copying();
    large_copies();
    comparing();
    searching();
    tokens();
    errors();
    wide();
    classes();
    return check_done();
}
