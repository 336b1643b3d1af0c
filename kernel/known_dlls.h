/* The sections of the DLLs that almost every program uses. */
#pragma once

/*
 * Make the object directory \KnownDlls with a section of each of them that is in C:\. The loader
 * maps these instead of looking for files, whatever lies beside the program, as on NT; and while
 * they exist, so do the prototype PTEs of the images, with the pages that have been read. One that
 * is missing is left out: the program that needs it will say so. Once, PASSIVE_LEVEL.
 */
void ki_make_known_dlls(void);
