/*
 * Builds PE files: one such as mingw-w64 makes of a small console program, and one whose sections
 * are not aligned to pages. A test then spoils a field. What sections hold is zeros: only headers
 * are of interest here.
 */
#pragma once

#include <string.h>

#include "lib/pe.h"

#define PE_SECTIONS_ROOM   100u
#define PE_DIRECTORIES     16u
#define PE_PROGRAM_BYTES   0xAC00u
#define PE_PROGRAM_HEADERS 0x400u
#define PE_FLAT_BYTES      0xC00u

/* The headers as mingw-w64 lays them out. */
struct pe_headers {
    struct image_dos_header dos;
    uint8_t dos_program[64];
    struct image_nt_headers32 nt;
    struct image_data_directory directories[PE_DIRECTORIES];
    struct image_section_header sections[PE_SECTIONS_ROOM];
};

_Static_assert(offsetof(struct pe_headers, nt) == 0x80, "where mingw-w64 puts them");
_Static_assert(offsetof(struct pe_headers, directories) == 0xF8, "directories");
_Static_assert(offsetof(struct pe_headers, sections) == 0x178, "sections");

union pe_file {
    struct pe_headers headers;
    uint8_t bytes[0x10000];
};

/* The sections of a program, in their order. */
enum {
    PE_TEXT,
    PE_DATA,
    PE_RDATA,
    PE_EH_FRAME,
    PE_BSS,
    PE_IDATA,
    PE_CRT,
    PE_TLS,
    PE_RELOC,
    PE_PROGRAM_SECTIONS
};

static inline void pe_add_section(union pe_file *file, struct image_section_header section)
{
    file->headers.sections[file->headers.nt.file_header.number_of_sections++] = section;
}

/* Everything but sections, and what depends on them. */
static inline void pe_build_headers(union pe_file *file)
{
    memset(file, 0, sizeof(*file));
    file->headers.dos.e_magic = IMAGE_DOS_SIGNATURE;
    file->headers.dos.e_lfanew = offsetof(struct pe_headers, nt);
    file->headers.nt = (struct image_nt_headers32){
        .signature = IMAGE_NT_SIGNATURE,
        .file_header = {.machine = IMAGE_FILE_MACHINE_I386,
                        .time_date_stamp = 0x5F5E1000,
                        .size_of_optional_header = sizeof(struct image_optional_header32) +
                                                   sizeof(file->headers.directories),
                        .characteristics = 0x30E},
        .optional_header = {.magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC,
                            .image_base = 0x400000,
                            .section_alignment = 0x1000,
                            .file_alignment = 0x200,
                            .major_subsystem_version = 4,
                            .size_of_headers = PE_PROGRAM_HEADERS,
                            .check_sum = 0xD2D0,
                            .subsystem = 3,
                            .dll_characteristics = 0x140,
                            .size_of_stack_reserve = 0x200000,
                            .size_of_stack_commit = 0x1000,
                            .size_of_heap_reserve = 0x100000,
                            .size_of_heap_commit = 0x1000,
                            .number_of_rva_and_sizes = PE_DIRECTORIES}};
}

/* A stripped console program of PE_PROGRAM_BYTES bytes. */
static inline void pe_build_program(union pe_file *file)
{
    static const struct image_section_header sections[PE_PROGRAM_SECTIONS] = {
        {".text", 0x7114, 0x1000, 0x7200, 0x400, 0, 0, 0, 0, 0x60000060},
        {".data", 0x60, 0x9000, 0x200, 0x7600, 0, 0, 0, 0, 0xC0000040},
        {".rdata", 0xA28, 0xA000, 0xC00, 0x7800, 0, 0, 0, 0, 0x40000040},
        {".eh_fram", 0x1578, 0xB000, 0x1600, 0x8400, 0, 0, 0, 0, 0x40000040},
        {".bss", 0xC34, 0xD000, 0, 0, 0, 0, 0, 0, 0xC0000080},
        {".idata", 0x608, 0xE000, 0x800, 0x9A00, 0, 0, 0, 0, 0xC0000040},
        {".CRT", 0x30, 0xF000, 0x200, 0xA200, 0, 0, 0, 0, 0xC0000040},
        {".tls", 8, 0x10000, 0x200, 0xA400, 0, 0, 0, 0, 0xC0000040},
        {".reloc", 0x424, 0x11000, 0x600, 0xA600, 0, 0, 0, 0, 0x42000040},
    };

    pe_build_headers(file);
    for (uint32_t i = 0; i < PE_PROGRAM_SECTIONS; i++)
        pe_add_section(file, sections[i]);
    file->headers.nt.optional_header.address_of_entry_point = 0x14B0;
    file->headers.nt.optional_header.size_of_image = 0x12000;
    file->headers.directories[IMAGE_DIRECTORY_ENTRY_BASERELOC] =
        (struct image_data_directory){0x11000, 0x424};
}

/* A file of PE_FLAT_BYTES bytes, linked with an alignment of 512 bytes in memory as in the file. */
static inline void pe_build_flat(union pe_file *file)
{
    pe_build_headers(file);
    pe_add_section(file, (struct image_section_header){".text", 0x20, 0x400, 0x200, 0x400, 0, 0, 0,
                                                       0, 0x60000020});
    pe_add_section(file, (struct image_section_header){".rdata", 0x14, 0x600, 0x200, 0x600, 0, 0, 0,
                                                       0, 0x40000040});
    pe_add_section(file, (struct image_section_header){".data", 0x2C, 0x800, 0x200, 0x800, 0, 0, 0,
                                                       0, 0xC0000040});
    pe_add_section(file, (struct image_section_header){".idata", 0x14, 0xA00, 0x200, 0xA00, 0, 0, 0,
                                                       0, 0xC0000040});
    file->headers.nt.optional_header.section_alignment = 0x200;
    file->headers.nt.optional_header.address_of_entry_point = 0x400;
    file->headers.nt.optional_header.size_of_image = PE_FLAT_BYTES;
}
