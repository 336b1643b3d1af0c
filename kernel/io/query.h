/* Questions about files, directories and volumes; answers go to nonpaged or paged pool or the
 * stack, for the services to hand over. All at PASSIVE_LEVEL. */
#pragma once

#include "kernel/io/file_information.h"
#include "kernel/io/io.h"

/* => how many bytes an answer of the class has at least; 0: there is no such class. */
uint32_t io_file_information_bytes(uint32_t information_class);
/* => the right that the question needs. */
uint32_t io_file_information_access(uint32_t information_class);
/* Answer in BUFFER, LENGTH bytes, at least as many as the class needs. ACCESS is the handle's.
 * *RETURNED: bytes of the answer. Fails with STATUS_INVALID_DEVICE_REQUEST, STATUS_BUFFER_OVERFLOW
 * (as much as there was room for). */
ntstatus io_query_file(struct file_object *file, uint32_t access, uint32_t information_class,
                       void *buffer, uint32_t length, uint32_t *returned);
ntstatus io_query_network_open(const struct file_object *file,
                               struct file_network_open_information *info);

/* The same for the volume of FILE. */
uint32_t io_volume_information_bytes(uint32_t information_class);
ntstatus io_query_volume(const struct file_object *file, uint32_t information_class, void *buffer,
                         uint32_t length, uint32_t *returned);

/* ---- directories --------------------------------------------------------------------------------
 */

/* => how many bytes come before the name in an entry of the class; 0: it is none of these. */
uint32_t io_directory_information_bytes(uint32_t information_class);

/* List DIRECTORY, whose lock is held, from the beginning on if RESTART. PATTERN (NULL: all) counts
 * the first time only; *FIRST says whether this is it. => STATUS_INSUFFICIENT_RESOURCES. */
ntstatus io_begin_listing(struct file_object *directory, const struct unicode_string *pattern,
                          bool restart, bool *first);
/* The next entry that matches, from *CURSOR on, which goes behind it. The lock is held.
 * => STATUS_NO_MORE_FILES. */
ntstatus io_next_listed(const struct file_object *directory, uint32_t *cursor,
                        struct fat_entry *entry);
/* ENTRY without its name, as the class has it; INFO has room for any class. */
void io_format_entry(const struct file_object *directory, const struct fat_entry *entry,
                     uint32_t information_class, struct file_both_directory_information *info);
