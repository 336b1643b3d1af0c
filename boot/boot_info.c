/*
 * Filling struct boot_info, for the parsers of both loader interfaces.
 */
#include "boot/boot_info.h"
#include "lib/string.h"

void boot_info_initialize(struct boot_info *info, const char *protocol)
{
    memset(info, 0, offsetof(struct boot_info, start_tsc));
    strlcpy(info->protocol, protocol, sizeof(info->protocol));
}

struct boot_module *boot_info_add_module(struct boot_info *info, uint32_t start, uint32_t end)
{
    struct boot_module *module = &info->modules[info->module_count];

    if (info->module_count == BOOT_MAX_MODULES) {
        ++info->modules_dropped;
        return NULL;
    }
    ++info->module_count;
    module->start = start;
    module->end = end;
    return module;
}
