/*
 * Streams on files: modes, text translation, positions, buffers, errors. The files
 * are only read; what is written goes to NUL, which keeps nothing, by a buffer that can be looked
 * at.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "data.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <wchar.h>

static void text_mode(void)
{
    FILE *file = open_data("text.txt", "r");
    char line[32];

    CHECK_STR(fgets(line, sizeof(line), file), "a\n");
    CHECK_INT(ftell(file), 3);
    CHECK_STR(fgets(line, sizeof(line), file), "b\n");
    CHECK_INT(ftell(file), 5);
    CHECK_STR(fgets(line, sizeof(line), file), "c\rd\r\n");
    CHECK_INT(ftell(file), 11);
    CHECK_STR(fgets(line, sizeof(line), file), "e");
    CHECK(feof(file));
    CHECK_INT(fgetc(file), EOF);
    CHECK_INT(fseek(file, 5, SEEK_SET), 0);
    CHECK(!feof(file));
    CHECK_INT(fgetc(file), 'c');
    CHECK_INT(fclose(file), 0);
    file = open_data("return.txt", "rt");
    CHECK_INT(fgetc(file), 'x');
    CHECK_INT(fgetc(file), '\r');
    CHECK_INT(fgetc(file), EOF);
    fclose(file);
    file = open_data("empty.txt", "r");
    CHECK(fgets(line, sizeof(line), file) == NULL);
    CHECK(feof(file) && !ferror(file));
    CHECK_INT(ftell(file), 0);
    fclose(file);
}

static void binary_mode(void)
{
    char data[8] = "";
    FILE *file = open_data("binary.bin", "rb");

    CHECK_INT(fread(data, 1, 8, file), 6);
    CHECK(!memcmp(data, "a\r\n\x1A\0z", 6));
    CHECK(feof(file) && !ferror(file));
    rewind(file);
    CHECK(!feof(file));
    CHECK_INT(fread(data, 4, 2, file), 1);
    CHECK_INT(ftell(file), 6);
    CHECK_INT(fread(data, 1, 0, file), 0);
    CHECK_INT(fread(data, 0, 1, file), 0);
    fclose(file);
}

/* Opening PATH as MODE says must fail. => errno. */
static int error_of(const char *path, const char *mode)
{
    FILE *file;

    errno = 0;
    file = fopen(path, mode);
    if (file)
        fclose(file);
    return file ? -1 : errno;
}

static void modes(void)
{
    CHECK_INT(error_of(DATA "no such file", "r"), ENOENT);
    CHECK_INT(error_of("no such folder\\file", "r"), ENOENT);
    CHECK_INT(error_of(DATA "no such file", "r+"), ENOENT);
    CHECK_INT(error_of(DATA "digits.txt", "q"), EINVAL);
    CHECK_INT(error_of(DATA "folder", "r"), EACCES);
    CHECK_INT(error_of(DATA "digits.txt", "w"), EACCES);
    CHECK_INT(error_of(DATA "digits.txt", "r+"), EACCES);
    CHECK_INT(error_of(DATA "digits.txt", "ab"), EACCES);
    CHECK_INT(error_of(DATA "digits.txt", "a+"), EACCES);
    CHECK_INT(error_of(DATA "digits.txt", "w+b"), EACCES);
    CHECK_INT(error_of(DATA "new file", "w"), EACCES);
    CHECK_INT(error_of(DATA "new file", "a"), EACCES);
    CHECK_INT(error_of("no such folder\\file", "w"), ENOENT);
    CHECK_INT(error_of(DATA "digits.txt", "rbS"), -1);
    CHECK_INT(error_of("DATA/Digits.TXT", "r"), -1);
    CHECK_INT(error_of(".\\data\\..\\data\\folder\\inside.txt", "r"), -1);
}

/* A stream does what it was opened for only. */
static void directions(void)
{
    FILE *file = open_data("digits.txt", "r");

    CHECK_INT(fputc('x', file), EOF);
    CHECK(ferror(file));
    clearerr(file);
    CHECK(!ferror(file));
    CHECK_INT(fgetc(file), '0');
    fclose(file);
    file = fopen("NUL", "w");
    CHECK(file != NULL);
    if (!file)
        return;
    CHECK_INT(fgetc(file), EOF);
    CHECK(ferror(file));
    CHECK_INT(fclose(file), 0);
    file = fopen("NUL", "r+");
    CHECK(file != NULL);
    if (!file)
        return;
    CHECK_INT(fgetc(file), EOF);
    CHECK(feof(file) && !ferror(file));
    CHECK(fputs("any", file) >= 0);
    CHECK_INT(fclose(file), 0);
}

