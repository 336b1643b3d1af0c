/*
 * The faults that nothing can resolve. In the kernel they are bugs, and each has its bug check,
 * whose parameters tell the story (Bug Check Code Reference, 0x0A, 0x50, 0x7A, 0xBE, 0xCC and
 * 0xCD).
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/irql.h"
#include "mm/special_pool.h"

/* Parameter 4 of bug check 50h. */
#define FREED_PTE     0u
#define NO_PAGE_TABLE 2u

ntstatus mi_fault_is_fatal(struct mi_fault *fault, struct ktrap_frame *frame)
{
    uint32_t write = (fault->error_code & PF_WRITE) != 0;

    mm_fault_counts[fault->kind]++;
    if (mm_fault_trace)
        mi_record_fault(fault, frame->eip, 0);
    if (fault->kind == MM_FAULT_RAISED_IRQL || fault->kind == MM_FAULT_NOT_BACKED)
        mi_special_pool_fault(fault->va, write, frame);
    switch (fault->kind) {
    case MM_FAULT_RAISED_IRQL:
        ke_bug_check_with_frame(IRQL_NOT_LESS_OR_EQUAL, fault->va, ke_get_current_irql(), write,
                                frame->eip, frame);
    case MM_FAULT_READ_ONLY:
        ke_bug_check_with_frame(ATTEMPTED_WRITE_TO_READONLY_MEMORY, fault->va, fault->before.value,
                                (uintptr_t)frame, 0xB, frame);
    default:
        ke_bug_check_with_frame(
            PAGE_FAULT_IN_NONPAGED_AREA, fault->va, write, frame->eip,
            mi_get_pde_address(fault->va)->hard.valid ? FREED_PTE : NO_PAGE_TABLE, frame);
    }
}

void mi_in_page_error(struct mi_fault *fault, struct ktrap_frame *frame)
{
    ke_bug_check_with_frame(KERNEL_DATA_INPAGE_ERROR, (uintptr_t)fault->pte, STATUS_IN_PAGE_ERROR,
                            fault->before.value, fault->va, frame);
}
