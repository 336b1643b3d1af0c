/*
 * Reading a PE file's headers; see image_headers.h. Three passes: find the headers behind the DOS
 * program, check what they say about the image as a whole, then lay out section by section. Each
 * number is checked before anything is added to it, so that no sum wraps.
 */
#include "mm/image_headers.h"

#include "lib/string.h"

/* A PE file, as far as it can be seen. */
struct image_file {
    const uint8_t *bytes;
    uint32_t visible; /* bytes of it at BYTES */
    uint32_t size;
};

static bool read_at(const struct image_file *file, uint32_t offset, void *to, uint32_t n)
{
    if (offset > file->visible || n > file->visible - offset)
        return false;
    memcpy(to, file->bytes + offset, n);
    return true;
}

static bool is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/* What follows the DOS header tells a PE file from its older relatives. */
static ntstatus find_nt_headers(const struct image_file *file, uint32_t *offset)
{
    struct image_dos_header dos;
    uint16_t magic;
    uint32_t signature;

    if (!read_at(file, 0, &magic, sizeof(magic)) || magic != IMAGE_DOS_SIGNATURE)
        return STATUS_INVALID_IMAGE_NOT_MZ;
    if (!read_at(file, 0, &dos, sizeof(dos)) || dos.e_lfanew > file->size - sizeof(signature))
        return STATUS_INVALID_IMAGE_PROTECT; /* to a DOS program e_lfanew is just code */
    if (!read_at(file, dos.e_lfanew, &signature, sizeof(signature)))
        return STATUS_INVALID_IMAGE_FORMAT;

    *offset = dos.e_lfanew;
    if (signature == IMAGE_NT_SIGNATURE)
        return dos.e_lfanew % sizeof(uint32_t) ? STATUS_INVALID_IMAGE_FORMAT : STATUS_SUCCESS;
    switch (signature & 0xFFFF) {
    case IMAGE_OS2_SIGNATURE:
        return STATUS_INVALID_IMAGE_WIN_16;
    case IMAGE_VXD_SIGNATURE:
    case IMAGE_OS2_LX_SIGNATURE:
        return STATUS_INVALID_IMAGE_LE_FORMAT;
    default:
        return STATUS_INVALID_IMAGE_PROTECT;
    }
}

static ntstatus read_nt_headers(const struct image_file *file, uint32_t offset,
                                struct image_nt_headers32 *nt)
{
    uint32_t optional_at = offset + offsetof(struct image_nt_headers32, optional_header);
    uint16_t magic;

    if (!read_at(file, offset, nt, offsetof(struct image_nt_headers32, optional_header)))
        return STATUS_INVALID_IMAGE_FORMAT;
    if (nt->file_header.machine == IMAGE_FILE_MACHINE_AMD64)
        return STATUS_INVALID_IMAGE_WIN_64;
    if (!read_at(file, optional_at, &magic, sizeof(magic)))
        return STATUS_INVALID_IMAGE_FORMAT;
    if (magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC)
        return STATUS_INVALID_IMAGE_WIN_64;

    if (nt->file_header.machine != IMAGE_FILE_MACHINE_I386 ||
        !(nt->file_header.characteristics & IMAGE_FILE_EXECUTABLE_IMAGE) ||
        nt->file_header.number_of_sections > IMAGE_SECTIONS_MAX)
        return STATUS_INVALID_IMAGE_FORMAT;
    if (magic != IMAGE_NT_OPTIONAL_HDR32_MAGIC ||
        nt->file_header.size_of_optional_header < sizeof(nt->optional_header) ||
        !read_at(file, optional_at, &nt->optional_header, sizeof(nt->optional_header)))
        return STATUS_INVALID_IMAGE_FORMAT;
    return STATUS_SUCCESS;
}

/* Below a page an alignment in memory is one that the file has too. */
static bool alignments_are_valid(const struct image_optional_header32 *optional)
{
    if (!is_power_of_two(optional->section_alignment) || !is_power_of_two(optional->file_alignment))
        return false;
    if (optional->section_alignment < PAGE_SIZE)
        return optional->file_alignment == optional->section_alignment;
    return optional->file_alignment >= IMAGE_FILE_ALIGNMENT_LEAST &&
           optional->file_alignment <= IMAGE_FILE_ALIGNMENT_GREATEST &&
           optional->file_alignment <= optional->section_alignment;
}

/* TABLE_END is where the section headers end. */
static ntstatus check_optional_header(const struct image_optional_header32 *optional,
                                      uint32_t table_end, uint32_t file_size)
{
    uint32_t size = optional->size_of_image, headers = optional->size_of_headers;
    uint32_t entry = optional->address_of_entry_point;

    if (!alignments_are_valid(optional))
        return STATUS_INVALID_IMAGE_FORMAT;
    if (size > MI_IMAGE_LIMIT)
        return STATUS_SECTION_TOO_BIG;
    if (size == 0 || optional->image_base % IMAGE_BASE_ALIGNMENT ||
        optional->image_base + (ROUND_UP(size, PAGE_SIZE) - 1) < optional->image_base)
        return STATUS_INVALID_IMAGE_FORMAT;
    if (headers < table_end || headers > file_size || headers > size)
        return STATUS_INVALID_IMAGE_FORMAT;
    if (entry != 0 && (entry < headers || entry >= size))
        return STATUS_INVALID_IMAGE_FORMAT;
    return STATUS_SUCCESS;
}

