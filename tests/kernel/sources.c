/* Files for tests. */
#include "tests/kernel/sources.h"
#include "lib/string.h"
#include "mm/mi.h"

static struct ktest_file *file_of(const struct mm_page_source *source)
{
    return CONTAINER_OF((struct mm_page_source *)(uintptr_t)source, struct ktest_file, source);
}

static ntstatus read_page(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                          pfn_t frame)
{
    struct ktest_file *file = file_of(source);
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL);
    uint8_t *to = mi_map_page_in_hyper_space(frame);

    file->reads++;
    memset(to, 0, PAGE_SIZE);
    if (file->bytes)
        memcpy(to, file->bytes + offset, bytes);
    else
        memset(to, (int)(offset / PAGE_SIZE) + 1, bytes);
    mi_unmap_page_in_hyper_space(to);
    ke_lower_irql(irql);
    return file->status;
}

static void reference(struct mm_page_source *source)
{
    file_of(source)->references++;
}

static void dereference(struct mm_page_source *source)
{
    file_of(source)->references--;
}

void ktest_make_file(struct ktest_file *file, const void *bytes, uint32_t size)
{
    *file = (struct ktest_file){
        .source = {.name = "test file",
                   .bytes = size,
                   .read_page = read_page,
                   .reference = reference,
                   .dereference = dereference},
        .bytes = bytes,
    };
}

struct headers {
    struct image_dos_header dos;
    struct image_nt_headers32 nt;
    struct image_section_header sections[3];
};

void ktest_build_image(uint8_t bytes[KTEST_IMAGE_BYTES], uint32_t preferred)
{
    static const struct image_section_header sections[] = {
        {.name = ".text",
         .virtual_size = 0x200,
         .virtual_address = 0x1000,
         .size_of_raw_data = 0x200,
         .pointer_to_raw_data = 0x400,
         .characteristics = IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ},
        {.name = ".data",
         .virtual_size = 0x2800,
         .virtual_address = 0x2000,
         .size_of_raw_data = 0x200,
         .pointer_to_raw_data = 0x600,
         .characteristics = IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE},
        {.name = ".shr",
         .virtual_size = 0x100,
         .virtual_address = 0x5000,
         .size_of_raw_data = 0x200,
         .pointer_to_raw_data = 0x800,
         .characteristics = IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE | IMAGE_SCN_MEM_SHARED},
    };
    struct headers *headers = (struct headers *)(void *)bytes;
    struct image_nt_headers32 *nt = &headers->nt;

    memset(bytes, 0, KTEST_IMAGE_BYTES);
    memset(bytes + 0x400, 'T', 0x200);
    memset(bytes + 0x600, 'D', 0x200);
    memset(bytes + 0x800, 'S', 0x200);
    headers->dos.e_magic = IMAGE_DOS_SIGNATURE;
    headers->dos.e_lfanew = offsetof(struct headers, nt);
    nt->signature = IMAGE_NT_SIGNATURE;
    nt->file_header.machine = IMAGE_FILE_MACHINE_I386;
    nt->file_header.number_of_sections = ARRAY_SIZE(sections);
    nt->file_header.size_of_optional_header = sizeof(nt->optional_header);
    nt->file_header.characteristics = IMAGE_FILE_EXECUTABLE_IMAGE;
    nt->optional_header.magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC;
    nt->optional_header.address_of_entry_point = 0x1000;
    nt->optional_header.image_base = preferred;
    nt->optional_header.section_alignment = PAGE_SIZE;
    nt->optional_header.file_alignment = 0x200;
    nt->optional_header.size_of_image = KTEST_IMAGE_PAGES << PAGE_SHIFT;
    nt->optional_header.size_of_headers = 0x400;
    nt->optional_header.subsystem = 3;
    nt->optional_header.major_subsystem_version = 4;
    memcpy(headers->sections, sections, sizeof(sections));
}

void ktest_stretch_image(uint8_t bytes[KTEST_IMAGE_BYTES], uint32_t data_pages,
                         uint32_t shared_pages)
{
    struct headers *headers = (struct headers *)(void *)bytes;
    struct image_section_header *data = &headers->sections[1], *shared = data + 1;

    data->virtual_size = data_pages << PAGE_SHIFT;
    shared->virtual_address = data->virtual_address + data->virtual_size;
    shared->virtual_size = shared_pages << PAGE_SHIFT;
    headers->nt.optional_header.size_of_image = shared->virtual_address + shared->virtual_size;
}

void ktest_leave_gap(uint8_t bytes[KTEST_IMAGE_BYTES], uint32_t gap)
{
    struct headers *headers = (struct headers *)(void *)bytes;

    headers->sections[2].virtual_address += gap << PAGE_SHIFT;
    headers->nt.optional_header.size_of_image += gap << PAGE_SHIFT;
}
