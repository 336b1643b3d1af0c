/*
 * Text and what is made of it: encodings, messages, paths, environment, dates, command line.
 */
#include <windows.h>
#include "crt/check.h"

static void encodings(void)
{
    WCHAR wide[16];
    char bytes[16];
    BOOL replaced = FALSE;

    CHECK_INT(GetACP(), 1252);
    CHECK_INT(MultiByteToWideChar(CP_ACP, 0, "a\x80", -1, wide, 16), 3);
    CHECK_INT(wide[1], 0x20AC);
    CHECK_INT(MultiByteToWideChar(CP_UTF8, 0, "\xE2\x82\xAC", 3, NULL, 0), 1);
    CHECK_INT(MultiByteToWideChar(CP_UTF8, 0, "\xF0\x9F\x98\x80", 4, wide, 16), 2);
    CHECK_INT(wide[0], 0xD83D);
    CHECK_INT(wide[1], 0xDE00);
    CHECK_INT(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xFF", 1, wide, 16), 0);
    CHECK_INT(GetLastError(), ERROR_NO_UNICODE_TRANSLATION);
    CHECK_INT(MultiByteToWideChar(CP_UTF8, 0, "\xC0\x80", 2, wide, 16), 2);
    CHECK_INT(wide[0], 0xFFFD);
    CHECK_INT(MultiByteToWideChar(CP_ACP, 0, "abc", 3, wide, 2), 0);
    CHECK_INT(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    CHECK_INT(MultiByteToWideChar(12345, 0, "abc", 3, wide, 2), 0);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(WideCharToMultiByte(CP_ACP, 0, L"x\x3042", -1, bytes, 16, NULL, &replaced), 3);
    CHECK_STR(bytes, "x?");
    CHECK_INT(replaced, TRUE);
    CHECK_INT(WideCharToMultiByte(CP_UTF8, 0, L"\xD83D\xDE00", 2, bytes, 16, NULL, NULL), 4);
    CHECK_INT(memcmp(bytes, "\xF0\x9F\x98\x80", 4), 0);
    CHECK_INT(WideCharToMultiByte(CP_OEMCP, 0, L"\xE9", 1, bytes, 16, NULL, NULL), 1);
    CHECK_INT((unsigned char)bytes[0], 0x82);
    CHECK_INT(lstrcmpiA("Hello", "hELLO"), 0);
    CHECK_INT(lstrlenA(NULL), 0);
}

static void messages(void)
{
    char text[200], *allocated = NULL;
    DWORD_PTR arguments[] = {(DWORD_PTR) "one", 42, (DWORD_PTR) "three"};

    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                  ERROR_FILE_NOT_FOUND, 0, text, sizeof(text), NULL);
    CHECK_STR(text, "The system cannot find the file specified.\r\n");
    CHECK_INT(length, strlen(text));
    CHECK_INT(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 5, 0, text, 5, NULL), 0);
    CHECK_INT(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    CHECK_INT(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 0x12345, 0, text, 200, NULL), 0);
    CHECK_INT(GetLastError(), ERROR_MR_MID_NOT_FOUND);
    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY |
                             FORMAT_MESSAGE_ALLOCATE_BUFFER,
                         "%1 and %2!05u!, %3!10s!%n%%", 0, 0, (char *)&allocated, 0,
                         (va_list *)arguments) > 0);
    CHECK_STR(allocated, "one and 00042,      three\r\n%");
    CHECK(LocalFree(allocated) == NULL);
    FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 193, 0, text,
                   sizeof(text), NULL);
    CHECK_STR(text, "%1 is not a valid Win32 application.\r\n");
}

static void paths(void)
{
    char text[MAX_PATH], *part;

    SetCurrentDirectoryA("C:\\");
    CHECK_INT(GetFullPathNameA("a\\..\\b/.\\c.txt", MAX_PATH, text, &part), 10);
    CHECK_STR(text, "C:\\b\\c.txt");
    CHECK_STR(part, "c.txt");
    CHECK_INT(GetFullPathNameA("x", 3, text, NULL), 5);
    CHECK_INT(GetCurrentDirectoryA(MAX_PATH, text), 3);
    CHECK_STR(text, "C:\\");
    CHECK_INT(SetCurrentDirectoryA("C:\\no such place"), FALSE);
    GetFullPathNameA("D:y.z.", MAX_PATH, text, NULL);
    CHECK_STR(text, "D:\\y.z");
    GetFullPathNameA("nul", MAX_PATH, text, NULL);
    CHECK_STR(text, "\\\\.\\nul");
}

