/* Base relocations, of a whole image that is mapped: see image_view.h. */
#include "lib/string.h"
#include "mm/image_relocate.h"
#include "user/ntdll/image_view.h"

bool image_relocations_are_right(const struct image_view *image, const void *relocations,
                                 uint32_t bytes)
{
    return mi_verify_relocations(relocations, bytes, image->bytes) == STATUS_SUCCESS;
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
    const uint8_t *block = relocations, *end = block + bytes;

    while ((size_t)(end - block) >= sizeof(struct image_base_relocation)) {
        const struct image_base_relocation *header = (const void *)block;
        const uint16_t *entry = (const uint16_t *)(header + 1);
        const uint8_t *page = image->base + header->virtual_address;

        for (; (const uint8_t *)entry < block + header->size_of_block; entry++)
            if (*entry >> 12 == IMAGE_REL_BASED_HIGHLOW)
                add((uint8_t *)page + (*entry & 0xFFF), delta);
        block += header->size_of_block;
    }
}
