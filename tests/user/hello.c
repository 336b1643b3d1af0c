/* What every compiler's book begins with, and its arguments; ends with their number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char *copy = malloc(100000);

    if (!copy)
        return 100;
    strcpy(copy + 60000, "hello");
    printf("%s from a Win32 program\n", copy + 60000);
    for (int i = 1; i < argc; i++)
        printf("%d: %s\n", i, argv[i]);
    fprintf(stderr, "%d arguments\n", argc - 1);
    free(copy);
    exit(argc);
}
