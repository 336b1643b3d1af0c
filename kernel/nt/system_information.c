/*
 * NtQuerySystemInformation: the classes that programs ask for, each filled as winternl.h has it
 * (x86). And the services that only say that there is nothing to be done.
 */
#include "arch/i386/cpu.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/timer.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "mm/pfn.h"
#include "mm/pool.h"

#define MOST_BYTES 312u

struct basic_information {
    uint32_t reserved, timer_resolution, page_size, physical_pages, lowest_frame, highest_frame;
    uint32_t allocation_granularity, lowest_user_address, highest_user_address;
    uint32_t processors_mask;
    uint8_t processors;
};

static void basic(void *buffer)
{
    struct mm_counters counters;

    mm_query_counters(&counters);
    *(struct basic_information *)buffer = (struct basic_information){
        .timer_resolution = 156250,
        .page_size = PAGE_SIZE,
        .physical_pages = counters.physical_pages,
        .lowest_frame = 1,
        .highest_frame = mm_highest_physical_page,
        .allocation_granularity = MI_ALLOCATION_PAGES << PAGE_SHIFT,
        .lowest_user_address = MM_LOWEST_USER_ADDRESS,
        .highest_user_address = (uint32_t)ps_get_current_thread()->process->vm.highest_address,
        .processors_mask = 1,
        .processors = 1,
    };
}

/* Family, and model and stepping as the documentation joins them. */
static void processor(void *buffer)
{
    uint16_t *words = buffer;

    words[0] = 0; /* x86 */
    words[1] = ki_cpu_signature ? ki_cpu_signature >> 8 & 15 : 4;
    words[2] = (uint16_t)((ki_cpu_signature >> 4 & 15) << 8 | (ki_cpu_signature & 15));
}

static uint32_t pool_pages(enum pool_type type)
{
    struct pool_usage usage;

    mm_query_pool(type, &usage);
    return usage.pages;
}

/* SYSTEM_PERFORMANCE_INFORMATION: the words that the memory manager knows; the rest stays 0. */
static void performance(void *buffer)
{
    struct mm_counters counters;
    uint32_t *words = buffer, faults = 0;

    mm_query_counters(&counters);
    for (uint32_t i = 0; i < MM_FAULT_KINDS; i++)
        faults += mm_fault_counts[i];
    *(uint64_t *)buffer = ke_query_times(&ps_idle_process->pcb.times).kernel; /* idle time */
    words[0x2C / 4] = counters.available_pages;
    words[0x30 / 4] = counters.committed_pages;
    words[0x34 / 4] = counters.commit_limit;
    words[0x38 / 4] = counters.committed_pages;
    words[0x3C / 4] = faults;
    words[0x40 / 4] = mm_fault_counts[MM_FAULT_COPY_ON_WRITE];
    words[0x44 / 4] = mm_fault_counts[MM_FAULT_TRANSITION];
    words[0x4C / 4] = mm_fault_counts[MM_FAULT_DEMAND_ZERO];
    words[0x50 / 4] = mm_fault_counts[MM_FAULT_DEMAND_PAGE];
    words[0x70 / 4] = pool_pages(PAGED_POOL);
    words[0x74 / 4] = pool_pages(NONPAGED_POOL);
    words[0x88 / 4] = counters.free_system_ptes;
}

static void time_of_day(void *buffer)
{
    uint64_t *times = buffer;

    times[0] = ke_query_system_time() - ke_query_interrupt_time(); /* of the boot */
    times[1] = ke_query_system_time();
}

static const struct {
    uint32_t class, bytes;
    void (*fill)(void *buffer);
} queries[] = {
    {0, sizeof(struct basic_information), basic},
    {1, 12, processor},
    {2, MOST_BYTES, performance},
    {3, 32, time_of_day},
};

ntstatus nt_query_system_information(uint32_t class, void *buffer, uint32_t length,
                                     uint32_t *returned)
{
    uint8_t information[MOST_BYTES] __attribute__((aligned(8))) = {0};
    uint32_t i = 0;

    while (i < ARRAY_SIZE(queries) && queries[i].class != class)
        i++;
    if (i == ARRAY_SIZE(queries))
        return STATUS_INVALID_INFO_CLASS;
    if (length < queries[i].bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    queries[i].fill(information);
    ntstatus status = rtl_copy_to_user(buffer, information, queries[i].bytes);
    return NT_SUCCESS(status) && returned
               ? rtl_copy_to_user(returned, &queries[i].bytes, sizeof(queries[i].bytes))
               : status;
}
