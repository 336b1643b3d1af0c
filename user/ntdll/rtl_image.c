/*
 * NT's functions on images in memory.
 */
#include "user/ntdll/image_view.h"
#include "user/ntdll/ntdll.h"

IMAGE_NT_HEADERS *NTAPI RtlImageNtHeader(void *base)
{
    if (!base || base == INVALID_HANDLE_VALUE)
        return NULL;
    return (IMAGE_NT_HEADERS *)(uintptr_t)image_headers(base);
}

IMAGE_SECTION_HEADER *NTAPI RtlImageRvaToSection(const IMAGE_NT_HEADERS *nt, void *base, ULONG rva)
{
    IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);

    (void)base;
    for (unsigned i = 0; i < nt->FileHeader.NumberOfSections; i++, section++)
        if (rva >= section->VirtualAddress &&
            rva < section->VirtualAddress + section->SizeOfRawData)
            return section;
    return NULL;
}

/* Where RVA is in a file that is mapped as it is. */
void *NTAPI RtlImageRvaToVa(const IMAGE_NT_HEADERS *nt, void *base, ULONG rva,
                            IMAGE_SECTION_HEADER **last)
{
    IMAGE_SECTION_HEADER *section = RtlImageRvaToSection(nt, base, rva);

    if (last)
        *last = section;
    if (!section)
        return NULL;
    return (char *)base + section->PointerToRawData + (rva - section->VirtualAddress);
}

/* MAPPED: as an image; else as a file. A handle's lowest bit, as LoadLibraryEx gives it for a data
 * file, says the latter too. */
void *NTAPI RtlImageDirectoryEntryToData(void *base, BOOLEAN mapped, USHORT directory, ULONG *bytes)
{
    bool as_file = !mapped || ((uintptr_t)base & 1);

    base = (void *)((uintptr_t)base & ~(uintptr_t)1);
    *bytes = 0;
    IMAGE_NT_HEADERS *nt = RtlImageNtHeader(base);
    if (!nt || directory >= nt->OptionalHeader.NumberOfRvaAndSizes)
        return NULL;
    const IMAGE_DATA_DIRECTORY *entry = &nt->OptionalHeader.DataDirectory[directory];
    if (!entry->VirtualAddress)
        return NULL;
    *bytes = entry->Size;
    if (!as_file || entry->VirtualAddress < nt->OptionalHeader.SizeOfHeaders)
        return (char *)base + entry->VirtualAddress;
    return RtlImageRvaToVa(nt, base, entry->VirtualAddress, NULL);
}

/* => the base of the module that ADDRESS is in, also in *BASE; NULL: none. */
void *NTAPI RtlPcToFileHeader(void *address, void **base)
{
    struct ldr_entry *entry;

    *base = NULL;
    if (!nt_failed(LdrFindEntryForAddress(address, &entry)))
        *base = entry->dll_base;
    return *base;
}
