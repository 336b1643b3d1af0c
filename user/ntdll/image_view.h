/*
 * Finding things in an image that is mapped: its headers, its directories, and what it exports.
 * Pure, tested on the host. The image is not trusted: nothing outside of it is read.
 */
#pragma once

#include "lib/types.h"

/* lib/pe.h; whoever includes winnt.h instead uses its names for these. */
struct image_nt_headers32;
struct image_section_header;

#define IMAGE_ENTRY_EXPORT      0u /* of the data directory */
#define IMAGE_ENTRY_IMPORT      1u
#define IMAGE_ENTRY_RELOCATIONS 5u
#define IMAGE_ENTRY_TLS         9u

#define IMAGE_IMPORT_BY_ORDINAL 0x80000000u /* in a thunk: the low 16 bits are an ordinal */

struct image_view {
    const uint8_t *base;
    uint32_t bytes; /* mapped, SizeOfImage */
};

struct image_export_directory {
    uint32_t characteristics;
    uint32_t time_date_stamp;
    uint16_t major_version;
    uint16_t minor_version;
    uint32_t name; /* RVA, as all below but the numbers */
    uint32_t base; /* the first ordinal */
    uint32_t number_of_functions;
    uint32_t number_of_names;
    uint32_t functions;     /* RVAs; one inside this directory is a forwarder's text */
    uint32_t names;         /* RVAs of names, in the order of their bytes */
    uint32_t name_ordinals; /* for each name, an index of functions */
};
_Static_assert(sizeof(struct image_export_directory) == 40, "winnt.h");

struct image_import_descriptor {
    uint32_t original_first_thunk; /* RVA of the names; 0: they are where the addresses go */
    uint32_t time_date_stamp;
    uint32_t forwarder_chain;
    uint32_t name; /* RVA; 0: the end of the list */
    uint32_t first_thunk;
};
_Static_assert(sizeof(struct image_import_descriptor) == 20, "winnt.h");

/* => the headers of the image at BASE, which is mapped so far at least; NULL: it is none. */
const struct image_nt_headers32 *image_headers(const void *base);

/* => the whole image at BASE, whose headers are right. */
struct image_view image_view_of(const void *base);

/* => BYTES bytes at RVA, or NULL where they are not all inside the image. */
const void *image_at(const struct image_view *image, uint32_t rva, uint32_t bytes);

/* => the text at RVA, if its end is inside the image, else NULL. */
const char *image_text(const struct image_view *image, uint32_t rva);

/* => the directory INDEX, *BYTES long, or NULL: the image has none, or not where it could be. */
const void *image_directory(const struct image_view *image, uint32_t index, uint32_t *bytes);

struct image_export {
    uint32_t rva;          /* of the function; 0: see below */
    const char *forwarder; /* "DLL.Function" or "DLL.#ordinal", where it really is */
};

/* HINT: where in the list of names it may be found at once. => false: there is no such export. */
bool image_find_name(const struct image_view *image, const char *name, uint32_t hint,
                     struct image_export *found);
bool image_find_ordinal(const struct image_view *image, uint32_t ordinal,
                        struct image_export *found);

/* => the section that RVA is in; NULL: none. */
const struct image_section_header *image_section_of(const struct image_view *image, uint32_t rva);

/* => whether RELOCATIONS, BYTES long, name only addresses inside the image. */
bool image_relocations_are_right(const struct image_view *image, const void *relocations,
                                 uint32_t bytes);

/* Add DELTA to each address that the relocations, which are right, name. The image is writable. */
void image_apply_relocations(const struct image_view *image, const void *relocations,
                             uint32_t bytes, uint32_t delta);
