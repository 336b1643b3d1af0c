/*
 * Sections: memory that several processes map, and files and images mapped into memory.
 *
 *      section object --+                       +-- subsection --> file, offset, bytes
 *      section object --+--> control area ------+-- subsection
 *      view (VAD) ------+         |
 *                                 +--> prototype PTEs, one a page:
 *
 *          valid         the page is in memory and mapped by as many PTEs as its share count says
 *          transition    it is in memory, and nobody maps it; or it is being read
 *          subsection    it is in the file
 *          demand zero   it has never been touched, or is in a gap of an image: with no access
 *          zero          not committed (SEC_RESERVE)
 *
 * A PTE of a process that maps a page of a section is either zero (the VAD leads to the prototype
 * PTE) or valid with the prototype bit, or in the form "prototype, look in the VAD" when the page's
 * protection is not what the VAD says.
 *
 * The page lists and the prototype PTEs are guarded by the PFN lock, the rest of a control area by
 * mi_section_lock, a fast mutex that is taken after an address creation lock.
 */
#pragma once

#include "mm/fault.h"
#include "mm/image_headers.h"
#include "mm/mm.h"
#include "mm/view.h"
#include "mm/virtual_memory.h"

#define SEC_BASED   0x00200000u
#define SEC_FILE    0x00800000u
#define SEC_IMAGE   0x01000000u
#define SEC_RESERVE 0x04000000u
#define SEC_COMMIT  0x08000000u
#define SEC_NOCACHE 0x10000000u

enum mm_section_inherit {
    VIEW_SHARE = 1,
    VIEW_UNMAP = 2
};

struct control_area {
    struct list_entry links;       /* mi_control_areas; the PFN lock */
    struct mm_page_source *source; /* the file; NULL: none */
    volatile uint32_t references;  /* the sum of the next three; falls under mi_section_lock */
    volatile uint32_t section_references; /* section objects; mi_section_lock */
    volatile uint32_t mapped_views;       /* VADs; mi_section_lock */
    volatile uint32_t reads;              /* under way; begin with the PFN lock held */
    uint32_t attributes;                  /* SEC_ */
    uint32_t page_count;
    uint32_t committed_pages;  /* charged for it; mi_section_lock */
    uint32_t copied_pages;     /* of an image: those that a view may get copies of */
    struct mmpte *prototypes;  /* page_count of them */
    uint32_t subsection_count; /* those of the file's parts */
    struct subsection *subsections;
    struct mi_image_layout image; /* of an image; its parts are not kept */
};

/* A section object. */
struct mm_section {
    struct control_area *control_area;
    uint64_t bytes;
    uint32_t attributes;     /* SEC_, as asked for */
    uint32_t protection;     /* MM_ code: the most that a view may have */
    uintptr_t base;          /* SEC_BASED: where its first byte is in all views; else 0 */
    struct list_entry based; /* SEC_BASED: mi_based_sections; mi_section_lock */
};

extern struct fast_mutex mi_section_lock;
extern struct list_entry mi_control_areas; /* all; the PFN lock */
void mi_init_sections(void);

/*
 * Make a section: of SOURCE, a file (BYTES 0: all of it), or of memory (SOURCE NULL) of BYTES.
 * ATTRIBUTES: one of SEC_COMMIT, SEC_RESERVE and SEC_IMAGE, and with the first two maybe SEC_BASED:
 * it gets addresses that no other such section has, the same in every process. PROTECT: PAGE_. *OUT
 * is the caller's, and stays where it is. Sections of one file share its pages. Statuses:
 * NtCreateSection's. PASSIVE_LEVEL. (MmCreateSection)
 */
ntstatus mm_create_section(struct mm_section *out, struct mm_page_source *source, uint64_t bytes,
                           uint32_t protect, uint32_t attributes);
/* The section object goes; views keep what they map. PASSIVE_LEVEL. */
void mm_delete_section(struct mm_section *section);

