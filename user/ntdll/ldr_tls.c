/*
 * Thread local storage that the compiler asks for: each module with a TLS directory has a slot, and
 * each thread has a vector with a block of its own for every slot, copied from the module's
 * template. All vectors are known, so that a DLL that is loaded later gets its blocks in threads
 * that run.
 */
#include "user/ntdll/ldr_internal.h"

#define SLOTS 128u /* of a vector, which cannot grow: its thread may be using it */

struct tls_vector {
    LIST_ENTRY links;
    void *slots[SLOTS];
};

static LIST_ENTRY vectors;
static struct ldr_module *owners[SLOTS];

void ldrp_initialize_tls(void)
{
    list_initialize(&vectors);
}

/* A new block for MODULE, in one thread. */
static void *make_block(const struct ldr_module *module)
{
    const IMAGE_TLS_DIRECTORY *tls = module->tls;
    size_t template_bytes = tls->EndAddressOfRawData - tls->StartAddressOfRawData;
    char *block = rtlp_allocate(template_bytes + tls->SizeOfZeroFill);

    if (!block)
        return NULL;
    memcpy(block, (const void *)tls->StartAddressOfRawData, template_bytes);
    memset(block + template_bytes, 0, tls->SizeOfZeroFill);
    return block;
}

static void free_slot(uint32_t slot)
{
    for (LIST_ENTRY *link = vectors.Flink; link != &vectors; link = link->Flink) {
        struct tls_vector *vector = CONTAINER(link, struct tls_vector, links);

        rtlp_free(vector->slots[slot]);
        vector->slots[slot] = NULL;
    }
    owners[slot] = NULL;
}

static NTSTATUS fill_slot(const struct ldr_module *module, uint32_t slot)
{
    for (LIST_ENTRY *link = vectors.Flink; link != &vectors; link = link->Flink) {
        struct tls_vector *vector = CONTAINER(link, struct tls_vector, links);

        vector->slots[slot] = make_block(module);
        if (!vector->slots[slot]) {
            free_slot(slot);
            return STATUS_NO_MEMORY;
        }
    }
    return STATUS_SUCCESS;
}

NTSTATUS ldrp_add_tls(struct ldr_module *module)
{
    struct image_view image = ldrp_view(module);
    uint32_t bytes, slot = 0;
    const IMAGE_TLS_DIRECTORY *tls = image_directory(&image, IMAGE_ENTRY_TLS, &bytes);

    if (!tls)
        return STATUS_SUCCESS;
    if (bytes < sizeof(*tls) || tls->EndAddressOfRawData < tls->StartAddressOfRawData)
        return STATUS_INVALID_IMAGE_FORMAT;
    while (slot < SLOTS && owners[slot])
        slot++;
    if (slot == SLOTS)
        return STATUS_NO_MEMORY;
    module->tls = tls;
    module->tls_slot = slot;
    owners[slot] = module;
    NTSTATUS status = fill_slot(module, slot);
    if (nt_failed(status)) {
        module->tls = NULL;
        return status;
    }
    module->entry.tls_index = 0xFFFF;
    if (tls->AddressOfIndex)
        *(ULONG *)tls->AddressOfIndex = slot;
    return STATUS_SUCCESS;
}

void ldrp_remove_tls(struct ldr_module *module)
{
    if (module->tls)
        free_slot(module->tls_slot);
    module->tls = NULL;
}

static void free_vector(struct tls_vector *vector)
{
    for (uint32_t i = 0; i < SLOTS; i++)
        rtlp_free(vector->slots[i]);
    rtlp_free(vector);
}

NTSTATUS ldrp_allocate_thread_tls(void)
{
    struct tls_vector *vector = rtlp_allocate(sizeof(*vector));

    if (!vector)
        return STATUS_NO_MEMORY;
    memset(vector, 0, sizeof(*vector));
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (!owners[i])
            continue;
        vector->slots[i] = make_block(owners[i]);
        if (!vector->slots[i]) {
            free_vector(vector);
            return STATUS_NO_MEMORY;
        }
    }
    list_insert_tail(&vectors, &vector->links);
    current_teb()->thread_local_storage_pointer = vector->slots;
    return STATUS_SUCCESS;
}

void ldrp_free_thread_tls(void)
{
    struct teb *teb = current_teb();

    if (!teb->thread_local_storage_pointer)
        return;
    struct tls_vector *vector =
        CONTAINER(teb->thread_local_storage_pointer, struct tls_vector, slots);
    teb->thread_local_storage_pointer = NULL;
    list_remove(&vector->links);
    free_vector(vector);
}

void ldrp_call_tls_callbacks(struct ldr_module *module, ULONG reason, void *reserved)
{
    if (!module->tls || !module->tls->AddressOfCallBacks)
        return;
    const PIMAGE_TLS_CALLBACK *callback = (const void *)module->tls->AddressOfCallBacks;
    for (; *callback; callback++)
        (*callback)(module->entry.dll_base, reason, reserved);
}
