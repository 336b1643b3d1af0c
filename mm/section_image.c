/*
 * The control area of an image: the file's headers are read into a page, checked (image_headers.c),
 * and each part becomes a subsection. Parts of a file need not begin on a page there, so an image
 * has pages of its own, apart from those of the file's data.
 */
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/section.h"

#define TAG 'gamI'

/* The first BYTES of SOURCE, into BUFFER. */
static ntstatus read_headers(struct mm_page_source *source, char *buffer, uint32_t bytes)
{
    void *view;
    ntstatus status = mm_map_view_in_system_space(source, &view);

    if (!NT_SUCCESS(status))
        return status;
    for (uint32_t i = 0; i < bytes; i++)
        buffer[i] = ((const volatile char *)view)[i];
    mm_unmap_view_in_system_space(view);
    return STATUS_SUCCESS;
}

static uint32_t count_file_parts(const struct mi_image_layout *layout)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < layout->part_count; i++)
        count += layout->parts[i].file_bytes != 0;
    return count;
}

static bool is_copied(uint32_t protection)
{
    return protection == MM_WRITECOPY || protection == MM_EXECUTE_WRITECOPY;
}

static void add_part(struct control_area *area, const struct mi_image_part *part, uint32_t *next)
{
    area->copied_pages += is_copied(part->protection) ? part->pages : 0;
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
    struct control_area *area = mi_allocate_control_area(source, pages, count_file_parts(layout));

    if (!area)
        return STATUS_INSUFFICIENT_RESOURCES;
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
    char *headers = ex_allocate_pool_with_tag(PAGED_POOL, bytes, TAG);
    ntstatus status = STATUS_INSUFFICIENT_RESOURCES;

    layout.parts =
        ex_allocate_pool_with_tag(PAGED_POOL, MI_IMAGE_PARTS_MAX * sizeof(*layout.parts), TAG);
    if (headers && layout.parts) {
        status = read_headers(source, headers, bytes);
        if (NT_SUCCESS(status))
            status = mi_verify_image_headers(headers, bytes, source->bytes, &layout);
        if (NT_SUCCESS(status))
            status = lay_out(source, &layout, out);
    }
    if (headers)
        ex_free_pool_with_tag(headers, TAG);
    if (layout.parts)
        ex_free_pool_with_tag(layout.parts, TAG);
    return status;
}
