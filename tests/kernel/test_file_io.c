/* Reading files, and asking about them. */
#include "lib/string.h"
#include "mm/pool.h"
#include "tests/kernel/files.h"
#include "tests/kernel/objects.h"

#define HELLO      TEST_FOLDER u"hello.txt"
#define HELLO_SIZE 23u
#define TAG        'OIeT'

KTEST(file_io, reads_from_where_it_stands)
{
    char text[64];
    uint32_t done;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO);
    ktest_assert_eq(test, ktest_read_file(handle, text, 5, -1, &done), STATUS_SUCCESS);
    ktest_assert_eq(test, done, 5);
    ktest_assert(test, !memcmp(text, "Hello", 5));
    ktest_assert_eq(test, ktest_read_file(handle, text, 64, -1, &done), STATUS_SUCCESS);
    ktest_assert_eq(test, done, HELLO_SIZE - 5);
    ktest_assert(test, !memcmp(text, " from the volume.\n", 18));
    ktest_assert_eq(test, ktest_read_file(handle, text, 1, -1, &done), STATUS_END_OF_FILE);
    ktest_assert_eq(test, done, 0);
    ktest_assert_eq(test, ktest_read_file(handle, text, 0, -1, &done), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read_file(handle, text, 4, 6, &done), STATUS_SUCCESS);
    ktest_assert(test, done == 4 && !memcmp(text, "from", 4));
    ktest_assert_eq(test, ktest_read_file(handle, text, 4, -1, &done), STATUS_SUCCESS);
    ktest_assert(test, done == 4 && !memcmp(text, " the", 4)); /* it stands behind that */
    ktest_assert_eq(test, ktest_read_file(handle, text, 4, 0x100000005ll, &done),
                    STATUS_END_OF_FILE);
    nt_close(handle);
}

KTEST(file_io, reads_all_sizes_at_all_offsets)
{
    uint32_t done, differing = 0;
    uint32_t *words = ex_allocate_pool_with_tag(PAGED_POOL, NUMBERS_SIZE, TAG);

    if (!ktest_has_volume(test)) {
        ex_free_pool_with_tag(words, TAG);
        return;
    }
    handle_t handle = ktest_opened(test, TEST_FOLDER u"numbers.bin");
    for (uint32_t n = 0; n < 60; n++) {
        uint32_t offset = n ? ktest_random() % NUMBERS * 4 : 0;
        uint32_t bytes = n ? ktest_random() % NUMBERS_SIZE : NUMBERS_SIZE;
        uint32_t expected = bytes < NUMBERS_SIZE - offset ? bytes : NUMBERS_SIZE - offset;
        memset(words, 0xEE, NUMBERS_SIZE);
        ktest_assert_eq(test, ktest_read_file(handle, words, bytes, offset, &done), STATUS_SUCCESS);
        ktest_assert_eq(test, done, expected);
        for (uint32_t i = 0; i < expected / 4; i++)
            differing += words[i] != offset / 4 + i;
        if (expected < NUMBERS_SIZE)
            differing += ((uint8_t *)words)[expected] != 0xEE;
    }
    nt_close(handle);
    ex_free_pool_with_tag(words, TAG);
    ktest_assert_eq(test, differing, 0);
}

KTEST(file_io, without_a_position_an_offset_is_needed)
{
    char text[8];
    uint32_t done;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(test, ktest_open_file(HELLO, FILE_READ_DATA, FILE_SHARE_VALID, 0, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read_file(handle, text, 5, -1, &done), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, ktest_read_file(handle, text, 5, 0, &done), STATUS_SUCCESS);
    ktest_assert_eq(test, done, 5);
    ktest_assert_eq(test, ktest_file_of(handle)->current_byte_offset, 0);
    nt_close(handle);
}

KTEST(file_io, offsets_that_are_none_are_refused)
{
    struct io_status_block block;
    char text[8];
    int64_t offset = -2; /* FILE_USE_FILE_POINTER_POSITION */

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO);
    ktest_assert_eq(test, nt_read_file(handle, 0, NULL, NULL, &block, text, 5, &offset, NULL),
                    STATUS_SUCCESS);
    for (offset = -1; offset > -5; offset -= 2)
        ktest_assert_eq(test, nt_read_file(handle, 0, NULL, NULL, &block, text, 5, &offset, NULL),
                        STATUS_INVALID_PARAMETER);
    nt_close(handle);
}

