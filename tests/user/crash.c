/* Ends by the exception that its argument names. */
#include <stdlib.h>
#include <windows.h>

static volatile int zero;
static int *volatile nowhere;

static int deeper(volatile char *above)
{
    volatile char here[1000];

    here[0] = above[0];
    if (zero) /* never */
        return 0;
    return deeper(here) + here[0];
}

int main(int argc, char **argv)
{
    char start = 1;

    switch (atoi(argv[1])) {
    case 1:
        return *nowhere;
    case 2:
        return argc * 100 / zero;
    case 3:
        return deeper(&start);
    case 4:
        __asm__ volatile("hlt");
        return 0;
    case 5:
        RaiseException(0xE0001234, 0, 0, NULL);
        return 0;
    default:
        return 300;
    }
}