static void environment(void)
{
    char text[100];

    CHECK_INT(SetEnvironmentVariableA("TEXT_test", "value"), TRUE);
    CHECK_INT(GetEnvironmentVariableA("text_TEST", text, sizeof(text)), 5);
    CHECK_STR(text, "value");
    CHECK_INT(GetEnvironmentVariableA("TEXT_test", text, 3), 6);
    CHECK_INT(ExpandEnvironmentStringsA("<%TEXT_test%> %nothing%", text, sizeof(text)), 18);
    CHECK_STR(text, "<value> %nothing%");
    CHECK_INT(SetEnvironmentVariableA("TEXT_test", NULL), TRUE);
    CHECK_INT(GetEnvironmentVariableA("TEXT_test", text, sizeof(text)), 0);
    CHECK_INT(GetLastError(), ERROR_ENVVAR_NOT_FOUND);
    SetEnvironmentVariableA("TEXT_empty", "");
    SetLastError(1);
    CHECK_INT(GetEnvironmentVariableA("TEXT_empty", text, sizeof(text)), 0);
    CHECK_INT(GetLastError(), ERROR_SUCCESS);
    WCHAR *block = GetEnvironmentStringsW();
    CHECK(block != NULL);
    FreeEnvironmentStringsW(block);
}

/* Values that are too long for a path, or together for what there may be. */
static void long_values(void)
{
    static char value[20001], text[65536], path[MAX_PATH + 1];

    memset(value, 'x', sizeof(value) - 1);
    CHECK_INT(SetEnvironmentVariableA("TEXT_long", value), TRUE);
    CHECK_INT(ExpandEnvironmentStringsA("%TEXT_long%", text, sizeof(text)), 20001);
    CHECK_STR(text, value);
    SetLastError(0);
    CHECK_INT(ExpandEnvironmentStringsA("%TEXT_long%%TEXT_long%%TEXT_long%", text, sizeof(text)),
              0);
    CHECK_INT(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    SetEnvironmentVariableA("TEXT_long", NULL);
    SetEnvironmentVariableA("TEMP", NULL);
    SetEnvironmentVariableA("TMP", value);
    DWORD without = GetTempPathA(sizeof(path), path);
    CHECK_INT(without, strlen(path));
    CHECK(strchr(path, 'x') == NULL);
    SetEnvironmentVariableA("TMP", NULL);
}

static void dates(void)
{
    SYSTEMTIME system = {2000, 2, 0, 29, 12, 34, 56, 789}, back;
    FILETIME time;
    WORD date, clock;

    CHECK_INT(SystemTimeToFileTime(&system, &time), TRUE);
    CHECK_INT((LONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime, 125963012967890000ll);
    CHECK_INT(FileTimeToSystemTime(&time, &back), TRUE);
    CHECK_INT(back.wDayOfWeek, 2);
    CHECK_INT(back.wDay == 29 && back.wMonth == 2 && back.wMilliseconds == 789, 1);
    system.wDay = 30;
    CHECK_INT(SystemTimeToFileTime(&system, &time), FALSE);
    CHECK_INT(FileTimeToDosDateTime(&time, &date, &clock), TRUE);
    CHECK_INT(date, 20 << 9 | 2 << 5 | 29);
    CHECK_INT(clock, 12 << 11 | 34 << 5 | 28);
    GetSystemTime(&system);
    CHECK(system.wYear >= 2000);
    DWORD ticks = GetTickCount();
    Sleep(30);
    CHECK(GetTickCount() - ticks >= 15);
}

static void line(void)
{
    WCHAR wide[MAX_PATH * 2];
    const char *own = GetCommandLineA();

    MultiByteToWideChar(CP_ACP, 0, own, -1, wide, MAX_PATH * 2);
    CHECK_INT(lstrcmpW(wide, GetCommandLineW()), 0);
    CHECK(strstr(own, "text") != NULL);
}

int main(void)
{
    encodings();
    messages();
    paths();
    environment();
    long_values();
    dates();
    line();
    return check_done();
}
