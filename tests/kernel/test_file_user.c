/* The file services called by a program: its pointers, its handles, its rights. */
#include "kernel/nt/services.h"
#include "tests/kernel/files.h"
#include "tests/kernel/user_code.h"

USER_PROGRAM(calls);

/* What the program finds behind its list of calls. */
#define DATA 0x1000u
struct data {
    struct nt_object_attributes attributes;
    struct unicode_string name;
    struct io_status_block block;
    handle_t handle;
    uint16_t text[40];
    char buffer[64];
};
#define AT(member)   (USER_DATA + DATA + (uint32_t)offsetof(struct data, member))
#define FIRST_HANDLE 4u
#define PATH         TEST_FOLDER u"hello.txt"

static const struct data pattern = {
    .attributes = {.length = sizeof(struct nt_object_attributes),
                   .object_name = (const struct unicode_string *)AT(name)},
    .name = {.length = sizeof(PATH) - 2,
             .maximum_length = sizeof(PATH),
             .buffer = (const uint16_t *)AT(text)},
    .text = PATH,
};

/* Open hello.txt for ACCESS, and then call NUMBER with ARGUMENTS. => what that gave. */
static ntstatus open_and_call(struct ktest *test, uint32_t access, struct ktest_call second)
{
    struct ktest_program program;
    const struct ktest_call calls[] = {
        {.number = NUMBER_NtOpenFile,
         .arguments = {AT(handle), access, AT(attributes), AT(block), FILE_SHARE_VALID,
                       FILE_SYNCHRONOUS_IO_NONALERT}},
        second,
        KTEST_NO_MORE_CALLS,
    };

    if (!ktest_load_program(test, &program, user_calls, user_calls_end, 0) ||
        !ktest_fill_program(&program, USER_DATA, calls, sizeof(calls)) ||
        !ktest_fill_program(&program, USER_DATA + DATA, &pattern, sizeof(pattern)))
        return STATUS_UNSUCCESSFUL;
    return ktest_run_program(&program);
}

static struct ktest_call read_call(uint32_t event, uint32_t block, uint32_t buffer, uint32_t length,
                                   uint32_t offset)
{
    return (struct ktest_call){
        .number = NUMBER_NtReadFile,
        .arguments = {FIRST_HANDLE, event, 0, 0, block, buffer, length, offset, 0},
    };
}

KTEST(file_user, a_program_opens_and_reads)
{
    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(test, open_and_call(test, READ_SYNCHRONOUSLY, KTEST_NO_MORE_CALLS),
                    STATUS_SUCCESS);
    ktest_assert_eq(
        test, open_and_call(test, READ_SYNCHRONOUSLY, read_call(0, AT(block), AT(buffer), 64, 0)),
        STATUS_SUCCESS);
}

KTEST(file_user, pointers_that_are_not_its_own_are_refused)
{
    static const uint32_t pointers[] = {
        0x1000, 0x7FFF0000, 0x7FFEFFFD, KERNEL_BASE, PDE_BASE, 0xFFFFFFF8, 0xFFFFFFFF,
    };

    if (!ktest_has_volume(test))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(pointers); i++) {
        uint32_t p = pointers[i];
        const struct ktest_call calls[] = {
            read_call(0, p, AT(buffer), 64, 0),
            read_call(0, AT(block), p, 64, 0),
            read_call(0, AT(block), AT(buffer), 64, p),
            {.number = NUMBER_NtOpenFile,
             .arguments = {p, FILE_READ_DATA, AT(attributes), AT(block), 7, 0}},
            {.number = NUMBER_NtOpenFile,
             .arguments = {AT(handle), FILE_READ_DATA, p, AT(block), 7, 0}},
            {.number = NUMBER_NtOpenFile,
             .arguments = {AT(handle), FILE_READ_DATA, AT(attributes), p, 7, 0}},
            {.number = NUMBER_NtCreateFile,
             .arguments = {AT(handle), FILE_READ_DATA, AT(attributes), AT(block), p, 0, 7, 1}},
            {.number = NUMBER_NtQueryInformationFile,
             .arguments = {FIRST_HANDLE, AT(block), p, 24, FILE_STANDARD_INFORMATION}},
            {.number = NUMBER_NtSetInformationFile,
             .arguments = {FIRST_HANDLE, AT(block), p, 8, FILE_POSITION_INFORMATION}},
            {.number = NUMBER_NtQueryVolumeInformationFile,
             .arguments = {FIRST_HANDLE, AT(block), p, 8, FILE_FS_DEVICE_INFORMATION}},
            {.number = NUMBER_NtQueryAttributesFile, .arguments = {AT(attributes), p}},
        };
        for (uint32_t n = 0; n < ARRAY_SIZE(calls); n++)
            ktest_assert_eq(test, open_and_call(test, READ_SYNCHRONOUSLY, calls[n]),
                            STATUS_ACCESS_VIOLATION);
    }
}

KTEST(file_user, a_handle_grants_what_it_was_opened_for)
{
    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(test,
                    open_and_call(test, FILE_READ_ATTRIBUTES | ACCESS_SYNCHRONIZE,
                                  read_call(0, AT(block), AT(buffer), 64, 0)),
                    STATUS_ACCESS_DENIED);
    struct ktest_call write = read_call(0, AT(block), AT(buffer), 64, 0);
    write.number = NUMBER_NtWriteFile;
    ktest_assert_eq(test, open_and_call(test, READ_SYNCHRONOUSLY, write), STATUS_ACCESS_DENIED);
    ktest_assert_eq(test,
                    open_and_call(test, READ_SYNCHRONOUSLY,
                                  read_call(0x80000004, AT(block), AT(buffer), 64, 0)),
                    STATUS_INVALID_HANDLE); /* an event of the kernel's */
    ktest_assert_eq(test, open_and_call(test, READ_SYNCHRONOUSLY | 0x00400000, KTEST_NO_MORE_CALLS),
                    STATUS_ACCESS_DENIED); /* no such right */
}
