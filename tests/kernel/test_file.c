/* Opening files: paths, what is refused, sharing, and what is left when they are closed. */
#include "lib/string.h"
#include "mm/mm.h"
#include "tests/kernel/files.h"
#include "tests/kernel/objects.h"

#define HELLO TEST_FOLDER u"hello.txt"

KTEST(file, is_found_by_its_path_in_any_case)
{
    static const uint16_t *const paths[] = {
        HELLO,
        u"\\DosDevices\\c:\\TEST\\Hello.TXT",
        u"\\Device\\Volume0\\test\\hello.txt",
        TEST_FOLDER u"a long name, with a comma.TEXT",
        TEST_FOLDER u"ALONGN~1.TEX",
        TEST_FOLDER u"inner\\deep\\file.txt",
        u"\\??\\C:\\test\\inner\\",
        u"\\??\\C:\\",
        u"\\??\\C:",
    };

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(paths); i++)
        ktest_assert_eq(test, ktest_try_open(paths[i], FILE_READ_DATA, FILE_OPEN, 0),
                        STATUS_SUCCESS);
}

KTEST(file, what_is_missing_has_its_status)
{
    static const struct {
        const uint16_t *path;
        ntstatus status;
    } cases[] = {
        {TEST_FOLDER u"nothing", STATUS_OBJECT_NAME_NOT_FOUND},
        {TEST_FOLDER u"nowhere\\nothing", STATUS_OBJECT_PATH_NOT_FOUND},
        {HELLO u"\\x", STATUS_OBJECT_PATH_NOT_FOUND}, /* a file is no folder */
        {HELLO u"\\", STATUS_OBJECT_NAME_INVALID},
        {TEST_FOLDER u"what?", STATUS_OBJECT_NAME_INVALID},
        {TEST_FOLDER u"inner\\\\deep", STATUS_OBJECT_NAME_INVALID},
        {TEST_FOLDER u"inner\\..\\hello.txt", STATUS_OBJECT_NAME_INVALID},
        {u"\\??\\Q:\\x", STATUS_OBJECT_PATH_NOT_FOUND},
        {u"\\??\\Q:", STATUS_OBJECT_NAME_NOT_FOUND},
        {u"\\??", STATUS_OBJECT_TYPE_MISMATCH},
        {u"\\ObjectTypes\\File", STATUS_OBJECT_TYPE_MISMATCH},
        {u"\\??\\NUL\\x", STATUS_OBJECT_NAME_NOT_FOUND},
        {u"C:\\test", STATUS_OBJECT_PATH_SYNTAX_BAD},
    };

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++)
        ktest_assert_eq(test, ktest_try_open(cases[i].path, FILE_READ_DATA, FILE_OPEN, 0),
                        cases[i].status);
}

KTEST(file, each_disposition_has_its_status)
{
    static const struct {
        enum io_disposition disposition;
        ntstatus existing, missing;
    } cases[] = {
        {FILE_SUPERSEDE, STATUS_MEDIA_WRITE_PROTECTED, STATUS_MEDIA_WRITE_PROTECTED},
        {FILE_OPEN, STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND},
        {FILE_CREATE, STATUS_OBJECT_NAME_COLLISION, STATUS_MEDIA_WRITE_PROTECTED},
        {FILE_OPEN_IF, STATUS_SUCCESS, STATUS_MEDIA_WRITE_PROTECTED},
        {FILE_OVERWRITE, STATUS_MEDIA_WRITE_PROTECTED, STATUS_OBJECT_NAME_NOT_FOUND},
        {FILE_OVERWRITE_IF, STATUS_MEDIA_WRITE_PROTECTED, STATUS_MEDIA_WRITE_PROTECTED},
        {FILE_DISPOSITIONS, STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER},
    };

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ktest_assert_eq(test, ktest_try_open(HELLO, FILE_READ_DATA, cases[i].disposition, 0),
                        cases[i].existing);
        ktest_assert_eq(test,
                        ktest_try_open(TEST_FOLDER u"new", FILE_READ_DATA, cases[i].disposition, 0),
                        cases[i].missing);
    }
}

