/*
 * Base relocations, of a whole image that is mapped; see image_view.h. Blocks, each for a page or
 * wherever it says that it begins, with an entry for each address.
 */
#include "lib/string.h"
#include "lib/pe.h"
#include "user/ntdll/image_view.h"

#define ENTRY_TYPE(entry)   ((entry) >> 12)
#define ENTRY_OFFSET(entry) ((entry)&0xFFFu)
#define TARGET_BYTES        4u /* that HIGHLOW changes */

/* What is left of the relocations, and the block that was taken from them last. */
struct reader {
    const uint8_t *bytes;
    uint32_t left;
    uint32_t rva;
    const uint8_t *entries;
    uint32_t entry_count;
};

/* => false when there is no other block, or it is malformed. */
static bool next_block(struct reader *reader)
{
    struct image_base_relocation header;

    if (reader->left < sizeof(header))
        return false;
    memcpy(&header, reader->bytes, sizeof(header));
    if (header.size_of_block < sizeof(header) || header.size_of_block > reader->left ||
        header.size_of_block % sizeof(uint16_t))
        return false;
    reader->rva = header.virtual_address;
    reader->entries = reader->bytes + sizeof(header);
    reader->entry_count = (header.size_of_block - sizeof(header)) / sizeof(uint16_t);
    reader->bytes += header.size_of_block;
    reader->left -= header.size_of_block;
    return true;
}

static uint16_t entry_at(const struct reader *block, uint32_t index)
{
    uint16_t entry;

    memcpy(&entry, block->entries + index * sizeof(entry), sizeof(entry));
    return entry;
}

/* Is ENTRY's address, all of it, in an image of IMAGE_BYTES, which are at least 4? */
static bool is_inside(const struct reader *block, uint16_t entry, uint32_t image_bytes)
{
    return block->rva <= image_bytes &&
           ENTRY_OFFSET(entry) + TARGET_BYTES <= image_bytes - block->rva;
}

static bool block_is_right(const struct reader *block, uint32_t image_bytes)
{
    for (uint32_t i = 0; i < block->entry_count; i++) {
        uint16_t entry = entry_at(block, i);

        if (ENTRY_TYPE(entry) == IMAGE_REL_BASED_ABSOLUTE)
            continue;
        if (ENTRY_TYPE(entry) != IMAGE_REL_BASED_HIGHLOW || !is_inside(block, entry, image_bytes))
            return false;
    }
    return true;
}

bool image_relocations_are_right(const struct image_view *image, const void *relocations,
                                 uint32_t bytes)
{
    struct reader reader = {.bytes = relocations, .left = bytes};

    while (reader.left)
        if (!next_block(&reader) || !block_is_right(&reader, image->bytes))
            return false;
    return true;
}

/* An address may lie across two pages, and anywhere: copied, not dereferenced. */
static void add(uint8_t *at, uint32_t delta)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    value += delta;
    memcpy(at, &value, sizeof(value));
}

void image_apply_relocations(const struct image_view *image, const void *relocations,
                             uint32_t bytes, uint32_t delta)
{
    struct reader reader = {.bytes = relocations, .left = bytes};

    while (next_block(&reader))
        for (uint32_t i = 0; i < reader.entry_count; i++) {
            uint16_t entry = entry_at(&reader, i);
            /* they were right, but may lie where they have just been applied */
            if (ENTRY_TYPE(entry) == IMAGE_REL_BASED_HIGHLOW &&
                is_inside(&reader, entry, image->bytes))
                add((uint8_t *)image->base + reader.rva + ENTRY_OFFSET(entry), delta);
        }
}
