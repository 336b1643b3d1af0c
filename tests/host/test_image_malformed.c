/*
 * mm/image_headers.c: each way in which a file can fail to be an image, and the status that says
 * so. Most spoil one field of an image that is well-formed.
 */
// sources: mm/image_headers.c
#include "tests/host/host_test.h"
#include "tests/host/image_verify.h"

static int setup(void **state)
{
    (void)state;
    pe_build_program(&file);
    return 0;
}

/* What can be seen of the file ends anywhere; then the file does. */
static void headers_cut_short(void **state)
{
    uint32_t table_end = offsetof(struct pe_headers, sections[PE_PROGRAM_SECTIONS]);

    (void)state;
    for (uint32_t n = 0; n <= PE_PROGRAM_HEADERS; n++) {
        assert_int_equal(verify(n, PE_PROGRAM_BYTES), n < 2           ? STATUS_INVALID_IMAGE_NOT_MZ
                                                      : n < 64        ? STATUS_INVALID_IMAGE_PROTECT
                                                      : n < table_end ? STATUS_INVALID_IMAGE_FORMAT
                                                                      : STATUS_SUCCESS);
        assert_int_equal(verify(n, n), n < 2      ? STATUS_INVALID_IMAGE_NOT_MZ
                                       : n < 0x84 ? STATUS_INVALID_IMAGE_PROTECT
                                                  : STATUS_INVALID_IMAGE_FORMAT);
    }
}

static void other_kinds_of_program_are_told_apart(void **state)
{
    static const struct {
        uint32_t signature;
        ntstatus status;
    } kinds[] = {
        {0x0000454E, STATUS_INVALID_IMAGE_WIN_16},    {0x0504454E, STATUS_INVALID_IMAGE_WIN_16},
        {0x0000454C, STATUS_INVALID_IMAGE_LE_FORMAT}, {0x0000584C, STATUS_INVALID_IMAGE_LE_FORMAT},
        {0x00000000, STATUS_INVALID_IMAGE_PROTECT},   {0x00014550, STATUS_INVALID_IMAGE_PROTECT},
        {0x50450000, STATUS_INVALID_IMAGE_PROTECT},
    };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        file.headers.nt.signature = kinds[i].signature;
        assert_int_equal(verify_program(), kinds[i].status);
    }
}

#define FIELD(field)       offsetof(struct pe_headers, field), sizeof((struct pe_headers){0}.field)
#define FILE_HEADER(field) FIELD(nt.file_header.field)
#define OPTIONAL(field)    FIELD(nt.optional_header.field)
#define SECTION(i, field)  FIELD(sections[i].field)
#define RELOCATIONS(field) FIELD(directories[IMAGE_DIRECTORY_ENTRY_BASERELOC].field)

#define MALFORMED STATUS_INVALID_IMAGE_FORMAT

struct corruption {
    uint32_t offset, size, value;
    ntstatus status;
};

