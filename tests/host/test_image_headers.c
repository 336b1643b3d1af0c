/* mm/image_headers.c: the layout of good images, to the last part. */
// sources: mm/image_headers.c
#include "tests/host/host_test.h"
#include "tests/host/image_verify.h"

static void expect_parts(const struct mi_image_part *expected, uint32_t count)
{
    assert_int_equal(layout.part_count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(parts[i].first_page, expected[i].first_page);
        assert_int_equal(parts[i].pages, expected[i].pages);
        assert_int_equal(parts[i].file_offset, expected[i].file_offset);
        assert_int_equal(parts[i].file_bytes, expected[i].file_bytes);
        assert_int_equal(parts[i].protection, expected[i].protection);
    }
}

static int setup(void **state)
{
    (void)state;
    pe_build_program(&file);
    return 0;
}

static void a_program_is_laid_out(void **state)
{
    static const struct mi_image_part expected[] = {
        {0x0, 1, 0, 0x400, MM_READONLY},        {0x1, 8, 0x400, 0x7200, MM_EXECUTE_READ},
        {0x9, 1, 0x7600, 0x200, MM_WRITECOPY},  {0xA, 1, 0x7800, 0xC00, MM_READONLY},
        {0xB, 2, 0x8400, 0x1600, MM_READONLY},  {0xD, 1, 0, 0, MM_WRITECOPY},
        {0xE, 1, 0x9A00, 0x800, MM_WRITECOPY},  {0xF, 1, 0xA200, 0x200, MM_WRITECOPY},
        {0x10, 1, 0xA400, 0x200, MM_WRITECOPY}, {0x11, 1, 0xA600, 0x600, MM_READONLY},
    };

    (void)state;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    expect_parts(expected, ARRAY_SIZE(expected));
}

static void a_program_is_described(void **state)
{
    (void)state;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(layout.preferred_base, 0x400000);
    assert_int_equal(layout.image_bytes, 0x12000);
    assert_int_equal(layout.header_bytes, 0x400);
    assert_int_equal(layout.entry_point, 0x14B0);
    assert_int_equal(layout.relocation_rva, 0x11000);
    assert_int_equal(layout.relocation_bytes, 0x424);
    assert_int_equal(layout.section_alignment, 0x1000);
    assert_int_equal(layout.stack_reserve, 0x200000);
    assert_int_equal(layout.stack_commit, 0x1000);
    assert_int_equal(layout.heap_reserve, 0x100000);
    assert_int_equal(layout.heap_commit, 0x1000);
    assert_int_equal(layout.checksum, 0xD2D0);
    assert_int_equal(layout.time_date_stamp, 0x5F5E1000);
    assert_int_equal(layout.machine, 0x14C);
    assert_int_equal(layout.characteristics, 0x30E);
    assert_int_equal(layout.dll_characteristics, 0x140);
    assert_int_equal(layout.subsystem, 3);
    assert_int_equal(layout.major_subsystem_version, 4);
    assert_int_equal(layout.minor_subsystem_version, 0);
    assert_false(layout.is_dll);
    assert_false(layout.large_address_aware);
    assert_false(layout.relocations_stripped);
}

/* Debug sections that strip has not taken away are part of the image. */
static void debug_sections_are_parts(void **state)
{
    (void)state;
    pe_add_section(&file, (struct image_section_header){"/14", 0x430, 0x12000, 0x600, 0x200, 0, 0,
                                                        0, 0, 0x42000040});
    pe_add_section(&file, (struct image_section_header){"/29", 0x10C5A, 0x13000, 0xA800, 0x400, 0,
                                                        0, 0, 0, 0x42000040});
    file.headers.nt.optional_header.size_of_image = 0x24000;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(layout.part_count, 12);
    assert_int_equal(parts[11].first_page, 0x13);
    assert_int_equal(parts[11].pages, 0x11);
    assert_int_equal(parts[11].file_bytes, 0xA800);
    assert_int_equal(parts[11].protection, MM_READONLY);
}

static void flags_are_told(void **state)
{
    uint16_t *characteristics = &file.headers.nt.file_header.characteristics;

    (void)state;
    *characteristics = 0x2102;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_true(layout.is_dll && !layout.large_address_aware && !layout.relocations_stripped);
    *characteristics = 0x122;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_true(!layout.is_dll && layout.large_address_aware && !layout.relocations_stripped);
    *characteristics = 0x103;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_true(!layout.is_dll && !layout.large_address_aware && layout.relocations_stripped);
    assert_int_equal(layout.relocation_bytes, 0);
}

