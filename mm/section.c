/*
 * Making and unmaking sections. A file has one control area for its data and one for its image,
 * which all its sections share; so its pages are in memory once.
 */
#include "mm/section.h"
#include "lib/atomic.h"
#include "lib/string.h"
#include "mm/mi.h"
#include "mm/pool.h"

#define TAG              'tceS'
#define LARGEST_PAGES    (0x80000000u >> PAGE_SHIFT)
#define KNOWN_ATTRIBUTES (SEC_BASED | SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE)

struct fast_mutex mi_section_lock;
struct list_entry mi_control_areas;

void mi_init_sections(void)
{
    ex_initialize_fast_mutex(&mi_section_lock);
    initialize_list_head(&mi_control_areas);
}

struct control_area *mi_allocate_control_area(struct mm_page_source *source, uint32_t pages,
                                              uint32_t subsections)
{
    struct control_area *area = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*area), TAG);
    struct mmpte *prototypes =
        ex_allocate_pool_with_tag(NONPAGED_POOL, pages * (uint32_t)sizeof(*prototypes), TAG);
    uint32_t bytes = (subsections ? subsections : 1) * (uint32_t)sizeof(struct subsection);
    struct subsection *parts = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);

    if (area && prototypes && parts) {
        memset(prototypes, 0, pages * sizeof(*prototypes));
        *area = (struct control_area){.source = source,
                                      .references = 1,
                                      .section_references = 1,
                                      .page_count = pages,
                                      .prototypes = prototypes,
                                      .subsections = parts,
                                      .subsection_count = subsections};
        return area;
    }
    if (area)
        ex_free_pool_with_tag(area, TAG);
    if (prototypes)
        ex_free_pool_with_tag(prototypes, TAG);
    if (parts)
        ex_free_pool_with_tag(parts, TAG);
    return NULL;
}

/* AREA, complete, becomes one of all. */
static void publish(struct control_area *area)
{
    kirql irql = mi_lock_pfn();

    insert_tail_list(&mi_control_areas, &area->links);
    mi_unlock_pfn(irql);
}

static void free_control_area(struct control_area *area)
{
    kirql irql = mi_lock_pfn();

    remove_entry_list(&area->links);
    mi_delete_ptes(area->prototypes, area->page_count); /* nothing maps them */
    mi_unlock_pfn(irql);
    mm_return_commitment(MM_COMMIT_SECTIONS, area->committed_pages);
    ex_free_pool_with_tag(area->subsections, TAG);
    ex_free_pool_with_tag(area->prototypes, TAG);
    ex_free_pool_with_tag(area, TAG);
}

void mi_set_subsection(struct control_area *area, uint32_t subsection, uint32_t first,
                       uint32_t pages, uint32_t offset, uint32_t bytes, uint32_t protection)
{
    struct subsection *part = &area->subsections[subsection];
    struct mmpte in_file;

    *part = (struct subsection){
        .source = area->source,
        .base_pte = area->prototypes + first,
        .page_count = pages,
        .file_offset = offset,
        .file_bytes = bytes,
        .references = 1,
    };
    in_file = mi_subsection_pte(part, protection);
    for (uint32_t i = 0; i < pages; i++)
        mi_write_pte(part->base_pte + i,
                     (i << PAGE_SHIFT) < bytes ? in_file : mi_make_demand_zero_pte(protection));
}

/* ---- references ---------------------------------------------------------------------------------
 */

/* Where a file keeps its control areas. */
static struct control_area **slot_of(struct mm_page_source *source, bool image)
{
    return image ? &source->image_area : &source->data_area;
}

/* One reference less, of those that COUNT counts; with the last the control area goes.
 * mi_section_lock not held. */
static void dereference(struct control_area *area, volatile uint32_t *count)
{
    ex_acquire_fast_mutex(&mi_section_lock);
    interlocked_decrement(count);
    bool last = interlocked_decrement(&area->references) == 0;
    struct mm_page_source *source = area->source;
    if (last && source)
        *slot_of(source, area->attributes & SEC_IMAGE) = NULL;
    ex_release_fast_mutex(&mi_section_lock);
    if (!last)
        return;
    free_control_area(area);
    if (source && source->dereference)
        source->dereference(source);
}

void mi_reference_view(struct mmvad *vad)
{
    ex_acquire_fast_mutex(&mi_section_lock);
    interlocked_increment(&vad->section->references);
    vad->section->mapped_views++;
    ex_release_fast_mutex(&mi_section_lock);
}

void mi_release_view(struct mmvad *vad)
{
    dereference(vad->section, &vad->section->mapped_views);
}

void mi_reference_for_read(struct control_area *area)
{
    interlocked_increment(&area->references);
    interlocked_increment(&area->reads);
}

void mi_release_read(struct control_area *area)
{
    dereference(area, &area->reads);
}

/* => SOURCE's control area with one reference more, or NULL. */
static struct control_area *find_area(struct mm_page_source *source, bool image)
{
    struct control_area *area = *slot_of(source, image);

    if (area) {
        interlocked_increment(&area->references);
        area->section_references++;
    }
    return area;
}

/* ---- creation -----------------------------------------------------------------------------------
 */

static ntstatus make_data_area(struct mm_page_source *source, struct control_area **out)
{
    uint32_t pages = BYTES_TO_PAGES(source->bytes);

    *out = mi_allocate_control_area(source, pages, 1);
    if (!*out)
        return STATUS_INSUFFICIENT_RESOURCES;
    mi_set_subsection(*out, 0, 0, pages, 0, source->bytes, MM_EXECUTE_WRITECOPY);
    (*out)->attributes = SEC_FILE;
    return STATUS_SUCCESS;
}