static const struct corruption corruptions[] = {
    {FIELD(dos.e_magic), 0x5A4E, STATUS_INVALID_IMAGE_NOT_MZ},
    {FIELD(dos.e_magic), 0x4D5A, STATUS_INVALID_IMAGE_NOT_MZ},
    {FIELD(dos.e_magic), 0, STATUS_INVALID_IMAGE_NOT_MZ},
    {FIELD(dos.e_lfanew), 0, STATUS_INVALID_IMAGE_PROTECT}, /* "MZ" again */
    {FIELD(dos.e_lfanew), 0x84, STATUS_INVALID_IMAGE_PROTECT},
    {FIELD(dos.e_lfanew), PE_PROGRAM_BYTES - 4, STATUS_INVALID_IMAGE_PROTECT},
    {FIELD(dos.e_lfanew), PE_PROGRAM_BYTES - 3, STATUS_INVALID_IMAGE_PROTECT},
    {FIELD(dos.e_lfanew), PE_PROGRAM_BYTES, STATUS_INVALID_IMAGE_PROTECT},
    {FIELD(dos.e_lfanew), 0xFFFFFFFC, STATUS_INVALID_IMAGE_PROTECT},
    {FIELD(nt.signature), 0, STATUS_INVALID_IMAGE_PROTECT},

    {FILE_HEADER(machine), IMAGE_FILE_MACHINE_AMD64, STATUS_INVALID_IMAGE_WIN_64},
    {FILE_HEADER(machine), 0x01C4, MALFORMED}, /* ARM */
    {FILE_HEADER(machine), 0, MALFORMED},
    {FILE_HEADER(number_of_sections), 97, MALFORMED},
    {FILE_HEADER(number_of_sections), 0xFFFF, MALFORMED},
    {FILE_HEADER(number_of_sections), 10, MALFORMED}, /* the tenth is all zeros */
    {FILE_HEADER(number_of_sections), 8, MALFORMED},  /* the image is larger */
    {FILE_HEADER(number_of_sections), 0, MALFORMED},
    {FILE_HEADER(number_of_sections), 17, MALFORMED}, /* their headers end behind size_of_headers */
    {FILE_HEADER(size_of_optional_header), 95, MALFORMED},
    {FILE_HEADER(size_of_optional_header), 0, MALFORMED},
    {FILE_HEADER(size_of_optional_header), 0xFFFF, MALFORMED},
    {FILE_HEADER(size_of_optional_header), 232, MALFORMED}, /* the sections are not there */
    {FILE_HEADER(characteristics), 0x30C, MALFORMED},       /* not executable */

    {OPTIONAL(magic), IMAGE_NT_OPTIONAL_HDR64_MAGIC, STATUS_INVALID_IMAGE_WIN_64},
    {OPTIONAL(magic), 0x0107, MALFORMED}, /* a ROM's */
    {OPTIONAL(magic), 0, MALFORMED},
    {OPTIONAL(address_of_entry_point), 0x12000, MALFORMED},
    {OPTIONAL(address_of_entry_point), 0xFFFFFFFF, MALFORMED},
    {OPTIONAL(address_of_entry_point), 0x3FF, MALFORMED},
    {OPTIONAL(image_base), 0x401000, MALFORMED},
    {OPTIONAL(image_base), 0x400001, MALFORMED},
    {OPTIONAL(image_base), 0xFFFF0000, MALFORMED}, /* ends behind 4 GB */
    {OPTIONAL(section_alignment), 0, MALFORMED},
    {OPTIONAL(section_alignment), 0x1800, MALFORMED},
    {OPTIONAL(section_alignment), 0x1001, MALFORMED},
    {OPTIONAL(section_alignment), 0x800, MALFORMED},  /* less than a page, not the file's */
    {OPTIONAL(section_alignment), 0x200, MALFORMED},  /* the file's: places do not agree */
    {OPTIONAL(section_alignment), 0x2000, MALFORMED}, /* the sections are not aligned so */
    {OPTIONAL(section_alignment), 0x80000000, MALFORMED},
    {OPTIONAL(file_alignment), 0, MALFORMED},
    {OPTIONAL(file_alignment), 0x100, MALFORMED},
    {OPTIONAL(file_alignment), 0x300, MALFORMED},
    {OPTIONAL(file_alignment), 0x400, MALFORMED},  /* the sections are not aligned so */
    {OPTIONAL(file_alignment), 0x2000, MALFORMED}, /* more than in memory */
    {OPTIONAL(file_alignment), 0x20000, MALFORMED},
    {OPTIONAL(size_of_image), 0, MALFORMED},
    {OPTIONAL(size_of_image), 0x11000, MALFORMED},
    {OPTIONAL(size_of_image), 0x12001, MALFORMED},
    {OPTIONAL(size_of_image), 0x13000, MALFORMED},
    {OPTIONAL(size_of_image), 0x80000000, MALFORMED},
    {OPTIONAL(size_of_image), 0x80000001, STATUS_SECTION_TOO_BIG},
    {OPTIONAL(size_of_image), 0xFFFFFFFF, STATUS_SECTION_TOO_BIG},
    {OPTIONAL(size_of_headers), 0, MALFORMED},
    {OPTIONAL(size_of_headers), 0x2DF, MALFORMED},  /* the last section header is not in it */
    {OPTIONAL(size_of_headers), 0x1001, MALFORMED}, /* runs into the first section */
    {OPTIONAL(size_of_headers), PE_PROGRAM_BYTES + 1, MALFORMED},
    {OPTIONAL(size_of_headers), 0xFFFFFFFF, MALFORMED},
    {RELOCATIONS(virtual_address), 0x11C00, MALFORMED},
    {RELOCATIONS(virtual_address), 0x12001, MALFORMED},
    {RELOCATIONS(virtual_address), 0xFFFFFF00, MALFORMED},
    {RELOCATIONS(size), 0x1001, MALFORMED},
    {RELOCATIONS(size), 0xFFFFFFFF, MALFORMED},

    {SECTION(PE_TEXT, virtual_address), 0, MALFORMED},
    {SECTION(PE_TEXT, virtual_size), 0x8001, MALFORMED}, /* runs into .data */
    {SECTION(PE_TEXT, virtual_size), 0xFFFFFFFF, MALFORMED},
    {SECTION(PE_DATA, virtual_address), 0x9200, MALFORMED},
    {SECTION(PE_DATA, virtual_address), 0x8000, MALFORMED}, /* in .text */
    {SECTION(PE_DATA, virtual_address), 0x1000, MALFORMED},
    {SECTION(PE_DATA, virtual_address), 0xA000, MALFORMED},  /* where .rdata is */
    {SECTION(PE_DATA, virtual_address), 0x10000, MALFORMED}, /* not in order */
    {SECTION(PE_DATA, virtual_address), 0xFFFFF000, MALFORMED},
    {SECTION(PE_DATA, size_of_raw_data), 0xFFFFFFFF, MALFORMED},
    {SECTION(PE_DATA, size_of_raw_data), PE_PROGRAM_BYTES - 0x7600 + 1, MALFORMED},
    {SECTION(PE_DATA, pointer_to_raw_data), 0x7601, MALFORMED},
    {SECTION(PE_DATA, pointer_to_raw_data), 0x7700, MALFORMED},
    {SECTION(PE_DATA, pointer_to_raw_data), PE_PROGRAM_BYTES, MALFORMED},
    {SECTION(PE_DATA, pointer_to_raw_data), 0xFFFFFE00, MALFORMED},
    {SECTION(PE_BSS, virtual_size), 0, MALFORMED}, /* then there is nothing of it */
    {SECTION(PE_BSS, virtual_size), 0x1001, MALFORMED},
    {SECTION(PE_RELOC, virtual_address), 0x12000, MALFORMED}, /* behind the image */
    {SECTION(PE_RELOC, virtual_address), 0xFFFFF000, MALFORMED},
    {SECTION(PE_RELOC, virtual_size), 0x1001, MALFORMED},
    {SECTION(PE_RELOC, virtual_size), 0xFFFFFFFF, MALFORMED},
    {SECTION(PE_RELOC, size_of_raw_data), 0x601, MALFORMED},
};

