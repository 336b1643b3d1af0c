/* The memory manager's commands. */
#include "kernel/kd/kd_internal.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mm.h"

static void pte(struct kd_context *context)
{
    uintptr_t va;

    if (kd_expression(context, &context->args, &va))
        kd_show_pte(va);
}

static void pfn(struct kd_context *context)
{
    uintptr_t frame;

    if (kd_expression(context, &context->args, &frame))
        kd_show_pfn((uint32_t)frame);
}

static void vm(struct kd_context *context)
{
    (void)context;
    kd_show_vm();
}

static void memory_usage(struct kd_context *context)
{
    (void)context;
    kd_show_memory_usage();
}

static void layout(struct kd_context *context)
{
    (void)context;
    kd_show_layout();
}

static void report(const char *line)
{
    dbg_print("  %s\n", line);
}

static void verify(struct kd_context *context)
{
    uint32_t failures = mm_verify(report);

    (void)context;
    dbg_print("%u contradictions\n", failures);
}

static void list_faults(void)
{
    uint32_t next = mm_next_fault_sequence();

    for (uint32_t kind = 1; kind < MM_FAULT_KINDS; kind++)
        if (mm_fault_counts[kind])
            dbg_print("  %-14s %u\n", mm_fault_kind_names[kind], mm_fault_counts[kind]);
    for (uint32_t s = next > MM_FAULT_RECORDS ? next - MM_FAULT_RECORDS : 0; s != next; s++) {
        const struct mm_fault_record *record = mm_get_fault_record(s);
        if (record)
            mm_print_fault_record(record);
    }
}

static void faults(struct kd_context *context)
{
    const char *word = context->args;

    while (*word == ' ')
        word++;
    if (!strcmp(word, "on"))
        mm_fault_trace |= MM_TRACE_RECORD;
    else if (!strcmp(word, "off"))
        mm_fault_trace = 0;
    else if (!strcmp(word, "print"))
        mm_fault_trace = MM_TRACE_RECORD | MM_TRACE_PRINT;
    else
        list_faults();
}

static void low_resources(struct kd_context *context)
{
    kd_low_resources(context->args);
}

const struct kd_command kd_mm_commands[] = {
    {"!pte", "VA", "show the PDE and PTE of an address", pte},
    {"!pfn", "FRAME", "show an entry of the PFN database", pfn},
    {"!vm", "", "show how virtual memory is used", vm},
    {"!memusage", "", "show how many frames are in each state", memory_usage},
    {"!layout", "", "show the address map", layout},
    {"!faults", "[on|off|print]", "list the recorded faults; record, stop, or print each", faults},
    {"!lowresources", "[PLAN|off]", "count requests refused on purpose; refuse, or stop",
     low_resources},
    {"!verify", "", "cross-check the memory manager's structures", verify},
    {0},
};