/* The area of SOURCE, found or made. mi_section_lock is held: two who want it get one. */
static ntstatus file_area_locked(struct mm_page_source *source, bool image,
                                 struct control_area **out)
{
    ex_assert_fast_mutex_held(&mi_section_lock);
    *out = find_area(source, image);
    if (*out)
        return STATUS_SUCCESS;
    ntstatus status = image ? mi_make_image_area(source, out) : make_data_area(source, out);
    if (!NT_SUCCESS(status))
        return status;
    *slot_of(source, image) = *out;
    publish(*out);
    if (source->reference)
        source->reference(source);
    return STATUS_SUCCESS;
}

static ntstatus file_area(struct mm_page_source *source, bool image, struct control_area **out)
{
    ex_acquire_fast_mutex(&mi_section_lock);
    ntstatus status = file_area_locked(source, image, out);
    ex_release_fast_mutex(&mi_section_lock);
    return status;
}

static ntstatus memory_area(uint32_t pages, uint32_t attributes, struct control_area **out)
{
    bool commit = !(attributes & SEC_RESERVE);

    if (commit && !mm_charge_commitment(MM_COMMIT_SECTIONS, pages))
        return STATUS_COMMITMENT_LIMIT;
    *out = mi_allocate_control_area(NULL, pages, 0);
    if (!*out) {
        if (commit)
            mm_return_commitment(MM_COMMIT_SECTIONS, pages);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    (*out)->attributes = attributes;
    (*out)->committed_pages = commit ? pages : 0;
    for (uint32_t i = 0; i < (*out)->committed_pages; i++)
        mi_write_pte((*out)->prototypes + i, mi_make_demand_zero_pte(MM_EXECUTE_READWRITE));
    publish(*out);
    return STATUS_SUCCESS;
}

static ntstatus check_attributes(uint32_t attributes)
{
    uint32_t kinds = attributes & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT);

    if ((attributes & ~KNOWN_ATTRIBUTES) || !kinds || (kinds & (kinds - 1)))
        return STATUS_INVALID_PARAMETER_6;
    if ((attributes & SEC_IMAGE) && (attributes & (SEC_BASED | SEC_NOCACHE)))
        return STATUS_INVALID_PARAMETER_6;
    return STATUS_SUCCESS;
}

/* How large the section is; memory is not without a size, nor a file of nothing. */
static ntstatus section_size(const struct mm_page_source *source, uint64_t bytes, uint64_t *out)
{
    uint64_t most = (uint64_t)LARGEST_PAGES << PAGE_SHIFT;

    if (source && !source->bytes)
        return STATUS_MAPPED_FILE_SIZE_ZERO;
    if (!source && !bytes)
        return STATUS_INVALID_PARAMETER_4;
    if (bytes > (source ? source->bytes : most)) /* a volume cannot be written: no file grows */
        return STATUS_SECTION_TOO_BIG;
    if (source && source->bytes > most) /* there is a PTE for each page of a file */
        return STATUS_SECTION_TOO_BIG;
    *out = bytes ? bytes : source->bytes;
    return STATUS_SUCCESS;
}

ntstatus mm_create_section(struct mm_section *out, struct mm_page_source *source, uint64_t bytes,
                           uint32_t protect, uint32_t attributes)
{
    uint32_t protection = mi_make_protection_mask(protect);
    ntstatus status = check_attributes(attributes);

    if (!NT_SUCCESS(status))
        return status;
    if (protection == MI_INVALID_PROTECTION || protection == MM_NOACCESS ||
        mi_is_guard_protection(protection))
        return STATUS_INVALID_PAGE_PROTECTION;
    if (!source && (attributes & SEC_IMAGE))
        return STATUS_INVALID_FILE_FOR_SECTION;
    status = section_size(source, bytes, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    struct control_area *area;
    status =
        source ? file_area(source, attributes & SEC_IMAGE, &area)
               : memory_area((uint32_t)((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT), attributes, &area);
    if (!NT_SUCCESS(status))
        return status;
    *out = (struct mm_section){
        .control_area = area,
        .bytes = attributes & SEC_IMAGE ? area->image.image_bytes : bytes,
        .attributes = attributes | (source ? SEC_FILE : 0),
        .protection = protection,
    };
    if (!(attributes & SEC_BASED) || mi_place_based_section(out))
        return STATUS_SUCCESS;
    dereference(area, &area->section_references);
    out->control_area = NULL;
    return STATUS_NO_MEMORY;
}

void mm_delete_section(struct mm_section *section)
{
    if (section->attributes & SEC_BASED)
        mi_remove_based_section(section);
    dereference(section->control_area, &section->control_area->section_references);
}

/* The control area of a file's data is as long as the file from the start. */
ntstatus mm_extend_section(struct mm_section *section, uint64_t *bytes)
{
    const struct mm_page_source *source = section->control_area->source;

    if (!source || (section->attributes & SEC_IMAGE))
        return STATUS_SECTION_NOT_EXTENDED;
    if (*bytes > source->bytes)
        return STATUS_MEDIA_WRITE_PROTECTED;
    ex_acquire_fast_mutex(&mi_section_lock);
    if (*bytes > section->bytes)
        section->bytes = *bytes;
    *bytes = section->bytes;
    ex_release_fast_mutex(&mi_section_lock);
    return STATUS_SUCCESS;
}
