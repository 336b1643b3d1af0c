/*
 * The multiboot1 information: one structure of physical addresses, each valid if its flag is set.
 * Everything is read through the caller's struct phys_reader, so nothing here depends on what is
 * mapped where.
 */
#include "boot/multiboot.h"
#include "boot/memory_map.h"
#include "boot/multiboot_format.h"
#include "lib/string.h"

#define LONGEST_PATH 4096u  /* a first word longer than that is no path */
#define LONGEST_MAP  65536u /* bytes: over 2,700 entries */

static bool read_bytes(const struct phys_reader *rd, uint32_t address, void *to, size_t n)
{
    return rd->read(rd->ctx, address, to, n);
}

/* Copies a string to the `size` bytes at `to`, cut to fit; reads nothing beyond its terminator.
 * => whether all bytes that were needed could be read. */
static bool read_string(const struct phys_reader *rd, uint32_t address, char *to, size_t size)
{
    for (size_t i = 0; i < size - 1; ++i) {
        if (!read_bytes(rd, address + (uint32_t)i, &to[i], 1))
            return false;
        if (to[i] == '\0')
            return true;
    }
    to[size - 1] = '\0';
    return true;
}

/* What the first word of a command line looks like. */
struct first_word {
    uint32_t length;
    bool has_slash; /* before any '=' */
    bool has_equals;
    char tail[4]; /* its last characters */
};

static void take_character(struct first_word *word, char c)
{
    if (c == '/' && !word->has_equals)
        word->has_slash = true;
    if (c == '=')
        word->has_equals = true;
    memmove(word->tail, word->tail + 1, sizeof(word->tail) - 1);
    word->tail[sizeof(word->tail) - 1] = c;
    ++word->length;
}

static bool read_first_word(const struct phys_reader *rd, uint32_t address, struct first_word *word)
{
    char c;

    memset(word, 0, sizeof(*word));
    while (word->length < LONGEST_PATH) {
        if (!read_bytes(rd, address + word->length, &c, 1))
            return false;
        if (c == '\0' || c == ' ')
            return true;
        take_character(word, c);
    }
    return true;
}

/* The path to the kernel, as opposed to an option: name=value is one even with a '/' in its value.
 */
static bool is_kernel_path(const struct first_word *word)
{
    bool is_elf = memcmp(word->tail, ".elf", sizeof(word->tail)) == 0;

    return word->length < LONGEST_PATH && (word->has_slash || (is_elf && !word->has_equals));
}

static const char *parse_command_line(const struct phys_reader *rd, uint32_t address,
                                      struct boot_info *out)
{
    struct first_word word;
    char c;

    if (!read_first_word(rd, address, &word))
        return "the multiboot1 command line cannot be read";
    if (is_kernel_path(&word))
        address += word.length;
    while (read_bytes(rd, address, &c, 1) && c == ' ')
        ++address;
    if (!read_string(rd, address, out->command_line, sizeof(out->command_line)))
        return "the multiboot1 command line cannot be read";
    return NULL;
}

/* A module's string as its name, less the file's path where words follow it (QEMU's -initrd). */
static const char *read_module_name(const struct phys_reader *rd, uint32_t address,
                                    struct boot_module *module)
{
    struct first_word word;
    char behind = '\0';

    if (!read_first_word(rd, address, &word))
        return "a multiboot1 module's name cannot be read";
    if (word.has_slash && read_bytes(rd, address + word.length, &behind, 1) && behind == ' ')
        address += word.length + 1;
    if (!read_string(rd, address, module->name, sizeof(module->name)))
        return "a multiboot1 module's name cannot be read";
    return NULL;
}

static const char *parse_module(const struct phys_reader *rd, uint32_t address,
                                struct boot_info *out)
{
    struct multiboot1_module fields;
    struct boot_module *module;

