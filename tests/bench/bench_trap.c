/*
 * Exception entry and exit alone: an interrupt with a handler that does nothing, and a page fault
 * whose resolver only steps over the instruction. In both the floor is the bare gate.
 */
#include "arch/i386/trap.h"
#include "kernel/ke/exceptions.h"
#include "mm/mm.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/range.h"

#define WRITE_BYTE_LENGTH 3 /* movb $1, (%eax) */

static void do_nothing(struct ktrap_frame *frame)
{
    (void)frame;
}

static ntstatus step_over(uint32_t error_code, uintptr_t va, enum kprocessor_mode mode,
                          struct ktrap_frame *frame)
{
    (void)error_code, (void)va, (void)mode;
    frame->eip += WRITE_BYTE_LENGTH;
    return STATUS_SUCCESS;
}

static void measure_bare(uint32_t vector, floor_handler handler, bench_operation operation,
                         void *context)
{
    uint64_t gate = floor_set_gate(vector, handler);

    bench_measure(BENCH_FLOOR, operation, context);
    floor_restore_gate(vector, gate);
}

BENCH(trap, interrupt)
{
    ki_trap_handler usual = ki_set_trap_handler(BENCH_VECTOR, do_nothing);

    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, bench_interrupt, NULL);
        measure_bare(BENCH_VECTOR, floor_return, bench_interrupt, NULL);
    }
    bench_end(bench, 1);
    ki_set_trap_handler(BENCH_VECTOR, usual);
}

BENCH(trap, page_fault)
{
    void *nowhere = (void *)bench_page(0);

    ke_set_page_fault_handler(step_over);
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, bench_write_byte, nowhere);
        measure_bare(VECTOR_PAGE_FAULT, floor_skip, bench_write_byte, nowhere);
    }
    ke_set_page_fault_handler(mm_access_fault);
    bench_end(bench, 1);
}
