/*
 * Names for temporary files, and files that go when they are closed.
 */
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <sys/stat.h>
#include "crt.h"

/* The name with the number NEXT: "\\s", the process, a dot, and the number. Room is for L_tmpnam.
 */
static void make_name(char *name, unsigned next)
{
    strcpy(name, "\\s");
    _ultoa((unsigned)_getpid(), name + strlen(name), 32);
    strcat(name, ".");
    _ultoa(next, name + strlen(name), 32);
}

/* => the name of a file that is not there, in the root; in NAME, or in a buffer of its own. */
char *__cdecl tmpnam(char *name)
{
    static char own[L_tmpnam + 8];
    static unsigned next;

    if (!name)
        name = own;
    _lock(CRT_LOCK_TEMPNAME);
    do
        make_name(name, next++);
    while (next <= TMP_MAX && _access(name, 0) == 0);
    _unlock(CRT_LOCK_TEMPNAME);
    return next <= TMP_MAX ? name : NULL;
}

/* In the folder that TMP names, else in the root. */
FILE *__cdecl tmpfile(void)
{
    const char *folder = getenv("TMP");
    char path[MAX_PATH + L_tmpnam + 8] = "";
    int fd = -1;
    FILE *stream;

    if (folder && strlen(folder) < MAX_PATH)
        strcpy(path, folder);
    do {
        if (!tmpnam(path + strlen(folder && *path ? folder : "")))
            return NULL;
        fd = _open(path, _O_CREAT | _O_EXCL | _O_RDWR | _O_BINARY | _O_TEMPORARY,
                   _S_IREAD | _S_IWRITE);
    } while (fd < 0 && errno == EEXIST);
    if (fd < 0)
        return NULL;
    stream = _fdopen(fd, "w+b");
    if (!stream)
        _close(fd);
    return stream;
}