static const struct corruption flat_corruptions[] = {
    {OPTIONAL(section_alignment), 0x400, MALFORMED},
    {OPTIONAL(section_alignment), 0x100, MALFORMED},
    {OPTIONAL(file_alignment), 0x100, MALFORMED},
    {OPTIONAL(section_alignment), 0x1000, MALFORMED}, /* the sections are not aligned so */
    {OPTIONAL(size_of_image), 0x1001, MALFORMED},
    {OPTIONAL(size_of_image), 0x3FF, MALFORMED},
    {OPTIONAL(size_of_headers), 0x401, MALFORMED},
    {OPTIONAL(size_of_headers), 0xC01, MALFORMED},
    {SECTION(1, pointer_to_raw_data), 0x400, MALFORMED},
    {SECTION(1, pointer_to_raw_data), 0, MALFORMED}, /* zeros, where the file has bytes */
    {SECTION(1, size_of_raw_data), 0x13, MALFORMED}, /* a zero, where the file has a byte */
    {SECTION(1, virtual_address), 0x400, MALFORMED},
    {SECTION(1, virtual_address), 0x601, MALFORMED},
    {SECTION(1, virtual_size), 0x201, MALFORMED},
    {SECTION(3, virtual_size), 0x601, MALFORMED},
    {SECTION(3, size_of_raw_data), 0x201, MALFORMED},
};

static void spoil_each(const struct corruption *list, uint32_t count,
                       void (*build)(union pe_file *file), uint32_t file_bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        ntstatus status;

        build(&file);
        memcpy(file.bytes + list[i].offset, &list[i].value, list[i].size);
        status = verify(file_bytes, file_bytes);
        if (status != list[i].status)
            fail_msg("%u: offset %x, value %x: %x", i, list[i].offset, list[i].value, status);
    }
}

