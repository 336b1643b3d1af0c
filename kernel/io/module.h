/* Boot modules: read as a disk is, and as files of their own, sources of pages for views. */
#pragma once

#include "boot/boot_info.h"
#include "mm/mm.h"

/* A page source that reads boot module MODULE, a RAM disk of one file. SOURCE is filled in. */
void io_open_module(const struct boot_module *module, struct mm_page_source *source);

/* => the module called NAME, or NULL. */
const struct boot_module *io_find_module(const char *name);

/* Read the BYTES at OFFSET of MODULE, which has them, into BUFFER, which is nonpaged, or to AT and
 * what follows in FRAME, which is mapped nowhere. Up to DISPATCH_LEVEL. */
void io_module_read(const struct boot_module *module, uint32_t offset, void *buffer,
                    uint32_t bytes);
void io_module_read_to_frame(const struct boot_module *module, uint32_t offset, pfn_t frame,
                             uint32_t at, uint32_t bytes);

/* The bytes of FRAME from AT on become zeros. Up to DISPATCH_LEVEL. */
void io_clear_rest_of_frame(pfn_t frame, uint32_t at);
