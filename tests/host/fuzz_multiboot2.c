/*
 * Fuzzes the multiboot2 parser: any bytes, at any alignment, with nothing readable around them.
 */
// sources: boot/multiboot2.c boot/boot_info.c boot/memory_map.c lib/string.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/memory_map_check.h"
#include "boot/memory_map.h"
#include "boot/multiboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void require_sound(const struct boot_info *info)
{
    uint32_t cursor = 0;
    pfn_t first, count;

    require(memory_map_in_order(info));
    require(memory_map_usable_bytes(info) > 0);
    require(strnlen(info->command_line, sizeof(info->command_line)) < sizeof(info->command_line));
    require(strnlen(info->loader, sizeof(info->loader)) < sizeof(info->loader));
    require(info->module_count <= BOOT_MAX_MODULES);
    for (uint32_t i = 0; i < info->module_count; ++i) {
        const struct boot_module *module = &info->modules[i];

        require(module->start <= module->end);
        require(strnlen(module->name, sizeof(module->name)) < sizeof(module->name));
    }
    while (memory_map_next_run(info, &cursor, &first, &count)) {
        require(count > 0 && first + count <= 0x100000u);
        require(memory_map_frame_usable(info, first));
        require(memory_map_frame_usable(info, first + count - 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info info;
    size_t shift = size % 8; /* the copy ends with its block and begins anywhere */
    uint8_t *block = malloc(size + shift + (size == 0));
    const char *error;

    if (size > 0)
        memcpy(block + shift, data, size);
    error = multiboot2_parse(block + shift, size, &info);
    free(block);
    if (error == NULL)
        require_sound(&info);
    return 0;
}
