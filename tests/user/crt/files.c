/*
 * Streams and descriptors on files: modes, text translation, positions, buffers, errors.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <wchar.h>

#define NAME "files.tmp"

/* Writes SIZE bytes as the whole of the file, untranslated. */
static void put_file(const char *data, int size)
{
    FILE *file = fopen(NAME, "wb");

    fwrite(data, 1, (size_t)size, file);
    fclose(file);
}

/* The whole file, untranslated, as a string. */
static const char *get_file(void)
{
    static char data[20000];
    FILE *file = fopen(NAME, "rb");
    size_t size;

    if (!file)
        return NULL;
    size = fread(data, 1, sizeof(data) - 1, file);
    data[size] = '\0';
    fclose(file);
    return data;
}

static void text_mode(void)
{
    FILE *file = fopen(NAME, "w");
    char line[32];

    CHECK_INT(fprintf(file, "one\ntwo\r\n\n"), 10);
    CHECK_INT(ftell(file), 13);
    CHECK_INT(fclose(file), 0);
    CHECK_STR(get_file(), "one\r\ntwo\r\r\n\r\n");
    put_file("a\r\nb\nc\rd\r\r\ne\x1Aignored", 22);
    file = fopen(NAME, "r");
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
    fclose(file);
    put_file("x\r", 2);
    file = fopen(NAME, "r");
    CHECK_INT(fgetc(file), 'x');
    CHECK_INT(fgetc(file), '\r');
    CHECK_INT(fgetc(file), EOF);
    fclose(file);
}

static void binary_mode(void)
{
    char data[8] = "";
    FILE *file;

    put_file("a\r\n\x1A\0z", 6);
    file = fopen(NAME, "rb");
    CHECK_INT(fread(data, 1, 8, file), 6);
    CHECK(!memcmp(data, "a\r\n\x1A\0z", 6));
    CHECK(feof(file) && !ferror(file));
    rewind(file);
    CHECK(!feof(file));
    CHECK_INT(fread(data, 4, 2, file), 1);
    CHECK_INT(ftell(file), 6);
    fclose(file);
}

static void modes(void)
{
    FILE *file;
    char line[32] = "";

    remove(NAME);
    errno = 0;
    CHECK(fopen(NAME, "r") == NULL);
    CHECK_INT(errno, ENOENT);
    errno = 0;
    CHECK(fopen(NAME, "q") == NULL);
    CHECK_INT(errno, EINVAL);
    put_file("12345", 5);
    file = fopen(NAME, "a");
    fputs("67", file);
    fclose(file);
    CHECK_STR(get_file(), "1234567");
    file = fopen(NAME, "r+");
    fputs("ab", file);
    CHECK_INT(fseek(file, 0, SEEK_CUR), 0);
    CHECK_STR(fgets(line, sizeof(line), file), "34567");
    CHECK_INT(fseek(file, -1, SEEK_END), 0);
    fputc('!', file);
    fclose(file);
    CHECK_STR(get_file(), "ab3456!");
    file = fopen(NAME, "a+");
    CHECK_INT(fgetc(file), 'a');
    fseek(file, 0, SEEK_SET);
    fputs("++", file);
    fclose(file);
    CHECK_STR(get_file(), "ab3456!++");
    file = fopen(NAME, "w+");
    fputs("new", file);
    rewind(file);
    CHECK_STR(fgets(line, sizeof(line), file), "new");
    fclose(file);
    file = fopen(NAME, "r");
    CHECK_INT(fputc('x', file), EOF);
    CHECK(ferror(file));
    clearerr(file);
    CHECK(!ferror(file));
    fclose(file);
    file = fopen(NAME, "w");
    CHECK_INT(fgetc(file), EOF);
    CHECK(ferror(file));
    fclose(file);
}

static void characters(void)
{
    char line[4];
    FILE *file;

    put_file("abc\r\ndefgh", 10);
    file = fopen(NAME, "r");
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
    fclose(file);
}

/* More than buffers hold, in pieces of many sizes, and positions within it. */
static void large(void)
{
    static char data[20000], back[20000];
    FILE *file = fopen(NAME, "wb+");
    size_t done = 0;
    fpos_t position;

    for (int i = 0; i < 20000; i++)
        data[i] = (char)(i * 13 / 7);
    for (size_t piece = 1; done < 20000; piece = piece * 3 + 1) {
        size_t size = piece < 20000 - done ? piece : 20000 - done;

        done += fwrite(data + done, 1, size, file);
    }
    CHECK_INT(done, 20000);
    CHECK_INT(ftell(file), 20000);
    rewind(file);
    CHECK_INT(fread(back, 1, 20000, file), 20000);
    CHECK(!memcmp(data, back, 20000));
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
    fclose(file);
}

/* Lines whose ends fall on all places of the buffers, read back by position. */
static void text_positions(void)
{
    static long starts[2000];
    FILE *file = fopen(NAME, "w+");
    int wrong = 0;
    int number;

    for (int i = 0; i < 2000; i++) {
        starts[i] = ftell(file);
        fprintf(file, "%d %.*s\n", i, i % 11, "...........");
    }
    for (int i = 1999; i >= 0; i -= 7) {
        fseek(file, starts[i], SEEK_SET);
        wrong += fscanf(file, "%d", &number) != 1 || number != i;
    }
    CHECK_INT(wrong, 0);
    rewind(file);
    for (int i = 0; i < 2000; i++) {
        char line[32];

        wrong += ftell(file) != starts[i];
        wrong += !fgets(line, sizeof(line), file) || atoi(line) != i;
    }
    CHECK_INT(wrong, 0);
    fclose(file);
}

