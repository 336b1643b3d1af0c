/* See image_view.h. */
#include "lib/pe.h"
#include "lib/string.h"
#include "user/ntdll/image_view.h"

#define DOS_MAGIC    0x5A4Du
#define NT_SIGNATURE 0x4550u
#define LFANEW_LIMIT 0x10000u

const struct image_nt_headers32 *image_headers(const void *base)
{
    const struct image_dos_header *dos = base;

    if (dos->e_magic != DOS_MAGIC || dos->e_lfanew > LFANEW_LIMIT || dos->e_lfanew % 4)
        return NULL;
    const void *headers = (const uint8_t *)base + dos->e_lfanew;
    const struct image_nt_headers32 *nt = headers;
    return nt->signature == NT_SIGNATURE ? nt : NULL;
}

struct image_view image_view_of(const void *base)
{
    return (struct image_view){base, image_headers(base)->optional_header.size_of_image};
}

const void *image_at(const struct image_view *image, uint32_t rva, uint32_t bytes)
{
    if (rva > image->bytes || image->bytes - rva < bytes)
        return NULL;
    return image->base + rva;
}

const char *image_text(const struct image_view *image, uint32_t rva)
{
    if (rva >= image->bytes)
        return NULL;
    const char *text = (const char *)image->base + rva;
    return memchr(text, 0, image->bytes - rva) ? text : NULL;
}

const void *image_directory(const struct image_view *image, uint32_t index, uint32_t *bytes)
{
    const struct image_nt_headers32 *nt = image_headers(image->base);

    if (!nt || index >= nt->optional_header.number_of_rva_and_sizes)
        return NULL;
    const struct image_data_directory *directory =
        (const struct image_data_directory *)(nt + 1) + index;
    if (!directory->virtual_address || !directory->size || directory->virtual_address % 4)
        return NULL;
    *bytes = directory->size;
    return image_at(image, directory->virtual_address, directory->size);
}

/* The export directory and its tables, all inside the image. */
struct exports {
    const struct image_export_directory *directory;
    uint32_t directory_rva, directory_bytes;
    const uint32_t *functions, *names;
    const uint16_t *ordinals;
};

static bool open_exports(const struct image_view *image, struct exports *exports)
{
    const struct image_export_directory *directory =
        image_directory(image, IMAGE_ENTRY_EXPORT, &exports->directory_bytes);

    if (!directory || exports->directory_bytes < sizeof(*directory) ||
        directory->number_of_functions > image->bytes / 4 ||
        directory->number_of_names > image->bytes / 4 || directory->functions % 4 ||
        directory->names % 4 || directory->name_ordinals % 2)
        return false;
    exports->directory = directory;
    exports->directory_rva = (uint32_t)((const uint8_t *)directory - image->base);
    exports->functions = image_at(image, directory->functions, directory->number_of_functions * 4);
    exports->names = image_at(image, directory->names, directory->number_of_names * 4);
    exports->ordinals = image_at(image, directory->name_ordinals, directory->number_of_names * 2);
    return exports->functions && exports->names && exports->ordinals;
}

static bool take_function(const struct image_view *image, const struct exports *exports,
                          uint32_t index, struct image_export *found)
{
    if (index >= exports->directory->number_of_functions)
        return false;
    uint32_t rva = exports->functions[index];
    *found = (struct image_export){.rva = rva};
    if (rva - exports->directory_rva < exports->directory_bytes) {
        found->rva = 0;
        found->forwarder = image_text(image, rva);
    }
    return found->rva ? rva < image->bytes : found->forwarder != NULL;
}

bool image_find_ordinal(const struct image_view *image, uint32_t ordinal,
                        struct image_export *found)
{
    struct exports exports;

    return open_exports(image, &exports) && ordinal >= exports.directory->base &&
           take_function(image, &exports, ordinal - exports.directory->base, found);
}

/* => how NAME compares with the list's name INDEX. One that the image ends in is above all. */
static int compare_at(const struct image_view *image, const struct exports *exports, uint32_t index,
                      const char *name)
{
    uint32_t rva = exports->names[index];
    const uint8_t *mine = (const uint8_t *)name;

    for (; rva < image->bytes; rva++, mine++)
        if (*mine != image->base[rva] || !*mine)
            return *mine - image->base[rva];
    return -1;
}

bool image_find_name(const struct image_view *image, const char *name, uint32_t hint,
                     struct image_export *found)
{
    struct exports exports;
    uint32_t low = 0;

    if (!open_exports(image, &exports))
        return false;
    uint32_t high = exports.directory->number_of_names;
    if (hint < high && compare_at(image, &exports, hint, name) == 0)
        return take_function(image, &exports, exports.ordinals[hint], found);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = compare_at(image, &exports, middle, name);

        if (order == 0)
            return take_function(image, &exports, exports.ordinals[middle], found);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

const struct image_section_header *image_section_of(const struct image_view *image, uint32_t rva)
{
    const struct image_nt_headers32 *nt = image_headers(image->base);
    const struct image_section_header *section =
        (const void *)((const uint8_t *)&nt->optional_header +
                       nt->file_header.size_of_optional_header);

    for (uint32_t i = 0; i < nt->file_header.number_of_sections; i++, section++)
        if (rva >= section->virtual_address &&
            rva - section->virtual_address <
                ROUND_UP(section->virtual_size ? section->virtual_size : section->size_of_raw_data,
                         PAGE_SIZE))
            return section;
    return NULL;
}