    if (!read_bytes(rd, address, &fields, sizeof(fields)))
        return "the multiboot1 module list cannot be read";
    if (fields.end < fields.start)
        return "a multiboot1 module ends before it starts";
    module = boot_info_add_module(out, fields.start, fields.end);
    if (module == NULL || fields.string == 0)
        return NULL;
    return read_module_name(rd, fields.string, module);
}

static const char *parse_modules(const struct phys_reader *rd, const struct multiboot1_info *info,
                                 struct boot_info *out)
{
    uint32_t count = info->mods_count;
    const char *error = NULL;

    if (count > BOOT_MAX_MODULES) {
        out->modules_dropped = count - BOOT_MAX_MODULES;
        count = BOOT_MAX_MODULES;
    }
    for (uint32_t i = 0; i < count && error == NULL; ++i)
        error =
            parse_module(rd, info->mods_addr + i * (uint32_t)sizeof(struct multiboot1_module), out);
    return error;
}

static const char *parse_memory_map(const struct phys_reader *rd, uint32_t address, uint32_t length,
                                    struct boot_info *out)
{
    struct multiboot1_mmap_entry entry;
    uint32_t size_bytes = sizeof(entry.size);

    if (length > LONGEST_MAP || length > UINT32_MAX - address)
        return "the multiboot1 memory map is larger than it can be";
    for (uint32_t offset = 0; offset < length; offset += size_bytes + entry.size) {
        uint32_t room = length - offset;

        if (room < sizeof(entry))
            return "the last entry of the multiboot1 memory map is cut off";
        if (!read_bytes(rd, address + offset, &entry, sizeof(entry)))
            return "the multiboot1 memory map cannot be read";
        if (entry.size < sizeof(entry) - size_bytes || entry.size > room - size_bytes)
            return "the multiboot1 memory map has an impossible entry size";
        memory_map_add(out, entry.base, entry.length, entry.type);
    }
    return NULL;
}

static const char *parse_memory(const struct phys_reader *rd, const struct multiboot1_info *info,
                                struct boot_info *out)
{
    const char *error = NULL;

    if (info->flags & MULTIBOOT1_INFO_MEMORY_MAP) {
        error = parse_memory_map(rd, info->mmap_addr, info->mmap_length, out);
    } else if (info->flags & MULTIBOOT1_INFO_MEMORY) {
        memory_map_add(out, 0, (uint64_t)info->mem_lower << 10, MEMORY_MAP_USABLE);
        memory_map_add(out, 0x100000, (uint64_t)info->mem_upper << 10, MEMORY_MAP_USABLE);
    } else {
        error = "the multiboot1 information has neither a memory map nor memory sizes";
    }
    if (error != NULL)
        return error;
    memory_map_normalise(out);
    if (memory_map_usable_bytes(out) == 0)
        return "the multiboot1 information reports no usable memory";
    return NULL;
}

static const char *parse_loader_name(const struct phys_reader *rd, uint32_t address,
                                     struct boot_info *out)
{
    if (!read_string(rd, address, out->loader, sizeof(out->loader)))
        return "the multiboot1 loader name cannot be read";
    return NULL;
}

const char *multiboot1_parse(const struct phys_reader *rd, uint32_t info_address,
                             struct boot_info *out)
{
    struct multiboot1_info info;
    const char *error;

    boot_info_initialize(out, "multiboot1");
    if (!read_bytes(rd, info_address, &info, sizeof(info)))
        return "the multiboot1 information cannot be read";
    error = parse_memory(rd, &info, out);
    if (error == NULL && info.flags & MULTIBOOT1_INFO_COMMAND_LINE)
        error = parse_command_line(rd, info.cmdline, out);
    if (error == NULL && info.flags & MULTIBOOT1_INFO_MODULES)
        error = parse_modules(rd, &info, out);
    if (error == NULL && info.flags & MULTIBOOT1_INFO_LOADER_NAME)
        error = parse_loader_name(rd, info.boot_loader_name, out);
    return error;
}
