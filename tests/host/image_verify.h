/*
 * A file, and its headers verified: for one test program. Headers are always read from a heap block
 * of exactly their size, so that the sanitizer sees any byte read outside it.
 */
#pragma once

#include <stdlib.h>

#include "tests/host/pe_image.h"
#include "mm/image_headers.h"

static union pe_file file;
static struct mi_image_part parts[MI_IMAGE_PARTS_MAX];
static struct mi_image_layout layout;

static inline ntstatus verify(uint32_t header_bytes, uint32_t file_bytes)
{
    uint8_t *copy = malloc(header_bytes ? header_bytes : 1);
    ntstatus status;

    memcpy(copy, file.bytes, header_bytes);
    memset(parts, 0xAA, sizeof(parts));
    memset(&layout, 0xAA, sizeof(layout));
    layout.parts = parts;
    layout.part_capacity = MI_IMAGE_PARTS_MAX;
    status = mi_verify_image_headers(copy, header_bytes, file_bytes, &layout);
    free(copy);
    return status;
}

static inline ntstatus verify_program(void)
{
    return verify(PE_PROGRAM_BYTES, PE_PROGRAM_BYTES);
}

static inline ntstatus verify_flat(void)
{
    return verify(PE_FLAT_BYTES, PE_FLAT_BYTES);
}
