/*
 * Boot modules. The loader put them in memory at physical addresses that the memory manager keeps
 * out of its lists; a page is read by copying it through hyperspace, as a disk driver would copy it
 * from its device. The loader aligns modules to pages; the last page is filled up with zeros.
 */
#include "kernel/io/module.h"
#include "lib/string.h"
#include "mm/mi.h"
#include "arch/i386/zero.h"

static ntstatus read_page(const struct mm_page_source *source, uint32_t page, void *to)
{
    uint32_t offset = page << PAGE_SHIFT;
    uint32_t bytes = source->bytes - offset;
    const void *from;

    if (offset >= source->bytes)
        return STATUS_INVALID_PARAMETER;
    from = mi_map_page_in_hyper_space((source->context + offset) >> PAGE_SHIFT);
    if (likely(bytes >= PAGE_SIZE)) {
        ki_copy_page(to, from);
    } else {
        memcpy(to, from, bytes);
        memset((char *)to + bytes, 0, PAGE_SIZE - bytes);
    }
    mi_unmap_page_in_hyper_space((void *)from);
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
