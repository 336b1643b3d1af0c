/*
 * Imports: from the names in an image to addresses in other modules, which are loaded for that. An
 * image may have been bound to another before: it has the addresses already, and the time stamp of
 * the version that they are of.
 */
#include "user/ntdll/ldr_internal.h"

#define FORWARDS_LIMIT 16u /* forwarders that lead to forwarders */
#define DLL_NAME_LIMIT 128u
#define BINDING_ENDS   UINT32_MAX

static NTSTATUS resolve(struct ldr_module *module, const char *name, uint32_t ordinal,
                        uint32_t hint, uint32_t depth, void **address);

/* The module that an ASCII NAME of LENGTH bytes, in an image, stands for. */
static NTSTATUS load_needed(const WCHAR *path, struct ldr_module *by, const char *name,
                            size_t length, struct ldr_module **module)
{
    WCHAR text[DLL_NAME_LIMIT];
    UNICODE_STRING wide = rtlp_string(text, length);

    if (length >= DLL_NAME_LIMIT)
        return STATUS_INVALID_IMAGE_FORMAT;
    for (size_t i = 0; i < length; i++)
        text[i] = (uint8_t)name[i];
    NTSTATUS status = ldrp_load_graph(path, &wide, module);
    return nt_failed(status) ? status : ldrp_add_dependency(by, *module);
}

static uint32_t decimal(const char *text)
{
    uint32_t number = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint32_t)(*text - '0');
    return number;
}

static NTSTATUS follow(struct ldr_module *module, const char *forwarder, uint32_t depth,
                       void **address)
{
    const char *name = forwarder;
    struct ldr_module *target;

    while (*name && *name != '.')
        name++;
    if (!*name || depth >= FORWARDS_LIMIT)
        return STATUS_INVALID_IMAGE_FORMAT;
    NTSTATUS status = load_needed(NULL, module, forwarder, (size_t)(name - forwarder), &target);
    if (nt_failed(status))
        return status;
    name++;
    if (*name == '#')
        return resolve(target, NULL, decimal(name + 1), 0, depth + 1, address);
    return resolve(target, name, 0, UINT32_MAX, depth + 1, address);
}

static NTSTATUS resolve(struct ldr_module *module, const char *name, uint32_t ordinal,
                        uint32_t hint, uint32_t depth, void **address)
{
    struct image_view image = ldrp_view(module);
    struct image_export found;

    if (!(name ? image_find_name(&image, name, hint, &found)
               : image_find_ordinal(&image, ordinal, &found))) {
        ldrp_complain_import(module, name, ordinal);
        return name ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
    }
    if (found.forwarder)
        return follow(module, found.forwarder, depth, address);
    *address = (char *)module->entry.dll_base + found.rva;
    return STATUS_SUCCESS;
}

NTSTATUS ldrp_resolve(struct ldr_module *module, const char *name, uint32_t ordinal, uint32_t hint,
                      void **address)
{
    return resolve(module, name, ordinal, hint, 0, address);
}

static NTSTATUS bind_thunk(const struct image_view *image, struct ldr_module *target,
                           uint32_t thunk, void **address)
{
    if (thunk & IMAGE_IMPORT_BY_ORDINAL)
        return ldrp_resolve(target, NULL, thunk & 0xFFFF, 0, address);
    const uint16_t *hint = image_at(image, thunk, sizeof(*hint));
    const char *name = image_text(image, thunk + sizeof(*hint));
    if (!hint || !name)
        return STATUS_INVALID_IMAGE_FORMAT;
    return ldrp_resolve(target, name, 0, *hint, address);
}

static NTSTATUS bind_thunks(const struct image_view *image, struct ldr_module *target,
                            uint32_t names, uint32_t addresses)
{
    for (;; names += 4, addresses += 4) {
        const uint32_t *thunk = image_at(image, names, sizeof(*thunk));
        void **slot = (void **)image_at(image, addresses, sizeof(*slot));

        if (!thunk || !slot)
            return STATUS_INVALID_IMAGE_FORMAT;
        if (!*thunk)
            return STATUS_SUCCESS;
        NTSTATUS status = bind_thunk(image, target, *thunk, slot);
        if (nt_failed(status))
            return status;
    }
}

/* Was the image bound to this very TARGET, which is where it was then? */
static bool is_bound(const struct image_import_descriptor *descriptor, struct ldr_module *target)
{
    return descriptor->time_date_stamp &&
           descriptor->time_date_stamp ==
               RtlImageNtHeader(target->entry.dll_base)->FileHeader.TimeDateStamp &&
           !(target->entry.flags & LDRP_IMAGE_NOT_AT_BASE);
}

/* The imports of a bound descriptor that TARGET forwards: each slot has the index of the next. */
static NTSTATUS bind_forwarded(const struct image_view *image, struct ldr_module *target,
                               uint32_t names, uint32_t addresses, uint32_t chain)
{
    while (chain != BINDING_ENDS) {
        const uint32_t *thunk =
            chain < image->bytes / 4 ? image_at(image, names + chain * 4, sizeof(*thunk)) : NULL;
        void **slot = thunk ? (void **)image_at(image, addresses + chain * 4, sizeof(*slot)) : NULL;

        if (!slot)
            return STATUS_INVALID_IMAGE_FORMAT;
        chain = (uint32_t)*slot;
        NTSTATUS status = bind_thunk(image, target, *thunk, slot);
        if (nt_failed(status))
            return status;
    }
    return STATUS_SUCCESS;
}