KTEST(file, options_and_access_are_checked)
{
    static const struct {
        const uint16_t *path;
        uint32_t access, options;
        ntstatus status;
    } cases[] = {
        {HELLO, FILE_READ_DATA, FILE_DIRECTORY_FILE, STATUS_NOT_A_DIRECTORY},
        {u"\\??\\C:\\test", FILE_READ_DATA, FILE_NON_DIRECTORY_FILE, STATUS_FILE_IS_A_DIRECTORY},
        {u"\\??\\C:", FILE_READ_DATA, FILE_DIRECTORY_FILE, STATUS_NOT_A_DIRECTORY},
        {HELLO, FILE_READ_DATA, FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE,
         STATUS_INVALID_PARAMETER},
        {HELLO, FILE_READ_DATA, FILE_SYNCHRONOUS_IO_NONALERT, STATUS_INVALID_PARAMETER},
        {HELLO, READ_SYNCHRONOUSLY, FILE_SYNCHRONOUS_IO, STATUS_INVALID_PARAMETER},
        {HELLO, READ_SYNCHRONOUSLY, FILE_SYNCHRONOUS_IO_ALERT, STATUS_SUCCESS},
        {HELLO, GENERIC_READ, FILE_SYNCHRONOUS_IO_ALERT, STATUS_SUCCESS},
        {HELLO, FILE_READ_DATA, 0x01000000, STATUS_INVALID_PARAMETER},
        {HELLO, FILE_READ_DATA, FILE_DELETE_ON_CLOSE, STATUS_INVALID_PARAMETER},
        {HELLO, ACCESS_DELETE, FILE_DELETE_ON_CLOSE, STATUS_MEDIA_WRITE_PROTECTED},
        {HELLO, FILE_APPEND_DATA, FILE_NO_INTERMEDIATE_BUFFERING, STATUS_INVALID_PARAMETER},
        {HELLO, FILE_WRITE_DATA, 0, STATUS_MEDIA_WRITE_PROTECTED},
        {HELLO, GENERIC_READ | GENERIC_WRITE, 0, STATUS_MEDIA_WRITE_PROTECTED},
        {HELLO, MAXIMUM_ALLOWED, 0, STATUS_SUCCESS},
        {u"\\??\\C:", GENERIC_WRITE, 0, STATUS_MEDIA_WRITE_PROTECTED},
    };

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++)
        ktest_assert_eq(test,
                        ktest_try_open(cases[i].path, cases[i].access, FILE_OPEN, cases[i].options),
                        cases[i].status);
}

/* Nor does a handle with all that can be had let its sections be written. */
KTEST(file, the_most_that_can_be_had_is_not_to_write)
{
    static const uint16_t *const paths[] = {HELLO, u"\\??\\C:\\test", u"\\??\\C:"};
    const uint32_t writing = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | ACCESS_DELETE;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(paths); i++) {
        ktest_assert_eq(test, ktest_create_file(paths[i], MAXIMUM_ALLOWED, FILE_OPEN, 0, &handle),
                        STATUS_SUCCESS);
        ktest_assert_eq(test, ktest_access_of(handle), io_file_type->info.valid_access & ~writing);
        ktest_assert_eq(test, ktest_file_of(handle)->access, ktest_access_of(handle));
        nt_close(handle);
    }
}

KTEST(file, attributes_are_captured_and_checked)
{
    struct unicode_string name;
    struct nt_object_attributes attributes = {.length = 20, .object_name = &name};
    struct io_status_block block;
    handle_t handle;

    rtl_init_unicode_string(&name, HELLO);
    ktest_assert_eq(test, nt_open_file(&handle, FILE_READ_DATA, &attributes, &block, 0, 0),
                    STATUS_INVALID_PARAMETER);
    attributes.length = sizeof(attributes);
    attributes.attributes = 1;
    ktest_assert_eq(test, nt_open_file(&handle, FILE_READ_DATA, &attributes, &block, 0, 0),
                    STATUS_INVALID_PARAMETER);
    attributes.attributes = 0;
    name.length = 7;
    ktest_assert_eq(test, nt_open_file(&handle, FILE_READ_DATA, &attributes, &block, 0, 0),
                    STATUS_OBJECT_NAME_INVALID);
    attributes.object_name = NULL;
    ktest_assert_eq(test, nt_open_file(&handle, FILE_READ_DATA, &attributes, &block, 0, 0),
                    STATUS_OBJECT_PATH_SYNTAX_BAD);
    attributes.root_directory = 0x7FFC;
    ktest_assert_eq(test, nt_open_file(&handle, FILE_READ_DATA, &attributes, &block, 0, 0),
                    STATUS_INVALID_HANDLE);
    ktest_assert_eq(test, nt_open_file(&handle, FILE_READ_DATA, &attributes, &block, 8, 0),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test,
                    nt_create_file(&handle, FILE_READ_DATA, &attributes, &block, NULL, 0x80000000,
                                   0, FILE_OPEN, 0, NULL, 0),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test,
                    nt_create_file(&handle, FILE_READ_DATA, &attributes, &block, NULL, 0, 0,
                                   FILE_OPEN, 0, "ea", 2),
                    STATUS_EAS_NOT_SUPPORTED);
}

