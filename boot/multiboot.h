/*
 * Reading what a multiboot loader leaves behind, one function for each of the two interfaces.
 */
#pragma once

#include "boot/boot_info.h"

/* Multiboot2 information is a few kilobytes; a size above this many bytes is taken for garbage. */
#define MULTIBOOT2_LIMIT 0x100000u

/* How to read physical memory: => whether `n` bytes at `address` could be copied to `to`. */
struct phys_reader {
    bool (*read)(void *ctx, uint32_t address, void *to, size_t n);
    void *ctx;
};

/*
 * Fills all of *out but start_tsc from the information structure at physical address `info_address`
 * (EBX at entry). The kernel's own path, which QEMU puts before the command line, is left out.
 * => NULL, or a clause that says what is wrong ("the ... is ..."); *out is not to be used then.
 */
const char *multiboot1_parse(const struct phys_reader *rd, uint32_t info_address,
                             struct boot_info *out);

/*
 * Fills all of *out but start_tsc from the information structure at `mbi` (EBX at entry), of which
 * at most `limit` bytes (and never more than MULTIBOOT2_LIMIT) are read. Safe on any contents and
 * any alignment.
 * => NULL, or a clause that says what is wrong ("the ... is ..."); *out is not to be used then.
 */
const char *multiboot2_parse(const void *mbi, size_t limit, struct boot_info *out);
