/*
 * Fault records: what each fault was, kept in a ring for the debugger, the tests and GDB, and
 * printed as it happens when the boot option trace=fault asks for it.
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/thread.h"

static struct mm_fault_record ring[MM_FAULT_RECORDS];
static uint32_t next_sequence;

void mi_record_fault(const struct mi_fault *fault, uint32_t eip, uint64_t start)
{
    struct mm_fault_record *record = &ring[next_sequence % MM_FAULT_RECORDS];
    const struct kthread *thread = ke_get_current_thread(); /* none at the very start */
    struct mmpte after = {.value = 0};

    if (fault->pte && mm_is_address_valid((uintptr_t)fault->pte)) /* its table may have gone */
        after = mi_read_pte(fault->pte);

    *record = (struct mm_fault_record){
        .sequence = next_sequence++,
        .process = thread ? thread->process->id : 0,
        .thread = thread ? thread->id : 0,
        .eip = eip,
        .time = start,
        .cost = start ? (uint32_t)(ke_time_stamp() - start) : 0,
        .va = (uint32_t)fault->va,
        .error_code = fault->error_code,
        .io_bytes = fault->kind == MM_FAULT_DEMAND_PAGE ? PAGE_SIZE : 0,
        .before = fault->before,
        .after = after,
        .frame = after.hard.valid ? after.hard.page_frame_number : PFN_NONE,
        .kind = fault->kind,
    };
    if (mm_fault_trace & MM_TRACE_PRINT)
        mm_print_fault_record(record);
}

const struct mm_fault_record *mm_get_fault_record(uint32_t sequence)
{
    const struct mm_fault_record *record = &ring[sequence % MM_FAULT_RECORDS];

    if (sequence >= next_sequence || next_sequence - sequence > MM_FAULT_RECORDS)
        return NULL;
    return record;
}

uint32_t mm_next_fault_sequence(void)
{
    return next_sequence;
}

void mm_print_fault_record(const struct mm_fault_record *r)
{
    dbg_print("FAULT seq=%u va=%08x eip=%08x err=%04x kind=%s pte=%08x->%08x ", r->sequence, r->va,
              r->eip, r->error_code, mm_fault_kind_names[r->kind], r->before.value, r->after.value);
    if (r->frame == PFN_NONE)
        dbg_print("pfn=- cost=%u\n", r->cost);
    else
        dbg_print("pfn=%05x cost=%u\n", r->frame, r->cost);
}