static void describe(const struct image_nt_headers32 *nt, struct mi_image_layout *out)
{
    const struct image_file_header *file = &nt->file_header;
    const struct image_optional_header32 *optional = &nt->optional_header;

    *out = (struct mi_image_layout){
        .preferred_base = optional->image_base,
        .image_bytes = ROUND_UP(optional->size_of_image, PAGE_SIZE),
        .header_bytes = optional->size_of_headers,
        .entry_point = optional->address_of_entry_point,
        .section_alignment = optional->section_alignment,
        .stack_reserve = optional->size_of_stack_reserve,
        .stack_commit = optional->size_of_stack_commit,
        .heap_reserve = optional->size_of_heap_reserve,
        .heap_commit = optional->size_of_heap_commit,
        .checksum = optional->check_sum,
        .time_date_stamp = file->time_date_stamp,
        .machine = file->machine,
        .characteristics = file->characteristics,
        .dll_characteristics = optional->dll_characteristics,
        .subsystem = optional->subsystem,
        .major_subsystem_version = optional->major_subsystem_version,
        .minor_subsystem_version = optional->minor_subsystem_version,
        .is_dll = file->characteristics & IMAGE_FILE_DLL,
        .large_address_aware = file->characteristics & IMAGE_FILE_LARGE_ADDRESS_AWARE,
        .relocations_stripped = file->characteristics & IMAGE_FILE_RELOCS_STRIPPED,
        .parts = out->parts,
        .part_capacity = out->part_capacity,
    };
}

/* OPTIONAL_AT is the optional header's place in the file: the directories are behind it, as many as
 * it counts and has room for. => false when the relocations are not inside the image. */
static bool find_relocations(const struct image_file *file, uint32_t optional_at,
                             const struct image_nt_headers32 *nt, struct mi_image_layout *out)
{
    struct image_data_directory directory;
    uint32_t at = sizeof(nt->optional_header) +
                  IMAGE_DIRECTORY_ENTRY_BASERELOC * sizeof(struct image_data_directory);

    if (nt->optional_header.number_of_rva_and_sizes <= IMAGE_DIRECTORY_ENTRY_BASERELOC ||
        nt->file_header.size_of_optional_header < at + sizeof(directory))
        return true;
    if (!read_at(file, optional_at + at, &directory, sizeof(directory)))
        return false;
    if (out->relocations_stripped || directory.size == 0)
        return true;
    out->relocation_rva = directory.virtual_address;
    out->relocation_bytes = directory.size;
    return directory.virtual_address <= out->image_bytes &&
           directory.size <= out->image_bytes - directory.virtual_address;
}

static bool append_part(struct mi_image_layout *out, struct mi_image_part part)
{
    if (out->part_count == out->part_capacity)
        return false;
    out->parts[out->part_count++] = part;
    return true;
}

/* The image goes on at PAGE: whatever is missing between it and the last part nobody may touch. */
static bool append_gap(struct mi_image_layout *out, uint32_t page)
{
    const struct mi_image_part *last = &out->parts[out->part_count - 1];
    uint32_t covered = last->first_page + last->pages;

    return covered == page || append_part(out, (struct mi_image_part){.first_page = covered,
                                                                      .pages = page - covered,
                                                                      .protection = MM_NOACCESS});
}

static bool has_raw_data(const struct image_section_header *section)
{
    return section->pointer_to_raw_data != 0 && section->size_of_raw_data != 0;
}

/* => the bytes that the section has in memory. */
static uint32_t extent_of(const struct image_section_header *section)
{
    return section->virtual_size ? section->virtual_size : section->size_of_raw_data;
}

static uint32_t protection_of(const struct image_section_header *section)
{
    static const uint8_t protections[8] = {
        /* by execute, read and write from bit 0 upward; what is written is read as well */
        MM_NOACCESS,  MM_EXECUTE,           MM_READONLY,  MM_EXECUTE_READ,
        MM_WRITECOPY, MM_EXECUTE_WRITECOPY, MM_WRITECOPY, MM_EXECUTE_WRITECOPY};
    uint32_t protection = protections[section->characteristics / IMAGE_SCN_MEM_EXECUTE];

    if (!(section->characteristics & IMAGE_SCN_MEM_SHARED))
        return protection;
    switch (protection) {
    case MM_WRITECOPY:
        return MM_READWRITE;
    case MM_EXECUTE_WRITECOPY:
        return MM_EXECUTE_READWRITE;
    default:
        return protection;
    }
}

