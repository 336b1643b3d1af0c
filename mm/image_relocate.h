/*
 * Base relocations: what has to be added where when an image is not at the address it prefers. They
 * are applied a page at a time, because pages come in one at a time. Pure, tested and fuzzed on the
 * host; of use to whoever brings a page in, be it the kernel or a loader in user mode.
 */
#pragma once

#include "lib/pe.h"
#include "lib/status.h"

/*
 * Check all the relocations of an image of IMAGE_BYTES bytes, at least 4: the RELOCATION_BYTES
 * bytes at RELOCATIONS, at any alignment. Any IRQL, no locks.
 * => STATUS_SUCCESS, or STATUS_INVALID_IMAGE_FORMAT: a block is cut short or of odd size, an entry
 * is neither HIGHLOW nor ABSOLUTE, or its four bytes are not inside the image.
 */
ntstatus mi_verify_relocations(const void *relocations, uint32_t relocation_bytes,
                               uint32_t image_bytes);

/*
 * Add DELTA, the image's base less the one it prefers, wherever the relocations say so in the
 * PAGE_SIZE bytes at PAGE, whose RVA is PAGE_RVA. Four bytes may lie across the boundary of two
 * pages: each page then gets its part of the sum. What is carried into this page from the one
 * before it depends on that one's last three bytes as they are in the file: BEFORE (zeros for the
 * image's first page). Any IRQL at which PAGE may be touched, no locks.
 *
 * => STATUS_SUCCESS, or STATUS_INVALID_IMAGE_FORMAT, with PAGE of no use. Nothing outside PAGE is
 * written whatever the relocations say, but blocks for other pages are only stepped over: check
 * them all once with mi_verify_relocations.
 */
ntstatus mi_relocate_page(const void *relocations, uint32_t relocation_bytes, uint32_t page_rva,
                          const uint8_t before[3], void *page, uint32_t delta);
