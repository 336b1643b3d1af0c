/*
 * The multiboot2 information: a sequence of tags, each checked against the bytes that are there
 * before anything in it is read. Fields are copied out, so alignment does not matter; a string
 * counts only if its terminator lies within its tag.
 */
#include "boot/multiboot.h"
#include "boot/memory_map.h"
#include "boot/multiboot_format.h"
#include "lib/string.h"

/* One tag: `size` bytes at `bytes`, all of them readable. */
struct tag {
    const uint8_t *bytes;
    uint32_t size;
};

/* What has been seen so far. */
struct parse {
    struct boot_info *out;
    uint64_t mem_upper; /* bytes of RAM at 1 MB, for want of a map */
    uint64_t mem_lower; /* bytes of RAM at 0 */
    bool has_map;
};

/* => the string from byte `offset` of the tag to its end, or NULL when it is not terminated. */
static const char *tag_string(const struct tag *tag, uint32_t offset)
{
    const char *s = (const char *)tag->bytes + offset;
    uint32_t limit = tag->size - offset;

    return strnlen(s, limit) < limit ? s : NULL;
}

static const char *parse_command_line(struct parse *parse, const struct tag *tag)
{
    const char *s = tag_string(tag, sizeof(struct multiboot2_tag));

    if (s == NULL)
        return "the multiboot2 command line is not terminated within its tag";
    strlcpy(parse->out->command_line, s, sizeof(parse->out->command_line));
    return NULL;
}

static const char *parse_loader_name(struct parse *parse, const struct tag *tag)
{
    const char *s = tag_string(tag, sizeof(struct multiboot2_tag));

    if (s == NULL)
        return "the multiboot2 loader name is not terminated within its tag";
    strlcpy(parse->out->loader, s, sizeof(parse->out->loader));
    return NULL;
}

static const char *parse_module(struct parse *parse, const struct tag *tag)
{
    const char *name = tag_string(tag, sizeof(struct multiboot2_tag_module));
    struct multiboot2_tag_module fields;
    struct boot_module *module;

    memcpy(&fields, tag->bytes, sizeof(fields));
    if (name == NULL)
        return "a multiboot2 module's name is not terminated within its tag";
    if (fields.end < fields.start)
        return "a multiboot2 module ends before it starts";
    module = boot_info_add_module(parse->out, fields.start, fields.end);
    if (module != NULL)
        strlcpy(module->name, name, sizeof(module->name));
    return NULL;
}

static const char *parse_memory(struct parse *parse, const struct tag *tag)
{
    struct multiboot2_tag_memory fields;

    memcpy(&fields, tag->bytes, sizeof(fields));
    parse->mem_lower = (uint64_t)fields.mem_lower << 10;
    parse->mem_upper = (uint64_t)fields.mem_upper << 10;
    return NULL;
}

static const char *parse_memory_map(struct parse *parse, const struct tag *tag)
{
    struct multiboot2_tag_mmap fields;
    uint32_t offset = sizeof(fields);

    memcpy(&fields, tag->bytes, sizeof(fields));
    if (fields.entry_size < sizeof(struct multiboot2_mmap_entry) || fields.entry_size % 8 != 0)
        return "the multiboot2 memory map has an impossible entry size";
    parse->has_map = true;
    for (; offset < tag->size; offset += fields.entry_size) {
        struct multiboot2_mmap_entry entry;

        if (tag->size - offset < fields.entry_size)
            return "the last entry of the multiboot2 memory map is cut off";
        memcpy(&entry, tag->bytes + offset, sizeof(entry));
        memory_map_add(parse->out, entry.base, entry.length, entry.type);
    }
    return NULL;
}

/* The tags that matter here; all others are passed over. */
static const struct {
    uint32_t type;
    uint32_t minimum; /* bytes without which the tag cannot be read */
    const char *(*parse)(struct parse *parse, const struct tag *tag);
} readers[] = {
    {MULTIBOOT2_TAG_COMMAND_LINE, sizeof(struct multiboot2_tag), parse_command_line},
    {MULTIBOOT2_TAG_LOADER_NAME, sizeof(struct multiboot2_tag), parse_loader_name},
    {MULTIBOOT2_TAG_MODULE, sizeof(struct multiboot2_tag_module), parse_module},
    {MULTIBOOT2_TAG_MEMORY, sizeof(struct multiboot2_tag_memory), parse_memory},
    {MULTIBOOT2_TAG_MEMORY_MAP, sizeof(struct multiboot2_tag_mmap), parse_memory_map},
};

static const char *parse_tag(struct parse *parse, uint32_t type, const struct tag *tag)
{
    for (size_t i = 0; i < ARRAY_SIZE(readers); ++i) {
        if (readers[i].type != type)
            continue;
        if (tag->size < readers[i].minimum)
            return "a multiboot2 tag is too short for its type";
        return readers[i].parse(parse, tag);
    }
    return NULL;
}

/* Goes through the tags in the `total` bytes at `bytes`, which begin with struct multiboot2_info.
 */
static const char *parse_tags(struct parse *parse, const uint8_t *bytes, uint32_t total)
{
    uint32_t offset = sizeof(struct multiboot2_info);

    while (offset <= total && total - offset >= sizeof(struct multiboot2_tag)) {
        struct multiboot2_tag header;
        struct tag tag = {bytes + offset, 0};
        const char *error;

        memcpy(&header, tag.bytes, sizeof(header));
        tag.size = header.size;
        if (tag.size < sizeof(header))
            return "a multiboot2 tag is smaller than its own header";
        if (tag.size > total - offset)
            return "a multiboot2 tag runs over the end of the information";
        if (header.type == MULTIBOOT2_TAG_END)
            return NULL;
        error = parse_tag(parse, header.type, &tag);
        if (error != NULL)
            return error;
        offset += ROUND_UP(tag.size, MULTIBOOT2_TAG_ALIGN);
    }
    return "the multiboot2 information has no end tag";
}

static const char *finish_memory_map(struct parse *parse)
{
    if (!parse->has_map) {
        memory_map_add(parse->out, 0, parse->mem_lower, MEMORY_MAP_USABLE);
        memory_map_add(parse->out, 0x100000, parse->mem_upper, MEMORY_MAP_USABLE);
    }
    memory_map_normalise(parse->out);
    if (memory_map_usable_bytes(parse->out) == 0)
        return "the multiboot2 information reports no usable memory";
    return NULL;
}

const char *multiboot2_parse(const void *mbi, size_t limit, struct boot_info *out)
{
    struct parse parse = {.out = out};
    struct multiboot2_info info;
    const char *error;

    boot_info_initialize(out, "multiboot2");
    if (limit < sizeof(info))
        return "the multiboot2 information lies outside readable memory";
    memcpy(&info, mbi, sizeof(info));
    if (info.total_size > limit || info.total_size > MULTIBOOT2_LIMIT)
        return "the multiboot2 information is larger than it can be";
    error = parse_tags(&parse, mbi, info.total_size);
    return error != NULL ? error : finish_memory_map(&parse);
}
