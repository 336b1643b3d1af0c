/* Listing directories. */
#include "lib/string.h"
#include "mm/pool.h"
#include "tests/kernel/files.h"

#define TAG 'riDT'

/* One call; PATTERN NULL: none. */
static ntstatus list(handle_t handle, void *buffer, uint32_t bytes, uint32_t information_class,
                     bool single, const uint16_t *pattern, bool restart, uint32_t *returned)
{
    struct io_status_block block = {0};
    struct unicode_string name;

    if (pattern)
        rtl_init_unicode_string(&name, pattern);
    ntstatus status =
        nt_query_directory_file(handle, 0, NULL, NULL, &block, buffer, bytes, information_class,
                                single, pattern ? &name : NULL, 0xFFFFFF00u | restart);
    *returned = block.information;
    return status;
}

/* All that PATTERN lists of PATH, in pieces of BYTES. => how many, UINT32_MAX: not as it should. */
static uint32_t count(const uint16_t *path, const uint16_t *pattern, uint32_t bytes)
{
    uint32_t entries = 0, returned;
    handle_t handle;
    char *buffer = ex_allocate_pool_with_tag(PAGED_POOL, bytes, TAG);
    ntstatus status = ktest_create_file(path, FILE_LIST_DIRECTORY, FILE_OPEN, 0, &handle);

    while (NT_SUCCESS(status)) {
        status = list(handle, buffer, bytes, FILE_BOTH_DIRECTORY_INFORMATION, false, pattern, false,
                      &returned);
        uint32_t at = 0, next = NT_SUCCESS(status);
        for (; next; entries++) {
            const struct file_both_directory_information *info = (const void *)(buffer + at);
            next = info->next_entry_offset;
            if (at % 8 || at + 94 + info->file_name_length > returned)
                entries = UINT32_MAX / 2; /* and so it stays wrong */
            at += next;
        }
    }
    nt_close(handle);
    ex_free_pool_with_tag(buffer, TAG);
    return status == STATUS_NO_MORE_FILES || status == STATUS_NO_SUCH_FILE ? entries : UINT32_MAX;
}

KTEST(directory, lists_what_matches_in_buffers_of_any_size)
{
    static const uint16_t many[] = u"\\??\\C:\\test\\many";
    static const uint32_t sizes[] = {130, 160, 500, 4096, 65536};

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        ktest_assert_eq(test, count(many, NULL, sizes[i]), MANY + 2); /* . and .. too */
        ktest_assert_eq(test, count(many, u"*er 1*", sizes[i]), 11);
        ktest_assert_eq(test, count(many, u"file number ?.txt", sizes[i]), 10);
    }
    ktest_assert_eq(test, count(many, u"*", 4096), MANY + 2);
    ktest_assert_eq(test, count(many, u"FILE*.TXT", 4096), MANY);
    ktest_assert_eq(test, count(many, u"FILEN~2*", 4096), 10); /* by the short names */
    ktest_assert_eq(test, count(many, u"*.exe", 4096), 0);
    ktest_assert_eq(test, count(u"\\??\\C:\\", u"test", 4096), 1);
}

KTEST(directory, an_entry_says_all_about_its_file)
{
    uint8_t buffer[256];
    const struct file_both_directory_information *info = (const void *)buffer;
    uint32_t returned;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    handle = ktest_opened(test, u"\\??\\C:\\test");
    ktest_assert_eq(test,
                    list(handle, buffer, sizeof(buffer), FILE_BOTH_DIRECTORY_INFORMATION, true,
                         u"A long*", false, &returned),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, returned, 94 + 60);
    ktest_assert_eq(test, info->next_entry_offset, 0);
    ktest_assert_eq(test, info->end_of_file, 5);
    ktest_assert_eq(test, info->allocation_size, 4096);
    ktest_assert_eq(test, info->file_attributes, FILE_ATTRIBUTE_ARCHIVE);
    ktest_assert_eq(test, info->times.last_write, 125911584000000000ull);
    ktest_assert_eq(test, info->short_name_length, 24);
    ktest_assert(test, !memcmp(info->short_name, u"ALONGN~1.TEX", 24));
    ktest_assert_eq(test, info->file_name_length, 60);
    ktest_assert(test, !memcmp(info->file_name, u"A long name, with a comma.text", 60));
    ktest_assert_eq(test,
                    list(handle, buffer, sizeof(buffer), FILE_BOTH_DIRECTORY_INFORMATION, true,
                         u"*", false, &returned),
                    STATUS_NO_MORE_FILES); /* the first pattern stays */
    ktest_assert_eq(test, returned, 0);
    nt_close(handle);
    handle = ktest_opened(test, u"\\??\\C:\\test");
    list(handle, buffer, sizeof(buffer), FILE_BOTH_DIRECTORY_INFORMATION, true, u"HELLO.TXT", false,
         &returned);
    ktest_assert_eq(test, info->short_name_length, 0); /* the name is short */
    nt_close(handle);
}

