/* Base relocations; see image_relocate.h. */
#include "mm/image_relocate.h"

#include "lib/string.h"

#define ENTRY_TYPE(entry)   ((entry) >> 12)
#define ENTRY_OFFSET(entry) ((entry)&0xFFFu)
#define OFFSET_MAX          0xFFFu
#define TARGET_BYTES        4u /* that HIGHLOW changes */

/* What is left of the relocations, and the block that was taken from them last. */
struct reader {
    const uint8_t *bytes;
    uint32_t left;
    uint32_t virtual_address;
    const uint8_t *entries;
    uint32_t entry_count;
};

/* => false when the next block is malformed. Some must be left. */
static bool next_block(struct reader *reader)
{
    struct image_base_relocation header;

    if (reader->left < sizeof(header))
        return false;
    memcpy(&header, reader->bytes, sizeof(header));
    if (header.size_of_block < sizeof(header) || header.size_of_block > reader->left ||
        header.size_of_block % sizeof(uint16_t))
        return false;
    reader->virtual_address = header.virtual_address;
    reader->entries = reader->bytes + sizeof(header);
    reader->entry_count = (header.size_of_block - sizeof(header)) / sizeof(uint16_t);
    reader->bytes += header.size_of_block;
    reader->left -= header.size_of_block;
    return true;
}

static uint16_t entry_at(const struct reader *reader, uint32_t index)
{
    uint16_t entry;

    memcpy(&entry, reader->entries + index * sizeof(entry), sizeof(entry));
    return entry;
}

static bool block_is_valid(const struct reader *block, uint32_t image_bytes)
{
    for (uint32_t i = 0; i < block->entry_count; i++) {
        uint16_t entry = entry_at(block, i);

        if (ENTRY_TYPE(entry) == IMAGE_REL_BASED_ABSOLUTE)
            continue;
        if (ENTRY_TYPE(entry) != IMAGE_REL_BASED_HIGHLOW || block->virtual_address > image_bytes ||
            ENTRY_OFFSET(entry) + TARGET_BYTES > image_bytes - block->virtual_address)
            return false;
    }
    return true;
}

ntstatus mi_verify_relocations(const void *relocations, uint32_t relocation_bytes,
                               uint32_t image_bytes)
{
    struct reader reader = {.bytes = relocations, .left = relocation_bytes};

    while (reader.left > 0)
        if (!next_block(&reader) || !block_is_valid(&reader, image_bytes))
            return STATUS_INVALID_IMAGE_FORMAT;
    return STATUS_SUCCESS;
}

/* The sum, byte by byte, of the four bytes from AT, which may begin up to three before the page and
 * end up to three behind it. */
static void add_at(uint8_t *page, const uint8_t before[3], int32_t at, uint32_t delta)
{
    uint32_t carry = 0;

    for (uint32_t i = 0; i < TARGET_BYTES && at < (int32_t)PAGE_SIZE; i++, at++) {
        uint32_t sum = (at < 0 ? before[at + 3] : page[at]) + (delta >> (8 * i) & 0xFF) + carry;

        if (at >= 0)
            page[at] = (uint8_t)sum;
        carry = sum >> 8;
    }
}

/* Where an entry is, counted from the page, may be below 0: such differences wrap, as they may. */
static bool relocate_by_block(const struct reader *block, uint32_t page_rva,
                              const uint8_t before[3], uint8_t *page, uint32_t delta)
{
    for (uint32_t i = 0; i < block->entry_count; i++) {
        uint16_t entry = entry_at(block, i);
        uint32_t at = block->virtual_address + ENTRY_OFFSET(entry) - page_rva;

        if (ENTRY_TYPE(entry) == IMAGE_REL_BASED_ABSOLUTE)
            continue;
        if (ENTRY_TYPE(entry) != IMAGE_REL_BASED_HIGHLOW)
            return false;
        if (at + (TARGET_BYTES - 1) < PAGE_SIZE + (TARGET_BYTES - 1))
            add_at(page, before, (int32_t)at, delta);
    }
    return true;
}

ntstatus mi_relocate_page(const void *relocations, uint32_t relocation_bytes, uint32_t page_rva,
                          const uint8_t before[3], void *page, uint32_t delta)
{
    struct reader reader = {.bytes = relocations, .left = relocation_bytes};

    while (reader.left > 0) {
        if (!next_block(&reader))
            return STATUS_INVALID_IMAGE_FORMAT;
        /* A block reaches from its address to its greatest offset, and three bytes further. */
        uint32_t reach = OFFSET_MAX + TARGET_BYTES - 1;
        if (reader.virtual_address - page_rva + reach >= PAGE_SIZE + reach)
            continue;
        if (!relocate_by_block(&reader, page_rva, before, page, delta))
            return STATUS_INVALID_IMAGE_FORMAT;
    }
    return STATUS_SUCCESS;
}
