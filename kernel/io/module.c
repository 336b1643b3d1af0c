/*
 * Boot modules. The loader put them in memory at physical addresses that the memory manager keeps
 * out of its lists; they are read by copying from their frames, as a disk driver would have its
 * device do it. The loader aligns modules to pages; the last page is filled up with zeros.
 */
#include "kernel/io/module.h"
#include "kernel/startup.h"
#include "lib/string.h"
#include "mm/mi.h"

const struct boot_module *io_find_module(const char *name)
{
    for (uint32_t i = 0; i < boot_information.module_count; i++)
        if (!strcmp(boot_information.modules[i].name, name))
            return &boot_information.modules[i];
    return NULL;
}

/* Copy BYTES at PHYSICAL, which lie in one frame, to BUFFER or, when that is NULL, to FRAME at AT.
 */
static void copy_piece(uint32_t physical, char *buffer, pfn_t frame, uint32_t at, uint32_t bytes)
{
    kirql irql = ke_raise_irql(DISPATCH_LEVEL); /* hyperspace is the processor's */
    char *from = mi_map_page_in_hyper_space(physical >> PAGE_SHIFT);
    char *to = buffer ? buffer : (char *)mi_map_page_in_hyper_space(frame) + at;

    memcpy(to, from + (physical & (PAGE_SIZE - 1)), bytes);
    if (!buffer)
        mi_unmap_page_in_hyper_space((void *)ROUND_DOWN((uintptr_t)to, PAGE_SIZE));
    mi_unmap_page_in_hyper_space(from);
    ke_lower_irql(irql);
}

/* Each piece lies in one frame of the module. */
static void copy(uint32_t physical, char *buffer, pfn_t frame, uint32_t at, uint32_t bytes)
{
    while (bytes) {
        uint32_t piece = PAGE_SIZE - (physical & (PAGE_SIZE - 1));
        if (piece > bytes)
            piece = bytes;
        copy_piece(physical, buffer, frame, at, piece);
        physical += piece;
        if (buffer)
            buffer += piece;
        at += piece;
        bytes -= piece;
    }
}

void io_module_read(const struct boot_module *module, uint32_t offset, void *buffer, uint32_t bytes)
{
    copy(module->start + offset, buffer, PFN_NONE, 0, bytes);
}

void io_module_read_to_frame(const struct boot_module *module, uint32_t offset, pfn_t frame,
                             uint32_t at, uint32_t bytes)
{
    uint32_t physical = module->start + offset;

    if (bytes == PAGE_SIZE && !(physical & (PAGE_SIZE - 1)))
        mi_copy_physical_page(frame, physical >> PAGE_SHIFT);
    else
        copy(physical, NULL, frame, at, bytes);
}

void io_clear_rest_of_frame(pfn_t frame, uint32_t at)
{
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    char *page = mi_map_page_in_hyper_space(frame);

    memset(page + at, 0, PAGE_SIZE - at);
    mi_unmap_page_in_hyper_space(page);
    ke_lower_irql(irql);
}

static ntstatus read_page(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                          pfn_t frame)
{
    if (unlikely(offset >= source->bytes))
        return STATUS_INVALID_PARAMETER;
    mi_copy_physical_page(frame, (source->context + offset) >> PAGE_SHIFT);
    if (unlikely(bytes < PAGE_SIZE))
        io_clear_rest_of_frame(frame, bytes);
    return STATUS_SUCCESS;
}

void io_open_module(const struct boot_module *module, struct mm_page_source *source)
{
    *source = (struct mm_page_source){
        .name = module->name,
        .bytes = module->end - module->start,
        .read_page = read_page,
        .context = module->start,
    };
}
