/*
 * Consoles: their modes, and text by way of them. With a word the program is the half of a test of
 * tests/system/test_programs.py: it reads its input in some mode, or has something to say to who
 * debugs.
 */
#include <windows.h>
#include "crt/check.h"

static HANDLE in, out;

static DWORD mode_of(HANDLE console)
{
    DWORD mode = 0xBAD;

    CHECK_INT(GetConsoleMode(console, &mode), TRUE);
    return mode;
}

static void modes(void)
{
    DWORD mode = mode_of(in);

    CHECK_INT(mode, ENABLE_LINE_INPUT);
    CHECK_INT(SetConsoleMode(in, mode | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT), TRUE);
    CHECK_INT(mode_of(in), ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT);
    CHECK_INT(SetConsoleMode(in, ENABLE_ECHO_INPUT), FALSE); /* not without lines */
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(SetConsoleMode(in, ENABLE_MOUSE_INPUT), FALSE);
    CHECK_INT(SetConsoleMode(in, 0), TRUE);
    CHECK_INT(mode_of(in), 0);
    CHECK_INT(SetConsoleMode(in, mode), TRUE);
    mode = mode_of(out);
    CHECK_INT(mode, ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT);
    CHECK_INT(SetConsoleMode(out, mode | 4), TRUE); /* escape sequences of terminals */
    CHECK_INT(mode_of(out), mode | 4);
    CHECK_INT(SetConsoleMode(out, 0), FALSE);
    CHECK_INT(SetConsoleMode(out, mode), TRUE);
    CHECK_INT(mode_of(GetStdHandle(STD_ERROR_HANDLE)), mode);
}

static void others_are_none(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), file;
    char name[MAX_PATH];
    DWORD mode;

    GetModuleFileNameA(NULL, name, sizeof(name));
    file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK_INT(GetConsoleMode(file, &mode), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(SetConsoleMode(file, 0), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(GetConsoleMode(event, &mode), FALSE);
    CHECK_INT(GetConsoleMode(NULL, &mode), FALSE);
    CloseHandle(file);
    CloseHandle(event);
}

static void text(void)
{
    DWORD done = 0;

    CHECK_INT(WriteConsoleA(out, "# a\n", 4, &done, NULL), TRUE);
    CHECK_INT(done, 4);
    CHECK_INT(WriteConsoleW(out, L"# w\n", 4, &done, NULL), TRUE);
    CHECK_INT(done, 4);
}

/* What each read gives, until the input is over. */
static int show_reads(DWORD mode)
{
    char buffer[100];
    DWORD done;

    if (!SetConsoleMode(in, mode))
        return 1;
    while (ReadFile(in, buffer, sizeof(buffer), &done, NULL) && done) {
        printf("[%.*s]", (int)done, buffer);
        fflush(stdout);
    }
    printf("\n");
    return 0;
}

static int debug(void)
{
    char line[251];

    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = 0;
    OutputDebugStringA("first\r\n\r\nPROGRAM EXIT 0x00000007\nlast");
    OutputDebugStringW(L"\x20AC\x1B[2J");
    OutputDebugStringA("");
    OutputDebugStringA(line);
    return 0;
}

int main(int count, char **words)
{
    in = GetStdHandle(STD_INPUT_HANDLE);
    out = GetStdHandle(STD_OUTPUT_HANDLE);
    if (count > 1)
        return strcmp(words[1], "debug") ? show_reads((DWORD)atoi(words[1])) : debug();
    modes();
    others_are_none();
    text();
    return check_done();
}