KTEST(directory, classes_differ_in_what_comes_before_the_name)
{
    static const struct {
        uint32_t information_class, before;
    } classes[] = {
        {FILE_DIRECTORY_INFORMATION, 64},
        {FILE_FULL_DIRECTORY_INFORMATION, 68},
        {FILE_BOTH_DIRECTORY_INFORMATION, 94},
        {FILE_NAMES_INFORMATION, 12},
    };
    uint8_t buffer[256];
    uint32_t returned;

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(classes); i++) {
        handle_t handle = ktest_opened(test, u"\\??\\C:\\test");
        ntstatus status = list(handle, buffer, sizeof(buffer), classes[i].information_class, true,
                               u"empty.*", false, &returned);
        nt_close(handle);
        ktest_assert_eq(test, status, STATUS_SUCCESS);
        ktest_assert_eq(test, returned, classes[i].before + 18);
        ktest_assert(test, !memcmp(buffer + classes[i].before, u"empty.txt", 18));
    }
}

KTEST(directory, can_be_listed_again)
{
    uint8_t buffer[256];
    const struct file_names_information *info = (const void *)buffer;
    uint32_t returned;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    handle = ktest_opened(test, u"\\??\\C:\\test\\many");
    for (uint32_t i = 0; i < 4; i++) {
        ktest_assert_eq(test,
                        list(handle, buffer, sizeof(buffer), FILE_NAMES_INFORMATION, true, NULL,
                             i == 2, &returned),
                        STATUS_SUCCESS);
        ktest_assert_eq(test, info->file_name_length, i & 1 ? 4 : 2); /* ".", "..", and again */
    }
    nt_close(handle);
}

KTEST(directory, what_does_not_fit_is_cut_or_refused)
{
    uint8_t buffer[256];
    const struct file_names_information *info = (const void *)buffer;
    uint32_t returned;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    handle = ktest_opened(test, u"\\??\\C:\\test");
    ktest_assert_eq(
        test, list(handle, buffer, 15, FILE_NAMES_INFORMATION, false, u"A long*", false, &returned),
        STATUS_INFO_LENGTH_MISMATCH);
    ktest_assert_eq(
        test, list(handle, buffer, 24, FILE_NAMES_INFORMATION, false, u"A long*", false, &returned),
        STATUS_BUFFER_OVERFLOW);
    ktest_assert_eq(test, returned, 24);
    ktest_assert_eq(test, info->file_name_length, 60);
    ktest_assert(test, !memcmp(info->file_name, u"A long", 12));
    nt_close(handle);
}

KTEST(directory, only_directories_are_listed)
{
    uint8_t buffer[256];
    uint32_t returned;
    handle_t handle;

    if (!ktest_has_volume(test))
        return;
    handle = ktest_opened(test, TEST_FOLDER u"hello.txt");
    ktest_assert_eq(test, list(handle, buffer, 256, 3, false, NULL, false, &returned),
                    STATUS_INVALID_PARAMETER);
    nt_close(handle);
    handle = ktest_opened(test, u"\\??\\C:");
    ktest_assert_eq(test, list(handle, buffer, 256, 3, false, NULL, false, &returned),
                    STATUS_INVALID_DEVICE_REQUEST);
    ktest_assert_eq(test, list(handle, buffer, 256, 4, false, NULL, false, &returned),
                    STATUS_INVALID_INFO_CLASS);
    nt_close(handle);
    handle = ktest_opened(test, u"\\??\\C:\\test");
    ktest_assert_eq(test, list(handle, buffer, 256, 3, false, u"*.exe", false, &returned),
                    STATUS_NO_SUCH_FILE);
    ktest_assert_eq(test, list(handle, buffer, 256, 3, false, u"*.exe", false, &returned),
                    STATUS_NO_MORE_FILES);
    nt_close(handle);
}
