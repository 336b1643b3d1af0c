/*
 * Boot modules. The loader put them in memory at physical addresses that the memory manager keeps
 * out of its lists; a page is read by copying it from frame to frame, as a disk driver would have
 * its device do it. The loader aligns modules to pages; the last page is filled up with zeros.
 */
#include "kernel/io/module.h"
#include "lib/string.h"
#include "mm/mi.h"

/* The bytes of FRAME from BYTES on become zeros. */
static void clear_rest(pfn_t frame, uint32_t bytes)
{
    kirql irql = ke_raise_irql(DISPATCH_LEVEL); /* hyperspace is the processor's */
    char *page = mi_map_page_in_hyper_space(frame);

    memset(page + bytes, 0, PAGE_SIZE - bytes);
    mi_unmap_page_in_hyper_space(page);
    ke_lower_irql(irql);
}

static ntstatus read_page(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                          pfn_t frame)
{
    if (unlikely(offset >= source->bytes || (offset & (PAGE_SIZE - 1))))
        return STATUS_INVALID_PARAMETER;
    mi_copy_physical_page(frame, (source->context + offset) >> PAGE_SHIFT);
    if (unlikely(bytes < PAGE_SIZE))
        clear_rest(frame, bytes);
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