KTEST(file_io, without_buffers_it_is_read_in_blocks)
{
    static char block[FAT_BLOCK_BYTES];
    uint32_t done;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(test,
                    ktest_open_file(TEST_FOLDER u"numbers.bin", FILE_READ_DATA, FILE_SHARE_VALID,
                                    FILE_NO_INTERMEDIATE_BUFFERING, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read_file(handle, block, 4, 0, &done), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, ktest_read_file(handle, block, sizeof(block), 4, &done),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, ktest_read_file(handle, block, sizeof(block), 1024, &done),
                    STATUS_SUCCESS);
    nt_close(handle);
}

KTEST(file_io, an_event_tells_when_it_is_over)
{
    struct io_status_block block;
    struct object_attributes none = {0};
    handle_t event;
    char text[64];
    int64_t no_time = 0;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO);
    ktest_assert_eq(
        test,
        ex_create_event(&none, GENERIC_ALL, KERNEL_MODE, EVENT_NOTIFICATION_OBJECT, false, &event),
        STATUS_SUCCESS);
    ktest_assert_eq(test, nt_read_file(handle, event, NULL, NULL, &block, text, 64, NULL, NULL),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(event, KERNEL_MODE, false, &no_time), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_read_file(handle, event, NULL, NULL, &block, text, 64, NULL, NULL),
                    STATUS_END_OF_FILE);
    ktest_assert_eq(test, ex_wait_for_handle(event, KERNEL_MODE, false, &no_time), STATUS_TIMEOUT);
    ktest_assert_eq(test, ex_wait_for_handle(handle, KERNEL_MODE, false, &no_time),
                    STATUS_SUCCESS); /* the file's own event */
    ktest_assert_eq(test, nt_read_file(handle, handle, NULL, NULL, &block, text, 64, NULL, NULL),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test, nt_read_file(handle, 0, text, NULL, &block, text, 64, NULL, NULL),
                    STATUS_NOT_SUPPORTED);
    ktest_assert_eq(test, nt_read_file(event, 0, NULL, NULL, &block, text, 64, NULL, NULL),
                    STATUS_OBJECT_TYPE_MISMATCH);
    nt_close(event);
    nt_close(handle);
}

KTEST(file_io, nothing_can_be_written)
{
    struct io_status_block block;
    uint64_t zero = 0;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO), folder = ktest_opened(test, u"\\??\\C:\\test");
    ktest_assert_eq(test, nt_write_file(handle, 0, NULL, NULL, &block, "x", 1, NULL, NULL),
                    STATUS_MEDIA_WRITE_PROTECTED);
    ktest_assert_eq(test, block.information, 0);
    ktest_assert_eq(test, nt_flush_buffers_file(handle, &block), STATUS_MEDIA_WRITE_PROTECTED);
    ktest_assert_eq(
        test,
        nt_set_information_file(handle, &block, &zero, sizeof(zero), FILE_END_OF_FILE_INFORMATION),
        STATUS_MEDIA_WRITE_PROTECTED);
    ktest_assert_eq(test, nt_write_file(folder, 0, NULL, NULL, &block, "x", 1, NULL, NULL),
                    STATUS_INVALID_DEVICE_REQUEST);
    ktest_assert_eq(test, nt_read_file(folder, 0, NULL, NULL, &block, &zero, 1, NULL, NULL),
                    STATUS_INVALID_DEVICE_REQUEST);
    nt_close(handle);
    nt_close(folder);
}