static void buffers(void)
{
    static char buffer[100];
    FILE *file = fopen(NAME, "w");

    fputs("held back", file);
    CHECK_STR(get_file(), "");
    CHECK_INT(fflush(file), 0);
    CHECK_STR(get_file(), "held back");
    fclose(file);
    file = fopen(NAME, "w");
    CHECK_INT(setvbuf(file, NULL, _IONBF, 0), 0);
    fputs("at once", file);
    CHECK_STR(get_file(), "at once");
    fclose(file);
    file = fopen(NAME, "w");
    CHECK_INT(setvbuf(file, buffer, _IOFBF, sizeof(buffer)), 0);
    fputs("mine", file);
    CHECK_STR(get_file(), "");
    CHECK(!memcmp(buffer, "mine", 4));
    CHECK_INT(fflush(NULL), 0);
    CHECK_STR(get_file(), "mine");
    fclose(file);
    CHECK_INT(setvbuf(stdout, NULL, 99, 0), -1);
}

static void descriptors(void)
{
    char data[32] = "";
    struct _stat status;
    int fd = _open(NAME, _O_CREAT | _O_TRUNC | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE);
    int second;

    CHECK(fd >= 3);
    CHECK_INT(_write(fd, "0123456789", 10), 10);
    CHECK_INT(_lseek(fd, 4, SEEK_SET), 4);
    CHECK_INT(_read(fd, data, 3), 3);
    CHECK_STR(data, "456");
    CHECK_INT(_tell(fd), 7);
    CHECK_INT(_filelength(fd), 10);
    CHECK_INT(_isatty(fd), 0);
    second = _dup(fd);
    CHECK(second > fd);
    CHECK_INT(_tell(second), 7);
    CHECK_INT(_setmode(fd, _O_TEXT), _O_BINARY);
    CHECK_INT(_setmode(fd, _O_BINARY), _O_TEXT);
    CHECK_INT(_close(fd), 0);
    errno = 0;
    CHECK_INT(_close(fd), -1);
    CHECK_INT(errno, EBADF);
    CHECK_INT(_write(second, "x", 1), 1);
    CHECK_INT(_close(second), 0);
    CHECK_INT(_stat(NAME, &status), 0);
    CHECK_INT(status.st_size, 10);
    CHECK((status.st_mode & _S_IFMT) == _S_IFREG);
    CHECK(status.st_mtime > 1500000000);
    errno = 0;
    CHECK_INT(_open(NAME, _O_CREAT | _O_EXCL | _O_WRONLY, _S_IWRITE), -1);
    CHECK_INT(errno, EEXIST);
    errno = 0;
    CHECK_INT(_open("no such file", _O_RDONLY), -1);
    CHECK_INT(errno, ENOENT);
    CHECK_INT(_access(NAME, 0), 0);
    CHECK_INT(_access("no such file", 0), -1);
}

static void reopening(void)
{
    FILE *file = fopen(NAME, "w");
    char line[16];
    int fd;

    fputs("first", file);
    file = freopen(NAME, "r", file);
    CHECK(file != NULL);
    CHECK_STR(fgets(line, sizeof(line), file), "first");
    fclose(file);
    fd = _open(NAME, _O_RDONLY);
    file = _fdopen(fd, "r");
    CHECK(file != NULL);
    CHECK_INT(_fileno(file), fd);
    CHECK_INT(fgetc(file), 'f');
    fclose(file);
    CHECK_INT(_close(fd), -1);
    file = _wfopen(L"files.tmp", L"w");
    CHECK(file != NULL);
    CHECK(fwprintf(file, L"%s %d\n", L"wide", 5) == 7);
    CHECK_INT(fputws(L"line", file) >= 0, 1);
    fclose(file);
    CHECK_STR(get_file(), "wide 5\r\nline");
    file = fopen(NAME, "rb");
    CHECK_INT(fgetwc(file), 'w' | 'i' << 8);
    fclose(file);
}

static void names(void)
{
    remove("files2.tmp");
    CHECK_INT(rename(NAME, "files2.tmp"), 0);
    CHECK_INT(_access(NAME, 0), -1);
    CHECK_INT(remove("files2.tmp"), 0);
    errno = 0;
    CHECK_INT(remove("files2.tmp"), -1);
    CHECK_INT(errno, ENOENT);
}

/* Many streams at a time, each with its own data. */
static void many(void)
{
    FILE *files[60];
    char name[32];
    int wrong = 0;

    for (int i = 0; i < 60; i++) {
        sprintf(name, "files-%d.tmp", i);
        files[i] = fopen(name, "w+");
        wrong += !files[i];
        fprintf(files[i], "%d", i);
    }
    for (int i = 0; i < 60; i++) {
        int number = -1;

        rewind(files[i]);
        wrong += fscanf(files[i], "%d", &number) != 1 || number != i;
        fclose(files[i]);
        sprintf(name, "files-%d.tmp", i);
        remove(name);
    }
    CHECK_INT(wrong, 0);
}

int main(void)
{
    text_mode();
    binary_mode();
    modes();
    characters();
    large();
    text_positions();
    buffers();
    descriptors();
    reopening();
    names();
    many();
    return check_done();
}
