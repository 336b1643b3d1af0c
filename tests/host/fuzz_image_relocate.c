/*
 * Fuzzes base relocations: any bytes as relocations, applied to one page with nothing readable or
 * writable around it. Undoing what was done must give the page as it was.
 */
// sources: mm/image_relocate.c
#include <stdlib.h>
#include <string.h>
#include "lib/types.h"
#include "mm/image_relocate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void fill(uint8_t *page)
{
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        page[i] = (uint8_t)(i * 7 + (i >> 8));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t before[3] = {0};
    uint32_t delta, page_rva, bytes;
    uint8_t expected[PAGE_SIZE];

    if (size < 6)
        return 0;
    memcpy(&delta, data, sizeof(delta));
    page_rva = data[4] * PAGE_SIZE;
    bytes = (uint32_t)size - 6;
    uint8_t *relocations = malloc(bytes + 1), *page = malloc(PAGE_SIZE);
    memcpy(relocations + 1, data + 6, bytes);
    fill(page);
    fill(expected);

    ntstatus whole = mi_verify_relocations(relocations + 1, bytes, (data[5] + 1) * PAGE_SIZE);
    ntstatus status = mi_relocate_page(relocations + 1, bytes, page_rva, before, page, delta);
    require(status == STATUS_SUCCESS || status == STATUS_INVALID_IMAGE_FORMAT);
    require(whole == STATUS_SUCCESS || whole == STATUS_INVALID_IMAGE_FORMAT);
    require(status == STATUS_SUCCESS || whole == STATUS_INVALID_IMAGE_FORMAT);
    /* No carry comes into the page when what is before it is 0 and nothing is added there. */
    if (status == STATUS_SUCCESS && delta % 0x1000000 == 0) {
        mi_relocate_page(relocations + 1, bytes, page_rva, before, page, 0u - delta);
        require(memcmp(page, expected, PAGE_SIZE) == 0);
    }
    free(page);
    free(relocations);
    return 0;
}