static void protections_follow_the_flags(void **state)
{
    static const struct {
        uint32_t characteristics, protection;
    } expected[] = {
        {0x00000040, MM_NOACCESS},          {0x20000020, MM_EXECUTE},
        {0x40000040, MM_READONLY},          {0x60000020, MM_EXECUTE_READ},
        {0x80000040, MM_WRITECOPY},         {0xC0000040, MM_WRITECOPY},
        {0xA0000020, MM_EXECUTE_WRITECOPY}, {0xE0000020, MM_EXECUTE_WRITECOPY},
        {0x10000040, MM_NOACCESS},          {0x30000020, MM_EXECUTE},
        {0x50000040, MM_READONLY},          {0x70000020, MM_EXECUTE_READ},
        {0x90000040, MM_READWRITE},         {0xD0000040, MM_READWRITE},
        {0xB0000020, MM_EXECUTE_READWRITE}, {0xF0000020, MM_EXECUTE_READWRITE},
        {0x00000020, MM_NOACCESS}, /* that it contains code does not make it executable */
    };

    (void)state;
    for (uint32_t i = 0; i < ARRAY_SIZE(expected); i++) {
        file.headers.sections[PE_DATA].characteristics = expected[i].characteristics;
        assert_int_equal(verify_program(), STATUS_SUCCESS);
        assert_int_equal(parts[1 + PE_DATA].protection, expected[i].protection);
        assert_int_equal(parts[1 + PE_DATA].file_bytes, 0x200);
    }
}

static void gaps_are_parts_without_access(void **state)
{
    static const struct mi_image_part expected[] = {
        {0x0, 1, 0, 0x400, MM_READONLY},       {0x1, 15, 0, 0, MM_NOACCESS},
        {0x10, 1, 0x400, 0x200, MM_READONLY},  {0x11, 15, 0, 0, MM_NOACCESS},
        {0x20, 3, 0x600, 0x200, MM_WRITECOPY}, {0x23, 13, 0, 0, MM_NOACCESS},
    };

    (void)state;
    pe_build_headers(&file);
    file.headers.nt.optional_header.section_alignment = 0x10000;
    file.headers.nt.optional_header.size_of_image = 0x30000;
    pe_add_section(&file, (struct image_section_header){"a", 0x14, 0x10000, 0x200, 0x400, 0, 0, 0,
                                                        0, 0x40000040});
    pe_add_section(&file, (struct image_section_header){"b", 0x2001, 0x20000, 0x200, 0x600, 0, 0, 0,
                                                        0, 0xC0000040});
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    expect_parts(expected, ARRAY_SIZE(expected));

    file.headers.nt.optional_header.size_of_image =
        0x23000; /* as well, but then there is no tail */
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    expect_parts(expected, ARRAY_SIZE(expected) - 1);
    assert_int_equal(layout.image_bytes, 0x23000);
}

static void sections_take_what_they_have_room_for(void **state)
{
    struct image_section_header *tls = &file.headers.sections[PE_TLS];

    (void)state;
    tls->pointer_to_raw_data = 0x400;
    tls->size_of_raw_data = 0x3000; /* the page is full with less */
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(parts[1 + PE_TLS].file_bytes, 0x1000);
    assert_int_equal(parts[1 + PE_TLS].pages, 1);

    tls->size_of_raw_data = 0x123; /* need not be a multiple of anything */
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(parts[1 + PE_TLS].file_bytes, 0x123);

    tls->size_of_raw_data = 0x201;
    tls->virtual_size = 0; /* then the file's size counts */
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(parts[1 + PE_TLS].file_bytes, 0x201);
    assert_int_equal(parts[1 + PE_TLS].pages, 1);

    tls->pointer_to_raw_data = 0; /* nowhere: zeros, as many */
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(parts[1 + PE_TLS].file_bytes, 0);
    assert_int_equal(parts[1 + PE_TLS].pages, 1);

    tls->pointer_to_raw_data = 0xDEADBEEF; /* no bytes from nowhere are zeros too */
    tls->size_of_raw_data = 0;
    tls->virtual_size = 8;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(parts[1 + PE_TLS].file_bytes, 0);
    assert_int_equal(parts[1 + PE_TLS].file_offset, 0);
}

