/* The handles that this process has open. */
#pragma once

#include <windows.h>

static unsigned count_handles(void)
{
    unsigned count = 0;
    DWORD flags;

    for (DWORD_PTR handle = 4; handle < 0x1000; handle += 4)
        count += GetHandleInformation((HANDLE)handle, &flags) != 0;
    return count;
}