KTEST(file_io, information_is_that_of_the_volume)
{
    struct io_status_block block;
    struct file_basic_information basic;
    struct file_standard_information standard;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, TEST_FOLDER u"numbers.bin");
    ktest_assert_eq(
        test,
        nt_query_information_file(handle, &block, &basic, sizeof(basic), FILE_BASIC_INFORMATION),
        STATUS_SUCCESS);
    ktest_assert_eq(test, block.information, 40);
    ktest_assert_eq(test, basic.times.last_write, 125911584000000000ull); /* 2000-01-01 */
    ktest_assert_eq(test, basic.file_attributes, FILE_ATTRIBUTE_ARCHIVE);
    ktest_assert_eq(test,
                    nt_query_information_file(handle, &block, &standard, sizeof(standard),
                                              FILE_STANDARD_INFORMATION),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, block.information, 24);
    ktest_assert_eq(test, standard.end_of_file, NUMBERS_SIZE);
    ktest_assert_eq(test, standard.allocation_size, ROUND_UP(NUMBERS_SIZE, 4096));
    ktest_assert_eq(test, standard.number_of_links, 1);
    ktest_assert_eq(test, standard.directory, 0);
    nt_close(handle);
    handle = ktest_opened(test, u"\\??\\C:\\test");
    nt_query_information_file(handle, &block, &standard, sizeof(standard),
                              FILE_STANDARD_INFORMATION);
    ktest_assert_eq(test, standard.directory, 1);
    nt_query_information_file(handle, &block, &basic, sizeof(basic), FILE_BASIC_INFORMATION);
    ktest_assert_eq(test, basic.file_attributes, FILE_ATTRIBUTE_DIRECTORY);
    nt_close(handle);
}

KTEST(file_io, position_can_be_set_and_asked)
{
    struct io_status_block block;
    int64_t position = 100;
    handle_t other;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO);
    ktest_assert_eq(
        test, nt_set_information_file(handle, &block, &position, 8, FILE_POSITION_INFORMATION),
        STATUS_SUCCESS);
    position = 0;
    ktest_assert_eq(
        test, nt_query_information_file(handle, &block, &position, 8, FILE_POSITION_INFORMATION),
        STATUS_SUCCESS);
    ktest_assert_eq(test, position, 100);
    position = -1;
    ktest_assert_eq(
        test, nt_set_information_file(handle, &block, &position, 8, FILE_POSITION_INFORMATION),
        STATUS_INVALID_PARAMETER);
    ktest_open_file(HELLO, FILE_READ_DATA, FILE_SHARE_VALID, 0, &other);
    position = 1;
    ktest_assert_eq(test,
                    nt_set_information_file(other, &block, &position, 8, FILE_POSITION_INFORMATION),
                    STATUS_INVALID_PARAMETER); /* it has none */
    nt_close(other);
    nt_close(handle);
}

KTEST(file_io, names_are_given_as_far_as_they_fit)
{
    struct io_status_block block;
    uint8_t buffer[64];
    const struct file_name_information *info = (const void *)buffer;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, u"\\??\\C:\\Test\\HELLO.txt");
    ktest_assert_eq(test,
                    nt_query_information_file(handle, &block, buffer, 64, FILE_NAME_INFORMATION),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, block.information, 4 + 30);
    ktest_assert_eq(test, info->file_name_length, 30);
    ktest_assert(test, !memcmp(info->file_name, u"\\Test\\HELLO.txt", 30));
    ktest_assert_eq(test,
                    nt_query_information_file(handle, &block, buffer, 14, FILE_NAME_INFORMATION),
                    STATUS_BUFFER_OVERFLOW);
    ktest_assert_eq(test, block.information, 14);
    ktest_assert_eq(test, info->file_name_length, 30);
    ktest_assert_eq(test,
                    nt_query_information_file(handle, &block, buffer, 7, FILE_NAME_INFORMATION),
                    STATUS_INFO_LENGTH_MISMATCH);
    nt_close(handle);
}

KTEST(file_io, classes_and_lengths_are_checked)
{
    struct io_status_block block;
    uint64_t buffer[8];

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO);
    ktest_assert_eq(test, nt_query_information_file(handle, &block, buffer, 64, 0),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test, nt_query_information_file(handle, &block, buffer, 64, 1000),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test,
                    nt_query_information_file(handle, &block, buffer, 39, FILE_BASIC_INFORMATION),
                    STATUS_INFO_LENGTH_MISMATCH);
    ktest_assert_eq(test, nt_set_information_file(handle, &block, buffer, 64, 5),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test, nt_query_volume_information_file(handle, &block, buffer, 64, 2),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test, nt_query_volume_information_file(handle, &block, buffer, 7, 4),
                    STATUS_INFO_LENGTH_MISMATCH);
    nt_close(handle);
}

