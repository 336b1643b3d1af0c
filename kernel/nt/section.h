/* Section objects and their services. */
#pragma once

#include "kernel/nt/nt.h"

struct mm_page_source;
struct mm_section;

#define SECTION_QUERY       0x01u
#define SECTION_MAP_WRITE   0x02u
#define SECTION_MAP_READ    0x04u
#define SECTION_MAP_EXECUTE 0x08u
#define SECTION_EXTEND_SIZE 0x10u

extern struct object_type *nt_section_type;
/* Make the type. After ob_init_system; once. */
void nt_init_sections(void);

/* A section object, with one reference and no name or handle. See mm_create_section. */
ntstatus nt_make_section(struct mm_page_source *source, uint64_t bytes, uint32_t protect,
                         uint32_t attributes, struct mm_section **section);

struct nt_object_attributes;
/* FILE 0: memory, of *SIZE bytes. With OBJ_OPENIF as other objects. */
ntstatus nt_create_section(handle_t *section, uint32_t access,
                           const struct nt_object_attributes *object_attributes,
                           const uint64_t *size, uint32_t protect, uint32_t attributes,
                           handle_t file);
ntstatus nt_open_section(handle_t *section, uint32_t access,
                         const struct nt_object_attributes *object_attributes);
ntstatus nt_map_view_of_section(handle_t section, handle_t process, uintptr_t *base,
                                uint32_t zero_bits, uint32_t commit_bytes, uint64_t *offset,
                                uint32_t *size, uint32_t inherit, uint32_t type, uint32_t protect);
ntstatus nt_unmap_view_of_section(handle_t process, uintptr_t address);
/* *SIZE becomes the section's. See mm_extend_section. */
ntstatus nt_extend_section(handle_t section, uint64_t *size);
/* Classes 0 (basic) and 1 (image). */
ntstatus nt_query_section(handle_t section, uint32_t information_class, void *buffer,
                          uint32_t length, uint32_t *returned);