KTEST(file, a_path_may_begin_in_an_open_directory)
{
    handle_t root, file, again;
    struct file_name_information *info;
    struct io_status_block block;
    uint64_t buffer[16];

    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(
        test, ktest_open_file(u"\\??\\C:\\test\\inner", FILE_READ_DATA, FILE_SHARE_VALID, 0, &root),
        STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_open_relative(root, u"deep\\file.txt", 0, &file), STATUS_SUCCESS);
    info = (struct file_name_information *)buffer;
    ktest_assert_eq(
        test,
        nt_query_information_file(file, &block, buffer, sizeof(buffer), FILE_NAME_INFORMATION),
        STATUS_SUCCESS);
    ktest_assert_eq(test, info->file_name_length, 50);
    ktest_assert(test, !memcmp(info->file_name, u"\\test\\inner\\deep\\file.txt", 50));
    ktest_assert_eq(test, ktest_open_relative(root, u"", FILE_DIRECTORY_FILE, &again),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)io_file_of(ktest_file_of(again)),
                    (uintptr_t)io_file_of(ktest_file_of(root)));
    nt_close(again);
    ktest_assert_eq(test, ktest_open_relative(root, u"\\deep", 0, &again),
                    STATUS_OBJECT_PATH_SYNTAX_BAD);
    ktest_assert_eq(test, ktest_open_relative(file, u"x", 0, &again), STATUS_OBJECT_PATH_NOT_FOUND);
    nt_close(file);
    nt_close(root);
}

KTEST(file, opened_twice_is_the_same_file)
{
    handle_t one, two, other;

    if (!ktest_has_volume(test))
        return;
    one = ktest_opened(test, HELLO);
    two = ktest_opened(test, u"\\??\\C:\\TEST\\HELLO.TXT");
    other = ktest_opened(test, TEST_FOLDER u"numbers.bin");
    ktest_assert(test, one && two && other);
    struct io_file *file = io_file_of(ktest_file_of(one));
    ktest_assert(test, ktest_file_of(one) != ktest_file_of(two));
    ktest_assert(test, io_file_of(ktest_file_of(two)) == file);
    ktest_assert(test, io_file_of(ktest_file_of(other)) != file);
    ktest_assert_eq(test, file->references, 2);
    ktest_assert_eq(test, file->share.open_count, 2);
    ktest_assert_eq(test, file->share.readers, 2);
    nt_close(two);
    ktest_assert_eq(test, file->references, 1);
    ktest_assert_eq(test, file->share.open_count, 1);
    io_reference_file(file); /* as a section does, which outlives the handle */
    nt_close(one);
    ktest_assert_eq(test, file->references, 1);
    ktest_assert_eq(test, file->share.open_count, 0);
    one = ktest_opened(test, HELLO);
    ktest_assert(test, io_file_of(ktest_file_of(one)) == file);
    nt_close(one);
    nt_close(other);
    io_dereference_file(file);
}

KTEST(file, empty_files_are_told_apart)
{
    handle_t empty, root;

    if (!ktest_has_volume(test))
        return;
    empty = ktest_opened(test, TEST_FOLDER u"empty.txt");
    root = ktest_opened(test, u"\\??\\C:\\");
    ktest_assert(test, empty && root);
    ktest_assert(test, io_file_of(ktest_file_of(empty)) != io_file_of(ktest_file_of(root)));
    nt_close(empty);
    nt_close(root);
}

