/*
 * What the files of boot/ share. Everything in this folder is linked and run at physical addresses
 * with paging off; a pointer is a physical address, and the kernel's own variables are reached at
 * their link address less KERNEL_BASE.
 */
#pragma once

#include "boot/boot_info.h"

/* Bytes of physical memory that early paging maps, at 0 and again at KERNEL_BASE. The loader puts
 * the kernel below this line; linker.ld checks that it fits. */
#define BOOT_MAPPED_BYTES 0x800000u

/* Say MESSAGE on the screen and the serial line, give the failed verdict and stop. */
NORETURN void boot_fail(const char *message);

/* Does the command line hold WORD, between blanks or the line's ends? */
bool boot_option_present(const struct boot_info *info, const char *word);

/*
 * Fill the page directory: BOOT_MAPPED_BYTES at 0 and at KERNEL_BASE, with two 4 MB pages each when
 * LARGE_PAGES (and turn on CR4.PSE), else with two page tables. DIRECTORY is its physical address.
 */
void boot_map(uint32_t *directory, bool large_pages);

/* Load CR3, turn on paging, take the new stack and jump to ENTRY. */
NORETURN void boot_enter_kernel(uint32_t directory, uintptr_t stack, uintptr_t entry);
