/*
 * Fuzzes the reader of PE headers: a well-formed image with some of its bytes overwritten, its file
 * cut or extended anywhere, nothing readable behind what the caller can see. A layout that is
 * accepted must cover the image exactly and stay within the file.
 *
 * An input begins with which image to take, how much of it can be seen and the file's size; after
 * that each four bytes say what to write where.
 */
// sources: mm/image_headers.c
#include <stdlib.h>
#include "tests/host/pe_image.h"
#include "mm/image_headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Numbers at which something changes. */
static const uint32_t edges[] = {
    0,          1,          0x3F,       0x40,       0x80,       0x1FF,      0x200,      0x400,
    0xFFF,      0x1000,     0x1001,     0x2000,     0xF000,     0xFFFF,     0x10000,    0x11000,
    0x12000,    0x400000,   0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFE0000, 0xFFFF0000, 0xFFFFF000,
    0xFFFFF001, 0xFFFFFE00, 0xFFFFFFFC, 0xFFFFFFFF, 0x14C,      0x8664,     0x10B,      0x20B,
};

static void overwrite(union pe_file *file, const uint8_t *record)
{
    uint32_t offset = (record[0] | (uint32_t)record[1] << 8) % PE_PROGRAM_HEADERS;
    uint32_t value = record[3] * 0x1000u;

    switch (record[2] / 0x20) {
    case 0:
    case 1:
        memcpy(file->bytes + (offset & ~3u), &edges[record[2] % ARRAY_SIZE(edges)], 4);
        break;
    case 2:
        memcpy(file->bytes + (offset & ~1u), &edges[record[2] % ARRAY_SIZE(edges)], 2);
        break;
    case 3:
        memcpy(file->bytes + (offset & ~3u), &value, 4);
        break;
    default:
        file->bytes[offset] = record[3];
    }
}

static void require_part(const struct mi_image_part *part, uint32_t page, uint32_t file_bytes)
{
    require(part->first_page == page && part->pages > 0);
    require(part->pages <= MI_IMAGE_LIMIT / PAGE_SIZE - page);
    require(part->protection <= MM_EXECUTE_WRITECOPY || part->protection == MM_NOACCESS);
    require(part->protection != MM_ZERO_ACCESS);
    require(part->file_bytes <= (uint64_t)part->pages * PAGE_SIZE);
    require((uint64_t)part->file_offset + part->file_bytes <= file_bytes);
    require(part->file_bytes > 0 || part->file_offset == 0);
    require(part->file_offset % 512 == 0);
}

static void require_sound(const struct mi_image_layout *layout, uint32_t file_bytes)
{
    uint32_t page = 0;

    require(layout->part_count > 0 && layout->part_count <= layout->part_capacity);
    for (uint32_t i = 0; i < layout->part_count; i++) {
        require_part(&layout->parts[i], page, file_bytes);
        page += layout->parts[i].pages;
    }
    require((uint64_t)page * PAGE_SIZE == layout->image_bytes);
    require(layout->preferred_base % 0x10000 == 0);
    require((uint64_t)layout->preferred_base + layout->image_bytes <= 0x100000000);
    require(layout->entry_point < layout->image_bytes);
    require((uint64_t)layout->relocation_rva + layout->relocation_bytes <= layout->image_bytes);
    require(layout->relocation_bytes == 0 || !layout->relocations_stripped);
    require(layout->header_bytes <= file_bytes);
    require(layout->parts[0].file_offset == 0 &&
            layout->parts[0].file_bytes >= (layout->header_bytes < layout->image_bytes
                                                ? layout->header_bytes
                                                : layout->image_bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static union pe_file file;
    struct mi_image_part parts[MI_IMAGE_PARTS_MAX];
    struct mi_image_layout layout = {.parts = parts, .part_capacity = MI_IMAGE_PARTS_MAX};
    uint32_t visible, file_bytes;
    uint8_t *block;
    ntstatus status;

    if (size < 4)
        return 0;
    if (data[0] & 1)
        pe_build_flat(&file);
    else
        pe_build_program(&file);
    file_bytes = data[0] & 1 ? PE_FLAT_BYTES : PE_PROGRAM_BYTES;
    file_bytes += (uint32_t)(int8_t)data[1] * (data[0] & 2 ? 1 : 0x1000000 / 0x80);
    visible = data[0] & 4 ? data[2] * 4u : PE_PROGRAM_HEADERS;
    for (size_t i = 4; i + 4 <= size; i += 4)
        overwrite(&file, data + i);

    block = malloc(visible ? visible : 1);
    memcpy(block, file.bytes, visible);
    status = mi_verify_image_headers(block, visible < file_bytes ? visible : file_bytes, file_bytes,
                                     &layout);
    free(block);
    if (status == STATUS_SUCCESS)
        require_sound(&layout, file_bytes);
    else
        require(!NT_SUCCESS(status) && status != STATUS_BUFFER_TOO_SMALL);
    return 0;
}
