/* Files for tests: the volume that tools/make_volume.py made, and short ways to its services. */
#pragma once

#include "kernel/io/query.h"
#include "kernel/nt/capture.h"
#include "kernel/nt/nt.h"
#include "tests/kernel/ktest.h"

#define TEST_FOLDER  u"\\??\\C:\\test\\"
#define NUMBERS      5001u /* words of numbers.bin: word I is I */
#define NUMBERS_SIZE (NUMBERS * 4u)
#define MANY         40u /* files of the folder `many` */

#define READ_SYNCHRONOUSLY (FILE_READ_DATA | FILE_READ_ATTRIBUTES | ACCESS_SYNCHRONIZE)

/* The test is skipped when there is no volume. => whether there is one. */
bool ktest_has_volume(struct ktest *test);

/* NtOpenFile of PATH for the kernel; *HANDLE is the process's own as on NT. */
ntstatus ktest_open_file(const uint16_t *path, uint32_t access, uint32_t share, uint32_t options,
                         handle_t *handle);
/* The same relative to ROOT. */
ntstatus ktest_open_relative(handle_t root, const uint16_t *path, uint32_t options,
                             handle_t *handle);
/* NtCreateFile. */
ntstatus ktest_create_file(const uint16_t *path, uint32_t access, uint32_t disposition,
                           uint32_t options, handle_t *handle);
/* PATH opened for reading synchronously, sharing everything. => 0 with the test failed. */
handle_t ktest_opened(struct ktest *test, const uint16_t *path);
/* Open it, and give its status; what could be opened is closed. */
ntstatus ktest_try_open(const uint16_t *path, uint32_t access, uint32_t disposition,
                        uint32_t options);

/* NtReadFile. OFFSET -1: where the file stands. *DONE: the status block's information. */
ntstatus ktest_read_file(handle_t handle, void *buffer, uint32_t bytes, int64_t offset,
                         uint32_t *done);

/* The file object of HANDLE, not referenced. */
struct file_object *ktest_file_of(handle_t handle);
