/*
 * Folders, paths, searches, what is known of files; and what a read-only volume refuses.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "data.h"

#include <direct.h>
#include <errno.h>
#include <fcntl.h>
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

/* => HERE and the relative path REST. */
static const char *below(const char *here, const char *rest)
{
    static char path[_MAX_PATH];

    sprintf(path, "%s%s%s", here, here[strlen(here) - 1] == '\\' ? "" : "\\", rest);
    return path;
}

static void current_folder(void)
{
    char here[_MAX_PATH], there[_MAX_PATH], full[_MAX_PATH];
    char *made;

    CHECK(_getcwd(here, sizeof(here)) == here);
    CHECK_INT(_chdir("data/folder"), 0);
    CHECK_STR(_getcwd(there, sizeof(there)), below(here, "data\\folder"));
    CHECK_INT(_access("inside.txt", 0), 0);
    CHECK(_fullpath(full, "..\\folder\\.\\x", sizeof(full)) == full);
    CHECK_STR(full, below(here, "data\\folder\\x"));
    CHECK(_fullpath(full, "..\\..\\..\\..\\x", sizeof(full)) == full);
    CHECK_INT(_chdir(".."), 0);
    CHECK_INT(_access("text.txt", 0), 0);
    CHECK_INT(_chdir("text.txt"), -1);
    errno = 0;
    CHECK_INT(_chdir("no such folder"), -1);
    CHECK_INT(errno, ENOENT);
    made = _getcwd(NULL, 0);
    CHECK_STR(made, below(here, "data"));
    free(made);
    errno = 0;
    CHECK(_getcwd(full, 3) == NULL);
    CHECK_INT(errno, ERANGE);
    CHECK(_fullpath(full, "x", 3) == NULL);
    made = _fullpath(NULL, "x", 0);
    CHECK_STR(made, below(here, "data\\x"));
    free(made);
    CHECK_INT(_chdir(here), 0);
    CHECK_INT(_access(DATA "text.txt", 0), 0);
}

/* The three files of growing size. */
static void searches(void)
{
    struct _finddata_t data;
    struct _wfinddata_t wide_data;
    intptr_t search = _findfirst(DATA "find-*.tmp", &data);
    int count = 0;
    int size = 0;

    CHECK(search != -1);
    if (search == -1)
        return;
    do {
        count++;
        size += (int)data.size;
        CHECK(!strncmp(data.name, "find-", 5));
        CHECK_INT(data.attrib & _A_SUBDIR, 0);
        CHECK_INT(data.time_write, DATA_WRITTEN);
    } while (_findnext(search, &data) == 0);
    CHECK_INT(errno, ENOENT);
    CHECK_INT(count, 3);
    CHECK_INT(size, 6);
    CHECK_INT(_findclose(search), 0);
    errno = 0;
    CHECK_INT(_findfirst(DATA "find-*.none", &data), -1);
    CHECK_INT(errno, ENOENT);
    errno = 0;
    CHECK_INT(_findfirst("no such folder\\*", &data), -1);
    CHECK_INT(errno, ENOENT);
    search = _findfirst("data", &data);
    CHECK(search != -1);
    CHECK_STR(data.name, "data");
    CHECK_INT(data.attrib & _A_SUBDIR, _A_SUBDIR);
    CHECK_INT(_findnext(search, &data), -1);
    CHECK_INT(_findclose(search), 0);
    search = _wfindfirst(L"data\\find-2.*", &wide_data);
    CHECK(search != -1);
    CHECK(!wcscmp(wide_data.name, L"find-2.tmp"));
    CHECK_INT(wide_data.size, 3);
    CHECK_INT(_findclose(search), 0);
}

/* All that is in a folder, itself and its parent among it. */
static void listing(void)
{
    struct __finddata64_t data;
    intptr_t search = _findfirst64(DATA "folder\\*", &data);
    int files = 0;
    int folders = 0;

    CHECK(search != -1);
    if (search == -1)
        return;
    do {
        if (data.attrib & _A_SUBDIR)
            folders += !strcmp(data.name, ".") || !strcmp(data.name, "..");
        else
            files += !strcmp(data.name, "inside.txt") && data.size == 6;
    } while (_findnext64(search, &data) == 0);
    CHECK_INT(files, 1);
    CHECK_INT(folders, 2);
    CHECK_INT(_findclose(search), 0);
}