/* Have SECTION, of a file's data, reach to *BYTES, which becomes how far it does: it never shrinks.
 * => STATUS_SECTION_NOT_EXTENDED (it is memory, or an image); STATUS_MEDIA_WRITE_PROTECTED (the
 * file is shorter, and no volume can be written). PASSIVE_LEVEL. (MmExtendSection) */
ntstatus mm_extend_section(struct mm_section *section, uint64_t *bytes);

/* Where a view is to be, and then where it is. */
struct mm_view_request {
    uintptr_t base; /* 0: anywhere */
    uint32_t zero_bits;
    uint32_t commit_bytes; /* SEC_RESERVE, of memory: what of the view is committed at once */
    uint64_t offset;       /* into the section; becomes a multiple of 64 KB */
    uint32_t bytes;        /* 0: to the section's end */
    uint32_t inherit;      /* enum mm_section_inherit */
    uint32_t type;         /* MEM_TOP_DOWN, MEM_RESERVE or 0 */
    uint32_t protect;      /* PAGE_ */
};

/* Map a view of SECTION into SPACE, which is in use. => STATUS_IMAGE_NOT_AT_BASE, a success, when
 * an image is elsewhere than it prefers. Statuses: NtMapViewOfSection's. Up to APC_LEVEL.
 * (MmMapViewOfSection) */
ntstatus mm_map_view_of_section(struct mm_address_space *space, struct mm_section *section,
                                struct mm_view_request *request);
/* Unmap the view that ADDRESS lies in. (MmUnmapViewOfSection) */
ntstatus mm_unmap_view_of_section(struct mm_address_space *space, uintptr_t address);

/* Is there a view of an image at ADDRESS of SPACE? Then *BASE is where it begins, and *FILE what it
 * is of, referenced. SPACE need not be in use. Up to APC_LEVEL. */
bool mm_find_image(struct mm_address_space *space, uintptr_t address, uintptr_t *base,
                   struct mm_page_source **file);

/* ---- inside the memory manager ------------------------------------------------------------------
 */

/* Give SECTION, new, its base / take it back. => whether there was room. mi_section_lock not held.
 */
bool mi_place_based_section(struct mm_section *section);
void mi_remove_based_section(struct mm_section *section);

/* A read of a page of AREA begins, with the PFN lock held; it is over, without. */
void mi_reference_for_read(struct control_area *area);
void mi_release_read(struct control_area *area);
/* VAD, new, is a view of its section. */
void mi_reference_view(struct mmvad *vad);
/* A view of AREA goes: its references, and what was charged for it. */
void mi_release_view(struct mmvad *vad);

/* The parts of an image, of a file whose headers are read here. Sets AREA->image. PASSIVE_LEVEL. */
ntstatus mi_make_image_area(struct mm_page_source *source, struct control_area **area);
/* A control area with PAGES prototype PTEs, all zero, and room for SUBSECTIONS. => NULL: no memory.
 */
struct control_area *mi_allocate_control_area(struct mm_page_source *source, uint32_t pages,
                                              uint32_t subsections);
/* PAGES prototype PTEs from FIRST on stand for SUBSECTION, set up here: BYTES of the file from
 * OFFSET, and behind those zeros. */
void mi_set_subsection(struct control_area *area, uint32_t subsection, uint32_t first,
                       uint32_t pages, uint32_t offset, uint32_t bytes, uint32_t protection);

/* Can pages of AREA be committed one by one? It is memory, and was only reserved: the pages of a
 * file are all there, whatever its section was made with. */
static inline bool mi_is_reserved_area(const struct control_area *area)
{
    return !area->source && (area->attributes & SEC_RESERVE);
}

/* Commit START .. END of a view of such an area, for all who map it. => STATUS_COMMITMENT_LIMIT */
ntstatus mi_commit_view(struct mmvad *vad, uintptr_t start, uintptr_t end);

