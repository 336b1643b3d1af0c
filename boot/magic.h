/* The multiboot magic numbers, for C and assembly. */
#pragma once

#define MULTIBOOT1_HEADER_MAGIC 0x1BADB002
#define MULTIBOOT1_HEADER_FLAGS 0x00000003 /* modules on page boundaries, memory information */
#define MULTIBOOT1_BOOT_MAGIC   0x2BADB002
#define MULTIBOOT2_HEADER_MAGIC 0xE85250D6
#define MULTIBOOT2_BOOT_MAGIC   0x36D76289