static void each_corruption_is_refused(void **state)
{
    (void)state;
    spoil_each(corruptions, ARRAY_SIZE(corruptions), pe_build_program, PE_PROGRAM_BYTES);
}

static void each_corruption_of_a_flat_image_is_refused(void **state)
{
    (void)state;
    spoil_each(flat_corruptions, ARRAY_SIZE(flat_corruptions), pe_build_flat, PE_FLAT_BYTES);
}

/* In an image without sections nothing else contradicts its headers. */
static void headers_alone_may_be_wrong(void **state)
{
    static const struct {
        uint32_t in_memory, in_file;
        ntstatus status;
    } alignments[] = {
        {0x1000, 0x1000, STATUS_SUCCESS},   {0x10000, 0x10000, STATUS_SUCCESS},
        {0x20000, 0x10000, STATUS_SUCCESS}, {0x20000, 0x20000, MALFORMED},
        {0x1000, 0x2000, MALFORMED},        {0x1800, 0x200, MALFORMED},
        {0x1000, 0x300, MALFORMED},         {0x300, 0x300, MALFORMED},
        {0x1000, 0x100, MALFORMED},         {0x80000000, 0x200, STATUS_SUCCESS},
    };
    struct image_optional_header32 *optional = &file.headers.nt.optional_header;

    (void)state;
    pe_build_headers(&file);
    optional->size_of_image = 0x1000;
    for (uint32_t i = 0; i < ARRAY_SIZE(alignments); i++) {
        optional->section_alignment = alignments[i].in_memory;
        optional->file_alignment = alignments[i].in_file;
        assert_int_equal(verify(0x400, 0x400), alignments[i].status);
    }
    optional->section_alignment = 0x1000;
    optional->file_alignment = 0x200;
    assert_int_equal(verify(0x400, 0x400), STATUS_SUCCESS);
    assert_int_equal(verify(0x3FF, 0x3FF), MALFORMED); /* size_of_headers is 0x400 */
    optional->size_of_image = 0x3FF;
    assert_int_equal(verify(0x400, 0x400), MALFORMED);
}

/* Next to each limit there is something that is right. */
static const struct corruption variations[] = {
    {FILE_HEADER(characteristics), 0x2, STATUS_SUCCESS},
    {OPTIONAL(address_of_entry_point), 0, STATUS_SUCCESS},
    {OPTIONAL(address_of_entry_point), 0x400, STATUS_SUCCESS},
    {OPTIONAL(address_of_entry_point), 0x11FFF, STATUS_SUCCESS},
    {OPTIONAL(image_base), 0, STATUS_SUCCESS},
    {OPTIONAL(image_base), 0xFFFE0000, STATUS_SUCCESS},
    {OPTIONAL(size_of_image), 0x11001, STATUS_SUCCESS}, /* the same in pages */
    {OPTIONAL(size_of_headers), 0x2E0, STATUS_SUCCESS},
    {OPTIONAL(size_of_headers), 0x1000, STATUS_SUCCESS},
    {OPTIONAL(subsystem), 0, STATUS_SUCCESS},
    {RELOCATIONS(size), 0x1000, STATUS_SUCCESS},
    {SECTION(PE_TEXT, virtual_size), 0x8000, STATUS_SUCCESS},
    {SECTION(PE_TEXT, virtual_address), 0x1000, STATUS_SUCCESS},
    {SECTION(PE_TEXT, pointer_to_raw_data), 0x200, STATUS_SUCCESS},
    {SECTION(PE_RELOC, virtual_size), 0x1000, STATUS_SUCCESS},
    {SECTION(PE_DATA, size_of_raw_data), PE_PROGRAM_BYTES - 0x7600, STATUS_SUCCESS},
};

static void each_variation_is_accepted(void **state)
{
    (void)state;
    spoil_each(variations, ARRAY_SIZE(variations), pe_build_program, PE_PROGRAM_BYTES);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(headers_cut_short),          TEST(other_kinds_of_program_are_told_apart),
        TEST(each_corruption_is_refused), TEST(each_corruption_of_a_flat_image_is_refused),
        TEST(headers_alone_may_be_wrong), TEST(each_variation_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