static void statuses(void)
{
    struct _stat64 large;
    struct _stat status;
    int fd;

    CHECK_INT(_stat(DATA "digits.txt", &status), 0);
    CHECK_INT(status.st_size, 10);
    CHECK_INT(status.st_mode & _S_IFMT, _S_IFREG);
    CHECK_INT(status.st_mode & (_S_IREAD | _S_IWRITE | _S_IEXEC), _S_IREAD | _S_IWRITE);
    CHECK_INT(status.st_mtime, DATA_WRITTEN);
    CHECK_INT(status.st_nlink, 1);
    CHECK_INT(_stat64(DATA "large.bin", &large), 0);
    CHECK_INT(large.st_size, 20000);
    CHECK_INT(_stat(_pgmptr, &status), 0);
    CHECK_INT(status.st_mode & _S_IEXEC, _S_IEXEC);
    CHECK_INT(_stat("data", &status), 0);
    CHECK_INT(status.st_mode & _S_IFMT, _S_IFDIR);
    CHECK_INT(_stat("\\", &status), 0);
    CHECK_INT(status.st_mode & _S_IFMT, _S_IFDIR);
    CHECK_INT(_wstat(L"data\\find-1.tmp", &status), 0);
    CHECK_INT(status.st_size, 2);
    errno = 0;
    CHECK_INT(_stat(DATA "no such file", &status), -1);
    CHECK_INT(errno, ENOENT);
    fd = _open(DATA "find-2.tmp", _O_RDONLY);
    CHECK_INT(_fstat(fd, &status), 0);
    CHECK_INT(status.st_size, 3);
    CHECK_INT(status.st_mode & _S_IFMT, _S_IFREG);
    CHECK_INT(status.st_mtime, DATA_WRITTEN);
    CHECK_INT(_close(fd), 0);
    errno = 0;
    CHECK_INT(_fstat(fd, &status), -1);
    CHECK_INT(errno, EBADF);
}

/* => errno if the call that gave RESULT failed with -1; else 0. */
static int failure(int result)
{
    int error = errno;

    errno = 0;
    return result == -1 ? error : 0;
}

/* A write-protected volume has no right for anyone to change it; what is wrong otherwise comes
 * first. */
static void refusals(void)
{
    errno = 0;
    CHECK_INT(failure(_mkdir("new")), EACCES);
    CHECK_INT(failure(_mkdir("data")), EEXIST);
    CHECK_INT(failure(_mkdir("no such folder\\new")), ENOENT);
    CHECK_INT(failure(_rmdir(DATA "folder")), EACCES);
    CHECK_INT(failure(_rmdir("no such folder")), ENOENT);
    CHECK_INT(failure(remove(DATA "text.txt")), EACCES);
    CHECK_INT(failure(_unlink("data")), EACCES);
    CHECK_INT(failure(remove("no such file")), ENOENT);
    CHECK_INT(failure(_wremove(L"no such file")), ENOENT);
    CHECK_INT(failure(rename(DATA "text.txt", DATA "new")), EACCES);
    CHECK_INT(failure(rename("no such file", "new")), ENOENT);
    CHECK_INT(failure(_chmod(DATA "text.txt", _S_IREAD)), EACCES);
    CHECK_INT(failure(_chmod("no such file", _S_IREAD)), ENOENT);
    CHECK_INT(failure(_access("no such file", 0)), ENOENT);
    CHECK_INT(failure(_access("no such folder\\file", 4)), ENOENT);
    CHECK_INT(failure(_waccess(L"data\\text.txt", 4)), 0);
    CHECK_INT(_access(DATA "text.txt", 0), 0);
}

static void temporary(void)
{
    char first[L_tmpnam + 16];

    CHECK(tmpnam(first) == first);
    CHECK(_access(first, 0) == -1);
    CHECK(strcmp(first, tmpnam(NULL)) != 0);
    errno = 0;
    CHECK(tmpfile() == NULL);
    CHECK_INT(errno, EACCES);
    _putenv("TMP=.");
    CHECK(tmpfile() == NULL);
}

int main(void)
{
    fclose(open_data("text.txt", "r"));
    parts();
    current_folder();
    searches();
    listing();
    statuses();
    refusals();
    temporary();
    return check_done();
}
