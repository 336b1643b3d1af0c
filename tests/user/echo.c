/* Copies its input to its output, in capital letters. */
#include <ctype.h>
#include <stdio.h>

int main(void)
{
    int c;

    while ((c = getchar()) != EOF)
        putchar(toupper(c));
    return 0;
}
