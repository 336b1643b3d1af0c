/*
 * The control area of an image: the file's headers are read into a page, checked (image_headers.c),
 * and each part becomes a subsection. Parts of a file need not begin on a page there, so an image
 * has pages of its own, apart from those of the file's data.
 *
 * The pages of a part that all may write to are charged here, for as long as the image is one. The
 * others stay as they are, or are copied by who writes to them, and the copies are charged with
 * each view.
 */
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/section.h"

#define TAG 'gamI'

/* The first BYTES of SOURCE, into BUFFER, whole pages of nonpaged pool. Read into its frames, as a
 * page that cannot be read is an error of the file's here, and not the kernel's. */
static ntstatus read_headers(struct mm_page_source *source, char *buffer, uint32_t bytes)
{
    ntstatus status = STATUS_SUCCESS;

    for (uint32_t at = 0; at < bytes && NT_SUCCESS(status); at += PAGE_SIZE) {
        uint32_t piece = bytes - at < PAGE_SIZE ? bytes - at : PAGE_SIZE;
        pfn_t frame = mm_get_physical_address((uintptr_t)buffer + at) >> PAGE_SHIFT;
        status = source->read_page(source, at, piece, frame);
    }
    return status;
}

/* Lay out what the first BYTES say. */
static ntstatus verify(struct mm_page_source *source, char *headers, uint32_t bytes,
                       struct mi_image_layout *layout)
{
    ntstatus status = read_headers(source, headers, bytes);

    return NT_SUCCESS(status) ? mi_verify_image_headers(headers, bytes, source->bytes, layout)
                              : status;
}

static uint32_t count_file_parts(const struct mi_image_layout *layout)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < layout->part_count; i++)
        count += layout->parts[i].file_bytes != 0;
    return count;
}

static uint32_t count_shared_for_writing(const struct mi_image_layout *layout)
{
    uint32_t pages = 0;

    for (uint32_t i = 0; i < layout->part_count; i++)
        pages += mi_is_shared_for_writing(layout->parts[i].protection) ? layout->parts[i].pages : 0;
    return pages;
}

static void add_part(struct control_area *area, const struct mi_image_part *part, uint32_t *next)
{
    area->copied_pages += mi_is_copied_protection(part->protection) ? part->pages : 0;
    if (part->file_bytes) {
        mi_set_subsection(area, (*next)++, part->first_page, part->pages, part->file_offset,
                          part->file_bytes, part->protection);
        return;
    }
    for (uint32_t i = 0; i < part->pages; i++)
        mi_write_pte(area->prototypes + part->first_page + i,
                     mi_make_demand_zero_pte(part->protection));
}

static ntstatus lay_out(struct mm_page_source *source, const struct mi_image_layout *layout,
                        struct control_area **out)
{
    uint32_t pages = layout->image_bytes >> PAGE_SHIFT, next = 0;
    uint32_t committed = count_shared_for_writing(layout);

    if (!mm_charge_commitment(MM_COMMIT_SECTIONS, committed))
        return STATUS_COMMITMENT_LIMIT;
    struct control_area *area = mi_allocate_control_area(source, pages, count_file_parts(layout));
    if (!area) {
        mm_return_commitment(MM_COMMIT_SECTIONS, committed);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    area->committed_pages = committed;
    area->attributes = SEC_IMAGE | SEC_FILE;
    area->image = *layout;
    area->image.parts = NULL;
    for (uint32_t i = 0; i < layout->part_count; i++)
        add_part(area, &layout->parts[i], &next);
    *out = area;
    return STATUS_SUCCESS;
}

ntstatus mi_make_image_area(struct mm_page_source *source, struct control_area **out)
{
    uint32_t bytes = source->bytes < MI_IMAGE_HEADER_LIMIT ? source->bytes : MI_IMAGE_HEADER_LIMIT;
    struct mi_image_layout layout = {.part_capacity = MI_IMAGE_PARTS_MAX};
    char *headers = ex_allocate_pool_with_tag(NONPAGED_POOL, ROUND_UP(bytes, PAGE_SIZE), TAG);
    ntstatus status = STATUS_INSUFFICIENT_RESOURCES;

    layout.parts =
        ex_allocate_pool_with_tag(PAGED_POOL, MI_IMAGE_PARTS_MAX * sizeof(*layout.parts), TAG);
    if (headers && layout.parts) {
        /* A page is enough for almost all; where it is not, it looks malformed. */
        status = verify(source, headers, bytes < PAGE_SIZE ? bytes : PAGE_SIZE, &layout);
        if (status == STATUS_INVALID_IMAGE_FORMAT && bytes > PAGE_SIZE)
            status = verify(source, headers, bytes, &layout);
        if (NT_SUCCESS(status))
            status = lay_out(source, &layout, out);
    }
    if (headers)
        ex_free_pool_with_tag(headers, TAG);
    if (layout.parts)
        ex_free_pool_with_tag(layout.parts, TAG);
    return status;
}
