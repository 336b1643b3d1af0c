/* Files for tests: pages of a pattern, or bytes in memory; reads are counted. */
#pragma once

#include "mm/section.h"

struct ktest_file {
    struct mm_page_source source;
    const uint8_t *bytes; /* NULL: byte n of page p is (p + 1) */
    uint32_t reads;
    uint32_t references; /* taken by the memory manager */
    ntstatus status;     /* what reads come to */
};

void ktest_make_file(struct ktest_file *file, const void *bytes, uint32_t size);

/* A small image: headers; .text of one page, executable; .data of three pages, writable, with 0x200
 * bytes in the file; .shr of one page, writable and shared; PREFERRED is its base. => its bytes. */
#define KTEST_IMAGE_BYTES 0xA00u
#define KTEST_IMAGE_PAGES 6u
void ktest_build_image(uint8_t bytes[KTEST_IMAGE_BYTES], uint32_t preferred);
/* It gets another number of pages of .data and of .shr; all but the first of each are zeros. */
void ktest_stretch_image(uint8_t bytes[KTEST_IMAGE_BYTES], uint32_t data_pages,
                         uint32_t shared_pages);
/* .shr is GAP pages farther on. */
void ktest_leave_gap(uint8_t bytes[KTEST_IMAGE_BYTES], uint32_t gap);
