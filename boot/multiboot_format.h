/*
 * The boot information of multiboot 1 and 2, as loaders lay it out in memory (Multiboot
 * Specification 0.6.96, section 3.3; Multiboot2 Specification 2.0, section 3.6).
 */
#pragma once

#include "lib/types.h"

/* Bits of struct multiboot1_info.flags: which fields are valid. */
#define MULTIBOOT1_INFO_MEMORY       0x001u
#define MULTIBOOT1_INFO_COMMAND_LINE 0x004u
#define MULTIBOOT1_INFO_MODULES      0x008u
#define MULTIBOOT1_INFO_MEMORY_MAP   0x040u
#define MULTIBOOT1_INFO_LOADER_NAME  0x200u

#define MULTIBOOT2_TAG_ALIGN 8u

#define MULTIBOOT2_TAG_END          0u
#define MULTIBOOT2_TAG_COMMAND_LINE 1u
#define MULTIBOOT2_TAG_LOADER_NAME  2u
#define MULTIBOOT2_TAG_MODULE       3u
#define MULTIBOOT2_TAG_MEMORY       4u
#define MULTIBOOT2_TAG_MEMORY_MAP   6u

#define MULTIBOOT_STRUCT struct __attribute__((packed))

/* The part every loader fills; APM, VBE and framebuffer fields follow it. */
MULTIBOOT_STRUCT multiboot1_info
{
    uint32_t flags;
    uint32_t mem_lower; /* KB from address 0 */
    uint32_t mem_upper; /* KB from address 1 MB, up to the first hole */
    uint32_t boot_device;
    uint32_t cmdline; /* physical address of a string, as is boot_loader_name */
    uint32_t mods_count;
    uint32_t mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length; /* bytes */
    uint32_t mmap_addr;
    uint32_t drives_length;
    uint32_t drives_addr;
    uint32_t config_table;
    uint32_t boot_loader_name;
};

MULTIBOOT_STRUCT multiboot1_module
{
    uint32_t start;
    uint32_t end;    /* behind the last byte */
    uint32_t string; /* physical address, 0 for none */
    uint32_t reserved;
};

MULTIBOOT_STRUCT multiboot1_mmap_entry
{
    uint32_t size; /* of what follows: the next entry is size + 4 bytes on */
    uint64_t base;
    uint64_t length;
    uint32_t type;
};

/* Stands at the start of the information, the first tag behind it. */
MULTIBOOT_STRUCT multiboot2_info
{
    uint32_t total_size; /* this structure included */
    uint32_t reserved;
};

/* Starts every tag; the next tag begins at the next multiple of MULTIBOOT2_TAG_ALIGN. */
MULTIBOOT_STRUCT multiboot2_tag
{
    uint32_t type;
    uint32_t size; /* this header included, padding not */
};

MULTIBOOT_STRUCT multiboot2_tag_memory
{
    struct multiboot2_tag tag;
    uint32_t mem_lower; /* KB from address 0 */
    uint32_t mem_upper; /* KB from address 1 MB */
};

/* A string follows. */
MULTIBOOT_STRUCT multiboot2_tag_module
{
    struct multiboot2_tag tag;
    uint32_t start;
    uint32_t end; /* behind the last byte */
};

/* Entries of entry_size bytes follow. */
MULTIBOOT_STRUCT multiboot2_tag_mmap
{
    struct multiboot2_tag tag;
    uint32_t entry_size; /* a multiple of 8 */
    uint32_t entry_version;
};

MULTIBOOT_STRUCT multiboot2_mmap_entry
{
    uint64_t base;
    uint64_t length;
    uint32_t type;
    uint32_t reserved;
};

_Static_assert(sizeof(struct multiboot1_info) == 68, "multiboot1 information");
_Static_assert(sizeof(struct multiboot1_module) == 16, "multiboot1 module");
_Static_assert(sizeof(struct multiboot1_mmap_entry) == 24, "multiboot1 memory map entry");
_Static_assert(sizeof(struct multiboot2_info) == 8, "multiboot2 information");
_Static_assert(sizeof(struct multiboot2_tag) == 8, "multiboot2 tag");
_Static_assert(sizeof(struct multiboot2_tag_memory) == 16, "multiboot2 basic memory tag");
_Static_assert(sizeof(struct multiboot2_tag_module) == 16, "multiboot2 module tag");
_Static_assert(sizeof(struct multiboot2_tag_mmap) == 16, "multiboot2 memory map tag");
_Static_assert(sizeof(struct multiboot2_mmap_entry) == 24, "multiboot2 memory map entry");
