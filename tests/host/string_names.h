/*
 * Renames the functions of lib/string.h that the host's C library has too, for the host's build of
 * lib/string.c and the test of it. Include <string.h>, if at all, before this.
 */
#pragma once

#define memcpy  tokos_memcpy
#define memmove tokos_memmove
#define memset  tokos_memset
#define memcmp  tokos_memcmp
#define strlen  tokos_strlen
#define strnlen tokos_strnlen
#define strcmp  tokos_strcmp
#define strncmp tokos_strncmp
