/*
 * The tour: a boot explained while it happens. Every fault it shows is a real one, printed from its
 * record.
 */
#include "kernel/tour.h"
#include "arch/i386/cpu.h"
#include "boot/memory_map.h"
#include "kernel/io/module.h"
#include "kernel/kd/kd.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/startup.h"
#include "mm/fault.h"
#include "mm/layout.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "mm/pte.h"

#define TAG 'ruoT'

static void show_processor(void)
{
    dbg_print("processor   %s %x:", ki_cpu_vendor[0] ? ki_cpu_vendor : "without CPUID,",
              ki_cpu_signature);
    dbg_print("%s%s%s%s\n", ke_has(KF_LARGE_PAGE) ? " large pages," : " no large pages,",
              ke_has(KF_GLOBAL_PAGE) ? " global pages," : " no global pages,",
              ke_has(KF_RDTSC) ? " time stamps," : " no time stamps,",
              ke_has(KF_XMMI) ? " SSE" : " no SSE");
}

static void show_memory(void)
{
    static const char *const types[] = {"usable", "ACPI", "ACPI storage", "reserved", "bad"};
    const struct boot_info *info = &boot_information;
    uint64_t above = memory_map_above_4g(info);

    for (uint32_t i = 0; i < info->range_count; i++)
        dbg_print("memory      %010llx to %010llx %s\n", info->ranges[i].base,
                  info->ranges[i].base + info->ranges[i].length - 1, types[info->ranges[i].type]);
    if (above)
        dbg_print("memory      %llu KB above 4 GB are out of reach without PAE and left alone\n",
                  above >> 10);
    if (info->ranges_dropped)
        dbg_print("memory      %u ranges more than there is room for; not used\n",
                  info->ranges_dropped);
    for (uint32_t i = 0; i < info->module_count; i++)
        dbg_print("module      %s, %u bytes at physical %08x\n", info->modules[i].name,
                  info->modules[i].end - info->modules[i].start, info->modules[i].start);
    if (info->modules_dropped)
        dbg_print("module      %u more than there is room for; their memory is used again\n",
                  info->modules_dropped);
}

static void show_self_map(void)
{
    const struct mmpte *self = (const struct mmpte *)PDE_BASE + PDE_SELF_MAP_INDEX;

    dbg_print("\nThe self-map: entry %u of the page directory maps the directory itself, so the\n"
              "page tables appear at %08x, and the directory, as one of them, at %08x.\n",
              PDE_SELF_MAP_INDEX, PTE_BASE, PDE_BASE);
    dbg_print("  entry %u, at %p, holds %08x: frame %05x, as CR3 does (%08x)\n", PDE_SELF_MAP_INDEX,
              self, self->value, self->hard.page_frame_number, read_cr3());
}

/* Show the records of the faults since SEQUENCE, less the bookkeeping of a record in flight. */
static void show_faults(uint32_t sequence)
{
    for (; sequence != mm_next_fault_sequence(); sequence++) {
        const struct mm_fault_record *record = mm_get_fault_record(sequence);
        if (record)
            mm_print_fault_record(record);
    }
}

static void demand_zero(void)
{
    uint32_t first = mm_next_fault_sequence();

    dbg_print("\n1. Demand zero. Three pages of paged pool are allocated: committed, but not\n"
              "   there. Writing to the second one faults; a page of zeros is mapped, and\n"
              "   the write is done again. The others stay as they are.\n");
    volatile uint8_t *pages = ex_allocate_pool_with_tag(PAGED_POOL, 3 * PAGE_SIZE, TAG);
    if (!pages)
        return;
    pages[PAGE_SIZE] = 1;
    show_faults(first);
    kd_show_pte((uintptr_t)pages);
    kd_show_pte((uintptr_t)pages + PAGE_SIZE);
    ex_free_pool_with_tag((void *)pages, TAG);
}

static void show_line(const char *text)
{
    dbg_print("   \"");
    for (uint32_t i = 0; i < 60 && text[i] >= ' '; i++)
        dbg_put(text[i]);
    dbg_print("\"\n");
}

static void demand_page(void)
{
    static struct mm_page_source source; /* the view below refers to it */
    uint32_t first = mm_next_fault_sequence();
    void *view;

    if (!boot_information.module_count) {
        dbg_print("\n2. Demand page: no boot module was given, so there is no file to map.\n");
        return;
    }
    io_open_module(&boot_information.modules[0], &source);
    dbg_print("\n2. Demand page. The file %s is mapped as a view. Each PTE says only\n"
              "   where its page can be had; reading the first byte brings in that page and\n"
              "   no other.\n",
              source.name);
    if (!NT_SUCCESS(mm_map_view_in_system_space(&source, &view)))
        return;
    kd_show_pte((uintptr_t)view);
    (void)*(volatile const char *)view;
    show_faults(first);
    show_line(view);
    kd_show_pte((uintptr_t)view);
    mm_unmap_view_in_system_space(view);
}

static void large_page(void)
{
    enum mm_large_failure why;
    uint32_t first = mm_next_fault_sequence();

    dbg_print("\n3. A large page. A directory entry promises 4 MB of zeros. The first touch\n"
              "   looks for 1024 free frames in a row, aligned; then one entry maps them\n"
              "   all, without a page table. If there are none, 1024 small demand-zero\n"
              "   pages take their place.\n");
    volatile uint8_t *large = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);
    if (!large) {
        dbg_print("   not now: %s\n", mm_large_failure_names[why]);
        return;
    }
    large[0] = 1;
    show_faults(first);
    kd_show_pte((uintptr_t)large);
    mm_free_large_pages((void *)large, 1);
}

void ki_tour(void)
{
    const struct boot_info *info = &boot_information;

    dbg_print("\nTokOS\nbooted by   %s (%s)\n",
              info->loader[0] ? info->loader : "an unnamed loader", info->protocol);
    if (info->command_line[0])
        dbg_print("options     %s\n", info->command_line);
    show_processor();
    show_memory();
    dbg_print("\nThe address space:\n");
    kd_show_layout();
    show_self_map();
    mm_fault_trace |= MM_TRACE_RECORD;
    demand_zero();
    demand_page();
    large_page();
    dbg_print("\n");
}