static void the_end_of_the_file_may_be_the_end_of_a_section(void **state)
{
    (void)state;
    assert_int_equal(verify(PE_PROGRAM_BYTES - 1, PE_PROGRAM_BYTES - 1),
                     STATUS_INVALID_IMAGE_FORMAT);
    assert_int_equal(verify(PE_PROGRAM_BYTES, PE_PROGRAM_BYTES + 1), STATUS_SUCCESS);
    assert_int_equal(verify(PE_PROGRAM_BYTES, 0xFFFFFFFF), STATUS_SUCCESS);
}

static void a_flat_image_is_one_part(void **state)
{
    static const struct mi_image_part expected = {0, 1, 0, PE_FLAT_BYTES, MM_EXECUTE_WRITECOPY};

    (void)state;
    pe_build_flat(&file);
    assert_int_equal(verify_flat(), STATUS_SUCCESS);
    expect_parts(&expected, 1);
    assert_int_equal(layout.image_bytes, 0x1000);
    assert_int_equal(layout.section_alignment, 0x200);

    assert_int_equal(verify(PE_FLAT_BYTES, 0x5000),
                     STATUS_SUCCESS); /* no more than the image has */
    assert_int_equal(parts[0].file_bytes, 0x1000);
}

static void a_flat_section_may_be_full(void **state)
{
    (void)state;
    pe_build_flat(&file);
    file.headers.sections[1].virtual_size = 0x200;
    assert_int_equal(verify_flat(), STATUS_SUCCESS);
}

static void a_flat_image_may_end_in_zeros(void **state)
{
    struct image_section_header *last = &file.headers.sections[3];

    (void)state;
    pe_build_flat(&file);
    last->virtual_size = 0x2000;
    file.headers.nt.optional_header.size_of_image = 0x2A00;
    assert_int_equal(verify_flat(), STATUS_SUCCESS);
    assert_int_equal(parts[0].pages, 3);
    assert_int_equal(parts[0].file_bytes, PE_FLAT_BYTES);
    assert_int_equal(verify(PE_FLAT_BYTES, PE_FLAT_BYTES + 1), STATUS_INVALID_IMAGE_FORMAT);

    last->size_of_raw_data = 0;
    last->virtual_address = 0xC00;
    file.headers.nt.optional_header.size_of_image = 0x2C00;
    assert_int_equal(verify_flat(), STATUS_SUCCESS);
    assert_int_equal(verify(PE_FLAT_BYTES, PE_FLAT_BYTES + 1), STATUS_INVALID_IMAGE_FORMAT);
}

static void flat_images_may_be_aligned_to_anything(void **state)
{
    (void)state;
    pe_build_flat(&file);
    for (uint32_t alignment = 1; alignment <= 0x200; alignment *= 2) {
        file.headers.nt.optional_header.section_alignment = alignment;
        file.headers.nt.optional_header.file_alignment = alignment;
        assert_int_equal(verify_flat(), STATUS_SUCCESS);
    }
}

static void images_without_sections_are_all_headers(void **state)
{
    static const struct mi_image_part expected = {0, 1, 0, 0x400, MM_READONLY};

    (void)state;
    pe_build_headers(&file);
    file.headers.nt.optional_header.size_of_image = 0x400;
    assert_int_equal(verify(0x400, 0x400), STATUS_SUCCESS);
    expect_parts(&expected, 1);
    assert_int_equal(layout.image_bytes, 0x1000);
}

/* `count` sections of a page each, with a page between two. */
static void build_many_sections(uint32_t count)
{
    pe_build_headers(&file);
    for (uint32_t i = 0; i < count; i++)
        pe_add_section(&file, (struct image_section_header){.virtual_size = 1,
                                                            .virtual_address = 0x3000 + i * 0x4000,
                                                            .characteristics = 0xC0000080});
    file.headers.nt.optional_header.size_of_headers = 0x1400;
    file.headers.nt.optional_header.size_of_image = count * 0x4000;
}

static void ninety_six_sections_are_the_most(void **state)
{
    (void)state;
    build_many_sections(96);
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(layout.part_count, 1 + 2 * 96);
    assert_int_equal(parts[0].pages, 2);
    assert_int_equal(parts[192].first_page, 0x3 + 95 * 4);
    build_many_sections(97);
    assert_int_equal(verify_program(), STATUS_INVALID_IMAGE_FORMAT);
}