/* The section with the addresses, if it is not writable, becomes PROTECTION. => what it was in
 * *OLD, 0: it is writable anyway. */
static NTSTATUS protect_thunks(const struct image_view *image, uint32_t rva, ULONG protection,
                               ULONG *old)
{
    const IMAGE_SECTION_HEADER *section = (const void *)image_section_of(image, rva);

    *old = 0;
    if (!section || (section->Characteristics & IMAGE_SCN_MEM_WRITE))
        return STATUS_SUCCESS;
    void *base = (uint8_t *)image->base + section->VirtualAddress;
    SIZE_T bytes = section->Misc.VirtualSize ? section->Misc.VirtualSize : section->SizeOfRawData;
    return NtProtectVirtualMemory(CURRENT_PROCESS, &base, &bytes, protection, old);
}

static NTSTATUS bind_descriptor(const WCHAR *path, struct ldr_module *module,
                                const struct image_import_descriptor *descriptor)
{
    struct image_view image = ldrp_view(module);
    const char *name = image_text(&image, descriptor->name);
    struct ldr_module *target;
    ULONG old, unused;
    uint32_t names = descriptor->original_first_thunk ? descriptor->original_first_thunk
                                                      : descriptor->first_thunk;

    if (!name)
        return STATUS_INVALID_IMAGE_FORMAT;
    NTSTATUS status = load_needed(path, module, name, strlen(name), &target);
    if (nt_failed(status))
        return status;
    bool bound = is_bound(descriptor, target);
    if (bound && descriptor->forwarder_chain == BINDING_ENDS)
        return STATUS_SUCCESS; /* and its pages stay shared */
    status = protect_thunks(&image, descriptor->first_thunk, PAGE_READWRITE, &old);
    if (nt_failed(status))
        return status;
    status = bound ? bind_forwarded(&image, target, names, descriptor->first_thunk,
                                    descriptor->forwarder_chain)
                   : bind_thunks(&image, target, names, descriptor->first_thunk);
    if (old)
        protect_thunks(&image, descriptor->first_thunk, old, &unused);
    return status;
}

NTSTATUS ldrp_bind(const WCHAR *path, struct ldr_module *module)
{
    struct image_view image = ldrp_view(module);
    uint32_t bytes;
    const struct image_import_descriptor *descriptor =
        image_directory(&image, IMAGE_ENTRY_IMPORT, &bytes);

    module->entry.flags |= LDRP_ENTRY_PROCESSED;
    for (; descriptor; descriptor++) {
        uint32_t rva = (uint32_t)((const uint8_t *)descriptor - image.base);

        if (!image_at(&image, rva, sizeof(*descriptor)))
            return STATUS_INVALID_IMAGE_FORMAT;
        if (!descriptor->name || !descriptor->first_thunk)
            break;
        NTSTATUS status = bind_descriptor(path, module, descriptor);
        if (nt_failed(status))
            return status;
    }
    return STATUS_SUCCESS;
}

/* The image of SECTION becomes a module. */
static NTSTATUS add_module(HANDLE section, const UNICODE_STRING *full_name,
                           struct ldr_module **module)
{
    void *base;
    NTSTATUS status = ldrp_map(section, full_name->Buffer, &base);

    if (nt_failed(status))
        return status;
    *module = ldrp_insert_module(base, full_name);
    if (!*module) {
        NtUnmapViewOfSection(CURRENT_PROCESS, base);
        return STATUS_NO_MEMORY;
    }
    if (base != (void *)(uintptr_t)RtlImageNtHeader(base)->OptionalHeader.ImageBase)
        (*module)->entry.flags |= LDRP_IMAGE_NOT_AT_BASE;
    return STATUS_SUCCESS;
}

static NTSTATUS load_new(const WCHAR *path, const UNICODE_STRING *name, struct ldr_module **module)
{
    UNICODE_STRING full_name;
    HANDLE section;
    NTSTATUS status = ldrp_search(path, name, &full_name, &section);

    if (nt_failed(status))
        return status;
    *module = ldrp_find_by_name(&full_name); /* the same file by another name? */
    if (!*module) {
        status = add_module(section, &full_name, module);
        if (!nt_failed(status) && ((*module)->entry.flags & LDRP_IMAGE_DLL)) {
            status = ldrp_bind(path, *module);
            if (!nt_failed(status))
                status = ldrp_add_tls(*module);
        }
    }
    NtClose(section);
    RtlFreeUnicodeString(&full_name);
    return status;
}

NTSTATUS ldrp_load_graph(const WCHAR *path, const UNICODE_STRING *name, struct ldr_module **module)
{
    UNICODE_STRING complete;
    NTSTATUS status = ldrp_complete_name(name, &complete);

    if (nt_failed(status))
        return status;
    *module = ldrp_find_by_name(&complete);
    if (!*module)
        status = load_new(path, &complete, module);
    if (nt_failed(status))
        ldrp_complain_dll(&complete, status);
    RtlFreeUnicodeString(&complete);
    return status;
}
