/* The smallest program by Win32: it imports one function of kernel32, and ends. */
#include <windows.h>

void start(void)
{
    ExitProcess(0);
}