KTEST(file_io, a_file_is_known_by_its_name_alone)
{
    struct unicode_string name;
    struct nt_object_attributes attributes = {
        .length = sizeof(attributes), .object_name = &name, .attributes = OBJ_CASE_INSENSITIVE};
    struct file_basic_information basic;
    struct file_network_open_information full;

    if (!ktest_has_volume(test))
        return;
    rtl_init_unicode_string(&name, HELLO);
    ktest_assert_eq(test, nt_query_attributes_file(&attributes, &basic), STATUS_SUCCESS);
    ktest_assert_eq(test, basic.file_attributes, FILE_ATTRIBUTE_ARCHIVE);
    ktest_assert_eq(test, nt_query_full_attributes_file(&attributes, &full), STATUS_SUCCESS);
    ktest_assert_eq(test, full.end_of_file, HELLO_SIZE);
    rtl_init_unicode_string(&name, TEST_FOLDER u"nothing");
    ktest_assert_eq(test, nt_query_attributes_file(&attributes, &basic),
                    STATUS_OBJECT_NAME_NOT_FOUND);
    rtl_init_unicode_string(&name, u"\\??\\NUL");
    ktest_assert_eq(test, nt_query_attributes_file(&attributes, &basic),
                    STATUS_INVALID_DEVICE_REQUEST);
}

KTEST(file_io, the_volume_says_what_it_is)
{
    struct io_status_block block;
    struct file_fs_device_information device;
    struct file_fs_size_information size;
    uint64_t buffer[8];
    const struct file_fs_volume_information *volume = (const void *)buffer;
    const struct file_fs_attribute_information *attributes = (const void *)buffer;

    if (!ktest_has_volume(test))
        return;
    handle_t handle = ktest_opened(test, HELLO);
    ktest_assert_eq(test,
                    nt_query_volume_information_file(handle, &block, &device, sizeof(device), 4),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, device.device_type, FILE_DEVICE_DISK);
    ktest_assert_eq(test, device.characteristics, FILE_READ_ONLY_DEVICE | FILE_DEVICE_IS_MOUNTED);
    ktest_assert_eq(test,
                    nt_query_volume_information_file(handle, &block, buffer, sizeof(buffer), 1),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, volume->volume_serial_number, 0x544F4B53);
    ktest_assert_eq(test, volume->volume_label_length, 10);
    ktest_assert(test, !memcmp(volume->volume_label, u"TOKOS", 10));
    ktest_assert_eq(test, nt_query_volume_information_file(handle, &block, &size, sizeof(size), 3),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, size.sectors_per_allocation_unit * size.bytes_per_sector, 4096);
    ktest_assert(test, size.total_allocation_units > 50);
    ktest_assert_eq(test, size.available_allocation_units, 0);
    ktest_assert_eq(test,
                    nt_query_volume_information_file(handle, &block, buffer, sizeof(buffer), 5),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, attributes->file_system_name_length, 6);
    ktest_assert(test, !memcmp(attributes->file_system_name, u"FAT", 6));
    nt_close(handle);
}

KTEST(file_io, the_null_device_takes_all_and_gives_nothing)
{
    struct io_status_block block;
    struct file_standard_information standard;
    handle_t handle;
    char byte;

    ktest_assert_eq(test, ktest_create_file(u"\\??\\NUL", GENERIC_ALL, FILE_OPEN, 0, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_write_file(handle, 0, NULL, NULL, &block, HELLO, 20, NULL, NULL),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, block.information, 20);
    ktest_assert_eq(test, nt_read_file(handle, 0, NULL, NULL, &block, &byte, 1, NULL, NULL),
                    STATUS_END_OF_FILE);
    ktest_assert_eq(test, nt_flush_buffers_file(handle, &block), STATUS_SUCCESS);
    ktest_assert_eq(test,
                    nt_query_information_file(handle, &block, &standard, sizeof(standard),
                                              FILE_STANDARD_INFORMATION),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, standard.end_of_file, 0);
    nt_close(handle);
}
