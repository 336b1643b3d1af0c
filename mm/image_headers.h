/*
 * From the headers of a PE32 file to the layout of the image in memory: what a section object made
 * with SEC_IMAGE must know. Nothing in the file is trusted. Pure, tested and fuzzed on the host.
 *
 *   file                         image
 *   +----------+ 0               +----------+ page 0
 *   | headers  | --------------> | headers  | MM_READONLY
 *   +----------+                 +----------+
 *   | .text    | -----.          (  a gap   ) MM_NOACCESS, where alignment leaves one
 *   +----------+       '-------> +----------+
 *   | .data    | -----.          | .text    | MM_EXECUTE_READ
 *   +----------+       '-------> +----------+
 *                                | .data    | MM_WRITECOPY, the file's bytes, then zeros
 *                                +----------+
 *                                | .bss     | MM_WRITECOPY, zeros only
 *                                +----------+ image_bytes
 */
#pragma once

#include "lib/pe.h"
#include "lib/status.h"
#include "mm/pte.h"

/* How much of a file's beginning is looked at; headers that reach further are refused. */
#define MI_IMAGE_HEADER_LIMIT 0x10000u

/* The most bytes that an image may have in memory. */
#define MI_IMAGE_LIMIT 0x80000000u

/* The headers, each section with a gap before it, a gap at the end. */
#define MI_IMAGE_PARTS_MAX (2 + 2 * IMAGE_SECTIONS_MAX)

/* A run of pages that get their bytes from one run of the file. Not empty. */
struct mi_image_part {
    uint32_t first_page; /* counted from the image's first */
    uint32_t pages;
    uint32_t file_offset; /* a multiple of 512 bytes, if not always of a page; 0 without bytes */
    uint32_t file_bytes;  /* no more than the pages hold; zeros follow them. 0: zeros only */
    uint32_t protection;  /* MM_NOACCESS, MM_READONLY ... MM_EXECUTE_WRITECOPY */
};

_Static_assert(MI_IMAGE_PARTS_MAX * sizeof(struct mi_image_part) <= PAGE_SIZE,
               "a page is enough for any image's parts");

struct mi_image_layout {
    uint32_t preferred_base;   /* a multiple of 64 KB */
    uint32_t image_bytes;      /* in memory, whole pages */
    uint32_t header_bytes;     /* in the file, as the file says */
    uint32_t entry_point;      /* RVA, 0: none */
    uint32_t relocation_rva;   /* of the base relocations, which are inside the image, and no */
    uint32_t relocation_bytes; /* more is known of them. 0: there are none */
    uint32_t section_alignment;
    uint32_t stack_reserve, stack_commit; /* bytes, as the file says */
    uint32_t heap_reserve, heap_commit;
    uint32_t checksum;
    uint32_t time_date_stamp;
    uint16_t machine;
    uint16_t characteristics;
    uint16_t dll_characteristics;
    uint16_t subsystem;
    uint16_t major_subsystem_version, minor_subsystem_version;
    bool is_dll;
    bool large_address_aware;
    bool relocations_stripped; /* the image can only be where it prefers to be */

    /* The caller's array: in ascending order and without a hole from page 0 to the image's end. */
    struct mi_image_part *parts;
    uint32_t part_capacity; /* MI_IMAGE_PARTS_MAX is always enough */
    uint32_t part_count;
};

/*
 * Check a PE32 image for the i386 and lay it out. HEADERS are the first HEADER_BYTES bytes of a
 * file of FILE_BYTES bytes: the whole file, or its first MI_IMAGE_HEADER_LIMIT, if the answer is
 * not to depend on where the caller stopped. They are read more than once, so nobody may change
 * them meanwhile. The caller has set OUT->parts and OUT->part_capacity. Any IRQL, no locks.
 *
 * An image whose section_alignment is below a page must look the same in memory as in the file: it
 * is one part, MM_EXECUTE_WRITECOPY, whatever its sections ask for.
 *
 * => STATUS_SUCCESS, or else, with *OUT of no use:
 *    STATUS_INVALID_IMAGE_NOT_MZ     it does not begin with a DOS header
 *    STATUS_INVALID_IMAGE_PROTECT    it is a DOS program
 *    STATUS_INVALID_IMAGE_WIN_16     it is for 16-bit Windows
 *    STATUS_INVALID_IMAGE_LE_FORMAT  it is for OS/2 or a VxD
 *    STATUS_INVALID_IMAGE_WIN_64     it is for a 64-bit processor
 *    STATUS_INVALID_IMAGE_FORMAT     it is for another processor, or not well-formed
 *    STATUS_SECTION_TOO_BIG          it is larger than MI_IMAGE_LIMIT
 *    STATUS_BUFFER_TOO_SMALL         it has more than OUT->part_capacity parts
 */
ntstatus mi_verify_image_headers(const void *headers, uint32_t header_bytes, uint32_t file_bytes,
                                 struct mi_image_layout *out);
