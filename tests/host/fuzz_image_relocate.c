/*
 * Fuzzes base relocations: any bytes as relocations of an image with nothing readable or writable
 * around it, at an odd address. What is refused names something outside, or is malformed; what is
 * not does nothing when nothing is to be added.
 */
// sources: user/ntdll/image_relocate.c
#include <stdlib.h>
#include <string.h>
#include "lib/types.h"
#include "user/ntdll/image_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t delta, bytes;

    if (size < 5)
        return 0;
    memcpy(&delta, data, sizeof(delta));
    bytes = (uint32_t)size - 5;
    uint32_t image_bytes = (data[4] % 3 + 1) * PAGE_SIZE;
    uint8_t *relocations = malloc(bytes + 1), *base = malloc(image_bytes);
    struct image_view image = {base, image_bytes};
    memset(base, 0x5A, image_bytes);
    memcpy(relocations + 1, data + 5, bytes);

    bool right = image_relocations_are_right(&image, relocations + 1, bytes);
    image_apply_relocations(&image, relocations + 1, bytes, right ? 0 : delta);
    for (uint32_t i = 0; i < image_bytes && right; i++)
        require(base[i] == 0x5A);
    image_apply_relocations(&image, relocations + 1, bytes, delta);
    free(base);
    free(relocations);
    return 0;
}
