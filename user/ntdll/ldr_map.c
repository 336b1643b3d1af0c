/*
 * Images in memory: as the section object lays them out, and with their addresses right when they
 * are not where they were linked for.
 */
#include "user/ntdll/ldr_internal.h"

#define SECTIONS_MAX 96u /* of an image: the kernel maps none with more */

/* The sections that are not writable become so; PROTECTIONS has what they were, or is to be again.
 */
static NTSTATUS protect_sections(const struct image_view *image, ULONG *protections, bool writable)
{
    const IMAGE_NT_HEADERS *nt = RtlImageNtHeader((void *)image->base);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);

    for (uint32_t i = 0; i < nt->FileHeader.NumberOfSections; i++, section++) {
        void *base = (uint8_t *)image->base + section->VirtualAddress;
        SIZE_T bytes =
            section->Misc.VirtualSize ? section->Misc.VirtualSize : section->SizeOfRawData;
        ULONG old;

        if ((section->Characteristics & IMAGE_SCN_MEM_WRITE) || !bytes)
            continue;
        NTSTATUS status = NtProtectVirtualMemory(CURRENT_PROCESS, &base, &bytes,
                                                 writable ? PAGE_READWRITE : protections[i], &old);
        if (nt_failed(status))
            return status;
        if (writable)
            protections[i] = old;
    }
    return STATUS_SUCCESS;
}

NTSTATUS ldrp_relocate(void *base)
{
    const IMAGE_NT_HEADERS *nt = RtlImageNtHeader(base);
    struct image_view image = image_view_of(base);
    uint32_t delta = (uint32_t)((uintptr_t)base - nt->OptionalHeader.ImageBase), bytes;
    ULONG protections[SECTIONS_MAX];

    if (!delta)
        return STATUS_SUCCESS;
    const uint8_t *relocations = image_directory(&image, IMAGE_ENTRY_RELOCATIONS, &bytes);
    if (nt->FileHeader.Characteristics & IMAGE_FILE_RELOCS_STRIPPED)
        return STATUS_CONFLICTING_ADDRESSES;
    if (!relocations) /* there is nothing that could be wrong */
        return STATUS_SUCCESS;
    if (!image_relocations_are_right(&image, relocations, bytes))
        return STATUS_INVALID_IMAGE_FORMAT;
    NTSTATUS status = protect_sections(&image, protections, true);
    if (nt_failed(status))
        return status;
    image_apply_relocations(&image, relocations, bytes, delta);
    return protect_sections(&image, protections, false);
}

NTSTATUS ldrp_map(HANDLE section, const WCHAR *name, void **base)
{
    void *saved = current_teb()->arbitrary_user_pointer;
    SIZE_T bytes = 0;

    *base = NULL;
    current_teb()->arbitrary_user_pointer = (void *)name; /* where a debugger finds it */
    NTSTATUS status = NtMapViewOfSection(section, CURRENT_PROCESS, base, 0, 0, NULL, &bytes,
                                         VIEW_SHARE, 0, PAGE_READWRITE);
    current_teb()->arbitrary_user_pointer = saved;
    if (nt_failed(status))
        return status;
    status = ldrp_relocate(*base);
    if (nt_failed(status))
        NtUnmapViewOfSection(CURRENT_PROCESS, *base);
    return status;
}