/* => VAD's prototype PTE for page VPN, or NULL behind the last. (MiGetProtoPteAddress) */
static inline struct mmpte *mi_get_prototype(const struct mmvad *vad, uint32_t vpn)
{
    struct mmpte *prototype = vad->first_prototype + (vpn - vad->starting_vpn);

    return prototype <= vad->last_prototype ? prototype : NULL;
}

/* The protection that PROTOTYPE has by itself: an image's pages bring their own. */
uint32_t mi_prototype_protection(const struct mmpte *prototype);

/* May pages of VAD, a view, be given PROTECTION? Not more than the view has. */
bool mi_view_may_have(const struct mmvad *vad, uint32_t protection);
/* What a copy-on-write view's page gets when PROTECTION is asked for: to write is to copy. */
uint32_t mi_copied_protection(uint32_t protection);
/* Is a page with PROTECTION copied when it is written to? */
static inline bool mi_is_copied_protection(uint32_t protection)
{
    uint32_t access = protection & MM_EXECUTE_WRITECOPY;

    return access == MM_WRITECOPY || access == MM_EXECUTE_WRITECOPY;
}
/* Is it one that all who map it write to? It cannot be had again, and is charged to its section. */
static inline bool mi_is_shared_for_writing(uint32_t protection)
{
    uint32_t access = protection & MM_EXECUTE_WRITECOPY;

    return access == MM_READWRITE || access == MM_EXECUTE_READWRITE;
}
/* And what a page has that was copied: it is written as it is. */
uint32_t mi_private_protection(uint32_t protection);

/* A fault in a view: see fault_prototype.c. PFN lock held, given back with IRQL. */
ntstatus mi_resolve_prototype_fault(struct mi_fault *fault, struct mm_address_space *space,
                                    struct mmvad *vad, kirql irql);
/* A write to a valid copy-on-write page. The same. */
ntstatus mi_copy_on_write(struct mi_fault *fault, struct mm_address_space *space, kirql irql);

/*
 * The PTE of a view that maps FRAME, and its protection, all of which can be told from it. Where
 * two protections are one to the processor, bits that then say nothing to it keep them apart: a
 * page that cannot be written is never dirty, so that it is marked dirty stands for execute alone;
 * and of what is not cached nothing can be written through, so that stands for write-combining.
 */
static inline struct mmpte mi_make_mapping(pfn_t frame, uint32_t protection)
{
    struct mmpte pte = mi_make_valid_pte(frame, protection);

    pte.hard.owner = 1;
    pte.hard.prototype = 1;
    pte.hard.write_mp = (protection & MM_EXECUTE) != 0;
    pte.hard.dirty = (protection & MM_EXECUTE_WRITECOPY) == MM_EXECUTE;
    pte.hard.write_through = (protection & MM_WRITECOMBINE) == MM_WRITECOMBINE;
    return pte;
}

static inline uint32_t mi_protection_of_mapping(struct mmpte pte)
{
    uint32_t access = pte.hard.write ? MM_READWRITE : MM_READONLY;

    if (pte.hard.copy_on_write)
        access = MM_WRITECOPY;
    if (pte.hard.write_mp)
        access = pte.hard.dirty && !pte.hard.write ? MM_EXECUTE : access + MM_EXECUTE;
    if (pte.hard.cache_disable)
        access |= pte.hard.write_through ? MM_WRITECOMBINE : MM_NOCACHE;
    return access;
}

/* Was the page written to through the valid entry PTE, as far as the processor has noted there? */
static inline bool mi_is_dirty(struct mmpte pte)
{
    return pte.hard.dirty && (!pte.hard.prototype || pte.hard.write);
}

/* "Prototype, look in the VAD", with a protection of its own. */
static inline struct mmpte mi_make_vad_prototype_pte(uint32_t protection)
{
    return (struct mmpte){
        .soft = {.protection = protection & 31, .prototype = 1, .page_file_high = 0xFFFFF}};
}
