/* The files that the kernel itself opens to run programs. Names are those of objects: \??\C:\... */
#pragma once

#include "kernel/ob/ob.h"
#include "mm/section.h"

/* A file for ACCESS, with a handle of the kernel's. PASSIVE_LEVEL. */
ntstatus ki_open_file(const struct unicode_string *path, uint32_t access, handle_t *handle);

/* The same to read and execute it: *SOURCE are its pages, which *HANDLE keeps.
 * => STATUS_INVALID_FILE_FOR_SECTION where there are none. */
ntstatus ki_open_page_source(const struct unicode_string *path, handle_t *handle,
                             struct mm_page_source **source);