static void characters(void)
{
    char line[4];
    FILE *file = open_data("lines.txt", "r");

    CHECK_INT(ungetc('x', file), 'x');
    CHECK_INT(getc(file), 'x');
    CHECK_INT(getc(file), 'a');
    CHECK_INT(ungetc('y', file), 'y');
    CHECK_STR(fgets(line, 4, file), "ybc");
    CHECK_STR(fgets(line, 4, file), "\n");
    CHECK_STR(fgets(line, 4, file), "def");
    CHECK_STR(fgets(line, 4, file), "gh");
    CHECK(fgets(line, 4, file) == NULL);
    CHECK_INT(ungetc(EOF, file), EOF);
    CHECK_INT(ungetc('z', file), 'z');
    CHECK(!feof(file));
    CHECK_INT(fgetc(file), 'z');
    CHECK_INT(fseek(file, 1, SEEK_SET), 0);
    CHECK_INT(ungetc('z', file), 'z');
    CHECK_INT(fseek(file, 1, SEEK_SET), 0); /* what was put back is forgotten */
    CHECK_INT(fgetc(file), 'b');
    fclose(file);
}

/* More than buffers hold, in pieces of many sizes, and positions within it. */
static void large(void)
{
    static char data[20000], back[20000];
    FILE *file = open_data("large.bin", "rb");
    size_t done = 0;
    fpos_t position;

    for (int i = 0; i < 20000; i++)
        data[i] = (char)(i * 13 / 7);
    for (size_t piece = 1; done < 20000; piece = piece * 3 + 1) {
        size_t got = fread(back + done, 1, piece < 20000 - done ? piece : 20000 - done, file);

        if (!got)
            break;
        done += got;
    }
    CHECK_INT(done, 20000);
    CHECK(!memcmp(data, back, 20000));
    CHECK_INT(ftell(file), 20000);
    CHECK_INT(fgetc(file), EOF);
    CHECK_INT(fseek(file, 12345, SEEK_SET), 0);
    CHECK_INT(fgetc(file), (unsigned char)data[12345]);
    CHECK_INT(fseek(file, -346, SEEK_CUR), 0);
    CHECK_INT(ftell(file), 12000);
    CHECK_INT(fgetpos(file, &position), 0);
    CHECK_INT(fread(back, 100, 50, file), 50);
    CHECK(!memcmp(data + 12000, back, 5000));
    CHECK_INT(fsetpos(file, &position), 0);
    CHECK_INT(fgetc(file), (unsigned char)data[12000]);
    CHECK_INT(fseek(file, -1, SEEK_SET), -1);
    CHECK_INT(fseek(file, -1, SEEK_END), 0);
    CHECK_INT(fgetc(file), (unsigned char)data[19999]);
    CHECK_INT(ungetc('x', file), 'x');
    CHECK_INT(ftell(file), 19999);
    CHECK_INT(fgetc(file), 'x');
    CHECK_INT(ftell(file), 20000);
    CHECK_INT(fseek(file, 0, 3), -1);
    CHECK_INT(fseek(file, 30000, SEEK_SET), 0);
    CHECK_INT(fgetc(file), EOF);
    fclose(file);
}

/* Lines whose ends fall on all places of the buffer, in their order and by position. */
static void text_positions(FILE *file)
{
    static long starts[2000];
    int wrong = 0;
    int number;

    for (int i = 0; i < 2000; i++) {
        char line[32];

        starts[i] = ftell(file);
        wrong += !fgets(line, sizeof(line), file) || atoi(line) != i;
        wrong += ftell(file) != starts[i] + (long)strlen(line) + 1;
    }
    CHECK_INT(wrong, 0);
    for (int i = 1999; i >= 0; i -= 7) {
        wrong += fseek(file, starts[i], SEEK_SET) != 0;
        wrong += fscanf(file, "%d", &number) != 1 || number != i;
    }
    CHECK_INT(wrong, 0);
    fclose(file);
}

/* The same, with buffers of any size. */
static void buffered_positions(void)
{
    static char buffer[100];
    FILE *file = open_data("numbers.txt", "r");

    text_positions(file);
    file = open_data("numbers.txt", "r");
    CHECK_INT(setvbuf(file, buffer, _IOFBF, 7), 0);
    text_positions(file);
    file = open_data("numbers.txt", "r");
    CHECK_INT(setvbuf(file, NULL, _IONBF, 0), 0);
    text_positions(file);
}

static void writing(void)
{
    static char buffer[100];
    FILE *file = fopen("NUL", "w");

    CHECK(file != NULL);
    if (!file)
        return;
    CHECK_INT(setvbuf(file, buffer, _IOFBF, sizeof(buffer)), 0);
    CHECK_INT(fprintf(file, "one\n%d", 2), 5);
    CHECK_STR(buffer, "one\n2");
    CHECK_INT(fputc('+', file), '+');
    CHECK_INT(fwrite("abc", 1, 3, file), 3);
    CHECK_STR(buffer, "one\n2+abc");
    CHECK_INT(fflush(file), 0);
    CHECK(fputs("new", file) >= 0);
    CHECK(!memcmp(buffer, "new\n", 4));
    CHECK_INT(fflush(NULL), 0);
    CHECK_INT(fwprintf(file, L"%s %d", L"wide", 5), 6);
    CHECK(!memcmp(buffer, "wide 5abc", 9));
    CHECK_INT(fclose(file), 0);
    CHECK_INT(setvbuf(stdout, NULL, 99, 0), -1);
}

