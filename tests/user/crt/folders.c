/*
 * Folders, paths, searches, what is known of files, temporary files.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "check.h"

#include <direct.h>
#include <errno.h>
#include <io.h>
#include <sys/stat.h>
#include <wchar.h>

static void parts(void)
{
    char drive[_MAX_DRIVE], folder[_MAX_DIR], name[_MAX_FNAME], extension[_MAX_EXT];
    char path[_MAX_PATH];

    _splitpath("c:\\dir\\sub.x\\file.tar.gz", drive, folder, name, extension);
    CHECK_STR(drive, "c:");
    CHECK_STR(folder, "\\dir\\sub.x\\");
    CHECK_STR(name, "file.tar");
    CHECK_STR(extension, ".gz");
    _splitpath("plain", drive, folder, name, extension);
    CHECK_STR(drive, "");
    CHECK_STR(folder, "");
    CHECK_STR(name, "plain");
    CHECK_STR(extension, "");
    _makepath(path, "d", "one\\two", "file", "c");
    CHECK_STR(path, "d:one\\two\\file.c");
    _makepath(path, NULL, "", "file", ".c");
    CHECK_STR(path, "file.c");
}

static void folders(void)
{
    char here[_MAX_PATH], full[_MAX_PATH], expected[_MAX_PATH];
    struct _stat status;
    FILE *file;

    CHECK(_getcwd(here, sizeof(here)) == here);
    CHECK_INT(_mkdir("folders.tmp"), 0);
    errno = 0;
    CHECK_INT(_mkdir("folders.tmp"), -1);
    CHECK_INT(errno, EEXIST);
    CHECK_INT(_stat("folders.tmp", &status), 0);
    CHECK((status.st_mode & _S_IFMT) == _S_IFDIR);
    CHECK_INT(_chdir("folders.tmp"), 0);
    CHECK(_fullpath(full, "..\\folders.tmp\\x", sizeof(full)) == full);
    sprintf(expected, "%s%sfolders.tmp\\x", here, here[strlen(here) - 1] == '\\' ? "" : "\\");
    CHECK_STR(full, expected);
    file = fopen("inside", "w");
    fputs("12345", file);
    fclose(file);
    CHECK_INT(_chdir(".."), 0);
    CHECK_INT(_rmdir("folders.tmp"), -1);
    CHECK_INT(remove("folders.tmp\\inside"), 0);
    CHECK_INT(_rmdir("folders.tmp"), 0);
    CHECK_INT(_chdir("folders.tmp"), -1);
}

static void searches(void)
{
    struct _finddata_t data;
    struct _wfinddata_t wide_data;
    intptr_t search;
    int count = 0;
    int size = 0;

    for (int i = 0; i < 3; i++) {
        char name[32];
        FILE *file;

        sprintf(name, "find-%d.tmp", i);
        file = fopen(name, "wb");
        fwrite("0123456789", 1, (size_t)i + 1, file);
        fclose(file);
    }
    search = _findfirst("find-*.tmp", &data);
    CHECK(search != -1);
    do {
        count++;
        size += (int)data.size;
        CHECK(!strncmp(data.name, "find-", 5));
    } while (_findnext(search, &data) == 0);
    CHECK_INT(errno, ENOENT);
    CHECK_INT(count, 3);
    CHECK_INT(size, 6);
    CHECK_INT(_findclose(search), 0);
    errno = 0;
    CHECK_INT(_findfirst("find-*.none", &data), -1);
    CHECK_INT(errno, ENOENT);
    search = _wfindfirst(L"find-2.*", &wide_data);
    CHECK(search != -1);
    CHECK(!wcscmp(wide_data.name, L"find-2.tmp"));
    _findclose(search);
    for (int i = 0; i < 3; i++) {
        char name[32];

        sprintf(name, "find-%d.tmp", i);
        CHECK_INT(remove(name), 0);
    }
}

static void statuses(void)
{
    struct _stat64 large;
    struct _stat status;
    FILE *file = fopen("status.tmp", "wb+");

    fputs("123456", file);
    fflush(file);
    CHECK_INT(_fstat(_fileno(file), &status), 0);
    CHECK_INT(status.st_size, 6);
    CHECK_INT(_chsize(_fileno(file), 3), 0);
    CHECK_INT(_filelength(_fileno(file)), 3);
    CHECK_INT(_commit(_fileno(file)), 0);
    fclose(file);
    CHECK_INT(_stat64("status.tmp", &large), 0);
    CHECK_INT(large.st_size, 3);
    CHECK_INT(large.st_mode & _S_IWRITE, _S_IWRITE);
    CHECK_INT(_chmod("status.tmp", _S_IREAD), 0);
    CHECK_INT(_stat("status.tmp", &status), 0);
    CHECK_INT(status.st_mode & _S_IWRITE, 0);
    errno = 0;
    CHECK_INT(_access("status.tmp", 2), -1);
    CHECK_INT(errno, EACCES);
    CHECK_INT(_chmod("status.tmp", _S_IREAD | _S_IWRITE), 0);
    CHECK_INT(remove("status.tmp"), 0);
    CHECK_INT(_stat("status.tmp", &status), -1);
}

static void temporary(void)
{
    char first[L_tmpnam + 16];
    FILE *file;
    char line[16] = "";

    CHECK(tmpnam(first) == first);
    CHECK(_access(first, 0) == -1);
    CHECK(strcmp(first, tmpnam(NULL)) != 0);
    _putenv("TMP=.");
    file = tmpfile();
    CHECK(file != NULL);
    if (file) {
        fputs("gone soon", file);
        rewind(file);
        CHECK_STR(fgets(line, sizeof(line), file), "gone soon");
        CHECK_INT(fclose(file), 0);
    }
}

int main(void)
{
    parts();
    folders();
    searches();
    statuses();
    temporary();
    return check_done();
}