/* What the second opener wants and lets others do, when the first reads and shares SHARE. */
static ntstatus open_second(uint32_t first_access, uint32_t first_share, uint32_t access,
                            uint32_t share)
{
    handle_t first, second;
    ntstatus status = ktest_open_file(HELLO, first_access, first_share, 0, &first);

    if (!NT_SUCCESS(status))
        return status;
    status = ktest_open_file(HELLO, access, share, 0, &second);
    if (NT_SUCCESS(status))
        nt_close(second);
    nt_close(first);
    return status;
}

KTEST(file, sharing_is_as_each_opener_allows)
{
    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(test, open_second(FILE_READ_DATA, 0, FILE_READ_DATA, FILE_SHARE_READ),
                    STATUS_SHARING_VIOLATION);
    ktest_assert_eq(test, open_second(FILE_READ_DATA, FILE_SHARE_READ, FILE_READ_DATA, 0),
                    STATUS_SHARING_VIOLATION);
    ktest_assert_eq(test,
                    open_second(FILE_READ_DATA, FILE_SHARE_READ, FILE_READ_DATA, FILE_SHARE_READ),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, open_second(FILE_READ_DATA, 0, FILE_READ_ATTRIBUTES, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, open_second(FILE_READ_ATTRIBUTES, 0, FILE_READ_DATA, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, open_second(FILE_EXECUTE, 0, FILE_EXECUTE, FILE_SHARE_READ),
                    STATUS_SHARING_VIOLATION);
    ktest_assert_eq(test, ktest_try_open(HELLO, FILE_READ_DATA, FILE_OPEN, 0), STATUS_SUCCESS);
}

KTEST(file, share_access_counts_writers_too)
{
    struct share_access all = {0};

    ktest_assert_eq(test, io_check_share_access(&all, FILE_WRITE_DATA, FILE_SHARE_READ, true),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, io_check_share_access(&all, FILE_READ_DATA, FILE_SHARE_READ, true),
                    STATUS_SHARING_VIOLATION); /* it does not share writing */
    ktest_assert_eq(test, io_check_share_access(&all, FILE_READ_DATA, FILE_SHARE_VALID, true),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, io_check_share_access(&all, ACCESS_DELETE, FILE_SHARE_VALID, false),
                    STATUS_SHARING_VIOLATION);
    ktest_assert_eq(test, all.open_count, 2);
    ktest_assert_eq(test, all.shared_delete, 1);
    io_remove_share_access(&all, FILE_WRITE_DATA, FILE_SHARE_READ);
    io_remove_share_access(&all, FILE_READ_DATA, FILE_SHARE_VALID);
    static const struct share_access none;
    ktest_assert(test, !memcmp(&all, &none, sizeof(all)));
}

KTEST(file, names_below_a_device_are_not_objects)
{
    handle_t handle;
    void *object;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(u"\\Device\\Null\\x", 0, &handle),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test, ktest_create_object(u"\\Device\\Null", 0, &handle),
                    STATUS_OBJECT_NAME_COLLISION);
    ktest_assert_eq(test,
                    ob_reference_object_by_name(ktest_named(u"\\Device\\Null", 0), NULL, &object),
                    STATUS_SUCCESS); /* the device itself, for who does not say how to open it */
    ktest_assert(test, ob_header(object)->type == io_device_type);
    ob_dereference_object(object);
    ktest_assert_eq(
        test, ob_reference_object_by_name(ktest_named(u"\\Device\\Null\\x", 0), NULL, &object),
        STATUS_OBJECT_TYPE_MISMATCH);
    ktest_drop_type();
}

KTEST(file, a_view_has_its_pages)
{
    void *view;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    handle = ktest_opened(test, TEST_FOLDER u"numbers.bin");
    ktest_assert(test, handle);
    const struct mm_page_source *source = &io_file_of(ktest_file_of(handle))->source;
    ktest_assert_eq(test, source->bytes, NUMBERS_SIZE);
    ktest_assert_eq(test, mm_map_view_in_system_space(source, &view), STATUS_SUCCESS);
    const uint32_t *words = view;
    uint32_t differing = 0;
    for (uint32_t i = 0; i < ROUND_UP(NUMBERS_SIZE, PAGE_SIZE) / 4; i++)
        differing += words[i] != (i < NUMBERS ? i : 0); /* behind its end are zeros */
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
    nt_close(handle);
    ktest_assert_eq(test, differing, 0);
}
