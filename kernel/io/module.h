/* Boot modules as files: sources of pages for views. */
#pragma once

#include "boot/boot_info.h"
#include "mm/mm.h"

/* A page source that reads boot module MODULE, a RAM disk of one file. SOURCE is filled in. */
void io_open_module(const struct boot_module *module, struct mm_page_source *source);