/* => whether a section lies in the image, at END or behind it, and in the file. */
static bool section_is_valid(const struct image_file *file,
                             const struct image_optional_header32 *optional,
                             const struct image_section_header *section, uint32_t end)
{
    uint32_t image_bytes = ROUND_UP(optional->size_of_image, PAGE_SIZE);
    uint32_t at = section->virtual_address, extent = extent_of(section);

    if (extent == 0 || at % optional->section_alignment || at < end || at > image_bytes ||
        extent > image_bytes - at)
        return false;
    return !has_raw_data(section) ||
           (section->pointer_to_raw_data % optional->file_alignment == 0 &&
            section->pointer_to_raw_data <= file->size &&
            section->size_of_raw_data <= file->size - section->pointer_to_raw_data);
}

/* => whether the section is in memory what it is in the file, given that the file is mapped from
 * its beginning: at the same place, and with zeros only where the file has ended. */
static bool section_is_flat(const struct image_file *file,
                            const struct image_section_header *section)
{
    uint32_t raw = has_raw_data(section) ? section->size_of_raw_data : 0;

    if (raw != 0 && section->pointer_to_raw_data != section->virtual_address)
        return false;
    return raw >= extent_of(section) || section->virtual_address + raw >= file->size;
}

static bool append_section(struct mi_image_layout *out, const struct image_section_header *section)
{
    struct mi_image_part part = {.first_page = section->virtual_address >> PAGE_SHIFT,
                                 .pages = BYTES_TO_PAGES(extent_of(section)),
                                 .protection = protection_of(section)};

    if (has_raw_data(section)) {
        uint32_t room = part.pages << PAGE_SHIFT;
        part.file_offset = section->pointer_to_raw_data;
        part.file_bytes = section->size_of_raw_data < room ? section->size_of_raw_data : room;
    }
    return append_gap(out, part.first_page) && append_part(out, part);
}

/* The first part: the headers, or all there is when sections are not aligned to pages. */
static struct mi_image_part first_part(const struct image_file *file,
                                       const struct mi_image_layout *out, bool flat)
{
    struct mi_image_part part = {.pages = BYTES_TO_PAGES(out->header_bytes),
                                 .file_bytes = out->header_bytes,
                                 .protection = MM_READONLY};

    if (flat) {
        part.pages = out->image_bytes >> PAGE_SHIFT;
        part.file_bytes = file->size < out->image_bytes ? file->size : out->image_bytes;
        part.protection = MM_EXECUTE_WRITECOPY;
    }
    return part;
}

/* TABLE is where the section headers are in the file. */
static ntstatus lay_out(const struct image_file *file, const struct image_nt_headers32 *nt,
                        uint32_t table, struct mi_image_layout *out)
{
    const struct image_optional_header32 *optional = &nt->optional_header;
    uint32_t alignment = optional->section_alignment, end = optional->size_of_headers;
    bool flat = alignment < PAGE_SIZE;
    bool fits = append_part(out, first_part(file, out, flat));

    for (uint32_t i = 0; i < nt->file_header.number_of_sections; i++) {
        struct image_section_header section;

        if (!read_at(file, table + i * sizeof(section), &section, sizeof(section)) ||
            !section_is_valid(file, optional, &section, end) ||
            (flat && !section_is_flat(file, &section)))
            return STATUS_INVALID_IMAGE_FORMAT;
        end = section.virtual_address + extent_of(&section);
        if (!flat)
            fits = fits && append_section(out, &section);
    }
    if (flat)
        alignment = PAGE_SIZE;
    if (ROUND_UP(end, alignment) != ROUND_UP(optional->size_of_image, alignment))
        return STATUS_INVALID_IMAGE_FORMAT;
    if (!fits || !append_gap(out, out->image_bytes >> PAGE_SHIFT))
        return STATUS_BUFFER_TOO_SMALL;
    return STATUS_SUCCESS;
}

ntstatus mi_verify_image_headers(const void *headers, uint32_t header_bytes, uint32_t file_bytes,
                                 struct mi_image_layout *out)
{
    struct image_file file = {headers, MI_IMAGE_HEADER_LIMIT, file_bytes};
    struct image_nt_headers32 nt;
    uint32_t offset = 0;

    if (file.visible > header_bytes)
        file.visible = header_bytes;
    if (file.visible > file_bytes)
        file.visible = file_bytes;
    ntstatus status = find_nt_headers(&file, &offset);
    if (NT_SUCCESS(status))
        status = read_nt_headers(&file, offset, &nt);
    if (!NT_SUCCESS(status))
        return status;

    /* All of these are within a file's first 64 KB or a few KB behind. */
    uint32_t optional_at = offset + offsetof(struct image_nt_headers32, optional_header);
    uint32_t table = optional_at + nt.file_header.size_of_optional_header;
    uint32_t sections = nt.file_header.number_of_sections;
    uint32_t table_end = table + sections * sizeof(struct image_section_header);

    status = check_optional_header(&nt.optional_header, table_end, file_bytes);
    if (!NT_SUCCESS(status))
        return status;
    describe(&nt, out);
    if (!find_relocations(&file, optional_at, &nt, out))
        return STATUS_INVALID_IMAGE_FORMAT;
    return lay_out(&file, &nt, table, out);
}