static void parts_need_room(void **state)
{
    (void)state;
    for (uint32_t capacity = 0; capacity <= 10; capacity++) {
        memset(parts, 0xAA, sizeof(parts));
        layout = (struct mi_image_layout){.parts = parts, .part_capacity = capacity};
        assert_int_equal(
            mi_verify_image_headers(file.bytes, PE_PROGRAM_BYTES, PE_PROGRAM_BYTES, &layout),
            capacity < 10 ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
        assert_int_equal(parts[capacity].pages, 0xAAAAAAAA);
    }
    file.headers.nt.optional_header.size_of_image = 0x13000; /* and wrong is worse than large */
    layout = (struct mi_image_layout){.parts = parts, .part_capacity = 1};
    assert_int_equal(
        mi_verify_image_headers(file.bytes, PE_PROGRAM_BYTES, PE_PROGRAM_BYTES, &layout),
        STATUS_INVALID_IMAGE_FORMAT);
}

static void relocations_may_be_missing(void **state)
{
    struct image_nt_headers32 *nt = &file.headers.nt;

    (void)state;
    nt->optional_header.number_of_rva_and_sizes = 6;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(layout.relocation_bytes, 0x424);
    nt->optional_header.number_of_rva_and_sizes = 0xFFFFFFFF; /* the room is what counts */
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(layout.relocation_bytes, 0x424);
    nt->optional_header.number_of_rva_and_sizes = 5;
    assert_int_equal(verify_program(), STATUS_SUCCESS);
    assert_int_equal(layout.relocation_rva, 0);
    assert_int_equal(layout.relocation_bytes, 0);
}

/* The optional header has room for fewer directories than it says; the sections follow at once. */
static void directories_need_room(void **state)
{
    static struct image_section_header sections[PE_PROGRAM_SECTIONS];

    (void)state;
    memcpy(sections, file.headers.sections, sizeof(sections));
    for (uint32_t room = 0; room <= PE_DIRECTORIES; room++) {
        file.headers.nt.file_header.size_of_optional_header =
            (uint16_t)(sizeof(struct image_optional_header32) +
                       room * sizeof(struct image_data_directory));
        memcpy(&file.headers.directories[room], sections, sizeof(sections));
        if (room > IMAGE_DIRECTORY_ENTRY_BASERELOC)
            file.headers.directories[IMAGE_DIRECTORY_ENTRY_BASERELOC] =
                (struct image_data_directory){0x11000, 0x424};
        assert_int_equal(verify_program(), STATUS_SUCCESS);
        assert_int_equal(layout.relocation_bytes, room > 5 ? 0x424 : 0);
        assert_int_equal(layout.part_count, 10);
    }
}

/* The headers are found wherever they are. */
static void headers_may_be_anywhere(void **state)
{
    uint32_t length = sizeof(file.headers.nt) + sizeof(file.headers.directories) +
                      PE_PROGRAM_SECTIONS * sizeof(struct image_section_header);
    static uint8_t headers[0x400];

    (void)state;
    memcpy(headers, &file.headers.nt, length);
    for (uint32_t at = 0x40; at <= 0x400 - length; at++) {
        memset(file.bytes + 0x40, 0, 0x400 - 0x40);
        memcpy(file.bytes + at, headers, length);
        file.headers.dos.e_lfanew = at;
        assert_int_equal(verify_program(), at % 4 ? STATUS_INVALID_IMAGE_FORMAT : STATUS_SUCCESS);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_program_is_laid_out),
        TEST(a_program_is_described),
        TEST(debug_sections_are_parts),
        TEST(flags_are_told),
        TEST(protections_follow_the_flags),
        TEST(gaps_are_parts_without_access),
        TEST(sections_take_what_they_have_room_for),
        TEST(the_end_of_the_file_may_be_the_end_of_a_section),
        TEST(a_flat_image_is_one_part),
        TEST(a_flat_section_may_be_full),
        TEST(a_flat_image_may_end_in_zeros),
        TEST(flat_images_may_be_aligned_to_anything),
        TEST(images_without_sections_are_all_headers),
        TEST(ninety_six_sections_are_the_most),
        TEST(parts_need_room),
        TEST(relocations_may_be_missing),
        TEST(directories_need_room),
        TEST(headers_may_be_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
