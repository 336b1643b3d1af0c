/*
 * The headers of a PE32 image, the form of .exe and .dll files (Microsoft's "PE Format"
 * specification; the names are those of winnt.h):
 *
 *   0         DOS header: e_lfanew says where the next one is
 *   e_lfanew  "PE\0\0", file header, optional header (it has to be there), its data directories
 *             section headers, one after the other
 *   ...       what the sections hold, each at pointer_to_raw_data
 *
 * An RVA is an address counted from where the image begins in memory. Everything is little-endian
 * and may lie at any address: headers are copied out of a file, not pointed into.
 */
#pragma once

#include "lib/types.h"

#define IMAGE_DOS_SIGNATURE    0x5A4Du     /* "MZ" */
#define IMAGE_OS2_SIGNATURE    0x454Eu     /* "NE": 16-bit Windows */
#define IMAGE_VXD_SIGNATURE    0x454Cu     /* "LE" */
#define IMAGE_OS2_LX_SIGNATURE 0x584Cu     /* "LX" */
#define IMAGE_NT_SIGNATURE     0x00004550u /* "PE\0\0" */

#define IMAGE_FILE_MACHINE_I386  0x014Cu
#define IMAGE_FILE_MACHINE_AMD64 0x8664u

#define IMAGE_NT_OPTIONAL_HDR32_MAGIC 0x010Bu
#define IMAGE_NT_OPTIONAL_HDR64_MAGIC 0x020Bu

/* image_file_header.characteristics */
#define IMAGE_FILE_RELOCS_STRIPPED     0x0001u
#define IMAGE_FILE_EXECUTABLE_IMAGE    0x0002u
#define IMAGE_FILE_LARGE_ADDRESS_AWARE 0x0020u
#define IMAGE_FILE_DLL                 0x2000u

/* image_section_header.characteristics */
#define IMAGE_SCN_MEM_SHARED  0x10000000u
#define IMAGE_SCN_MEM_EXECUTE 0x20000000u
#define IMAGE_SCN_MEM_READ    0x40000000u
#define IMAGE_SCN_MEM_WRITE   0x80000000u

#define IMAGE_DIRECTORY_ENTRY_BASERELOC 5u

#define IMAGE_BASE_ALIGNMENT          0x10000u /* of image_base */
#define IMAGE_SECTIONS_MAX            96u
#define IMAGE_FILE_ALIGNMENT_LEAST    0x200u
#define IMAGE_FILE_ALIGNMENT_GREATEST 0x10000u

struct image_dos_header {
    uint16_t e_magic;
    uint16_t e_cblp;
    uint16_t e_cp;
    uint16_t e_crlc;
    uint16_t e_cparhdr;
    uint16_t e_minalloc;
    uint16_t e_maxalloc;
    uint16_t e_ss;
    uint16_t e_sp;
    uint16_t e_csum;
    uint16_t e_ip;
    uint16_t e_cs;
    uint16_t e_lfarlc;
    uint16_t e_ovno;
    uint16_t e_res[4];
    uint16_t e_oemid;
    uint16_t e_oeminfo;
    uint16_t e_res2[10];
    uint32_t e_lfanew; /* file offset of the signature "PE\0\0" */
};

struct image_file_header {
    uint16_t machine;
    uint16_t number_of_sections;
    uint32_t time_date_stamp;
    uint32_t pointer_to_symbol_table;
    uint32_t number_of_symbols;
    uint16_t size_of_optional_header; /* its directories included */
    uint16_t characteristics;
};

struct image_data_directory {
    uint32_t virtual_address; /* RVA */
    uint32_t size;
};

/* Without the data directories behind it, of which there are number_of_rva_and_sizes. */
struct image_optional_header32 {
    uint16_t magic;
    uint8_t major_linker_version;
    uint8_t minor_linker_version;
    uint32_t size_of_code;
    uint32_t size_of_initialized_data;
    uint32_t size_of_uninitialized_data;
    uint32_t address_of_entry_point; /* RVA, 0: none */
    uint32_t base_of_code;
    uint32_t base_of_data;
    uint32_t image_base;
    uint32_t section_alignment; /* in memory */
    uint32_t file_alignment;
    uint16_t major_operating_system_version;
    uint16_t minor_operating_system_version;
    uint16_t major_image_version;
    uint16_t minor_image_version;
    uint16_t major_subsystem_version;
    uint16_t minor_subsystem_version;
    uint32_t win32_version_value;
    uint32_t size_of_image;   /* in memory, from image_base to the end of the last section */
    uint32_t size_of_headers; /* in the file, from its start to the end of the section headers */
    uint32_t check_sum;
    uint16_t subsystem;
    uint16_t dll_characteristics;
    uint32_t size_of_stack_reserve;
    uint32_t size_of_stack_commit;
    uint32_t size_of_heap_reserve;
    uint32_t size_of_heap_commit;
    uint32_t loader_flags;
    uint32_t number_of_rva_and_sizes;
};

struct image_nt_headers32 {
    uint32_t signature;
    struct image_file_header file_header;
    struct image_optional_header32 optional_header;
};

struct image_section_header {
    uint8_t name[8];
    uint32_t virtual_size; /* bytes in memory; 0: as many as size_of_raw_data */
    uint32_t virtual_address;
    uint32_t size_of_raw_data; /* bytes in the file */
    uint32_t pointer_to_raw_data;
    uint32_t pointer_to_relocations;
    uint32_t pointer_to_linenumbers;
    uint16_t number_of_relocations;
    uint16_t number_of_linenumbers;
    uint32_t characteristics;
};

/* Base relocations are blocks: this, then 16-bit entries, type << 12 | offset. */
struct image_base_relocation {
    uint32_t virtual_address; /* RVA that the entries' offsets are added to */
    uint32_t size_of_block;   /* this header included */
};

#define IMAGE_REL_BASED_ABSOLUTE 0u /* nothing: fills a block up to a multiple of 4 bytes */
#define IMAGE_REL_BASED_HIGHLOW  3u /* all 32 bits */

_Static_assert(sizeof(struct image_dos_header) == 64, "DOS header");
_Static_assert(sizeof(struct image_file_header) == 20, "file header");
_Static_assert(sizeof(struct image_data_directory) == 8, "data directory");
_Static_assert(sizeof(struct image_optional_header32) == 96, "optional header");
_Static_assert(sizeof(struct image_nt_headers32) == 120, "all of the headers behind the signature");
_Static_assert(sizeof(struct image_section_header) == 40, "section header");
_Static_assert(sizeof(struct image_base_relocation) == 8, "relocation block");