/* => a stream for writing without a buffer, whose descriptor is only for reading. */
static FILE *open_refusing(void)
{
    FILE *file = _fdopen(_open(DATA "digits.txt", _O_RDONLY), "w");

    CHECK(file != NULL);
    if (file)
        CHECK_INT(setvbuf(file, NULL, _IONBF, 0), 0);
    return file;
}

/* What cannot be written is said to the caller at once when there is no buffer to keep it. */
static void failed_writing(void)
{
    FILE *file = open_refusing();

    if (!file)
        return;
    CHECK_INT(fwrite("abc", 1, 3, file), 0);
    CHECK(ferror(file));
    clearerr(file);
    CHECK_INT(fputs("abc", file), EOF);
    CHECK(ferror(file));
    CHECK_INT(fputs("", file), 0);
    CHECK_INT(fputc('a', file), EOF);
    CHECK_INT(fprintf(file, "%d", 12), -1);
    CHECK_INT(fputws(L"abc", file), WEOF);
    CHECK_INT(fwprintf(file, L"%d", 12), -1);
    CHECK_INT(_putw(5, file), EOF);
    fclose(file);
}

/* The same for what writes to stdout only. */
static void failed_output(void)
{
    static char buffer[BUFSIZ];
    int fd = _open(DATA "digits.txt", _O_RDONLY);
    int line, wide_line, print, wide_print, output;

    fflush(stdout);
    output = _dup(1);
    _dup2(fd, 1);
    setvbuf(stdout, NULL, _IONBF, 0);
    line = puts("line");
    wide_line = _putws(L"line");
    print = printf("%d", 1);
    wide_print = wprintf(L"%d", 1);
    _dup2(output, 1);
    clearerr(stdout);
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    CHECK_INT(line, EOF);
    CHECK_INT(wide_line, WEOF);
    CHECK_INT(print, -1);
    CHECK_INT(wide_print, -1);
    _close(output);
    _close(fd);
}

static void reopening(void)
{
    FILE *file = open_data("text.txt", "r");
    char line[16];
    int fd;

    CHECK_INT(fgetc(file), 'a');
    CHECK(freopen(DATA "digits.txt", "r", file) == file);
    CHECK_STR(fgets(line, sizeof(line), file), "0123456789");
    fclose(file);
    fd = _open(DATA "digits.txt", _O_RDONLY);
    file = _fdopen(fd, "r");
    CHECK(file != NULL);
    if (!file)
        return;
    CHECK_INT(_fileno(file), fd);
    CHECK_INT(fgetc(file), '0');
    fclose(file);
    CHECK_INT(_close(fd), -1);
}

/* In binary mode a file has wide characters; in text mode a byte is one. */
static void wide(void)
{
    wchar_t line[16];
    FILE *file = _wfopen(L"data\\wide.bin", L"rb");
    int number = 0;

    CHECK(file != NULL);
    if (!file)
        return;
    CHECK_INT(fgetwc(file), 'w');
    CHECK_INT(ungetwc('W', file), 'W');
    CHECK(fgetws(line, 16, file) == line);
    CHECK(!wcscmp(line, L"W\x20AC"
                        L"de\n"));
    CHECK_INT(fwscanf(file, L"line %d", &number), 1);
    CHECK_INT(number, 5);
    CHECK_INT(fgetwc(file), WEOF);
    fclose(file);
    file = open_data("lines.txt", "r");
    CHECK(fgetws(line, 16, file) == line);
    CHECK(!wcscmp(line, L"abc\n"));
    CHECK_INT(getwc(file), 'd');
    fclose(file);
}

/* As many as there may be, three of which are the standard streams; each has its own position. */
static void many(void)
{
    static FILE *files[512];
    int count = 0;
    int wrong = 0;

    errno = 0;
    while (count < 512 && (files[count] = fopen(DATA "large.bin", "rb")))
        count++;
    CHECK_INT(count, 512 - 3);
    CHECK_INT(errno, EMFILE);
    for (int i = 0; i < 60; i++)
        fseek(files[i], i * 7, SEEK_SET);
    for (int i = 0; i < 60; i++)
        wrong += fgetc(files[i]) != (i * 13 & 0xFF);
    for (int i = 0; i < count; i++)
        wrong += fclose(files[i]) != 0;
    CHECK_INT(wrong, 0);
}

int main(void)
{
    text_mode();
    binary_mode();
    modes();
    directions();
    characters();
    large();
    buffered_positions();
    writing();
    failed_writing();
    failed_output();
    reopening();
    wide();
    many();
    return check_done();
}
