/*
 * The first experiment: a page-fault handler. This file is yours to complete.
 *
 * tokyo_vm.exe runs code that is not there, on a stack that is not there; both are only reserved.
 * For each page that it touches its thread is stopped and lab1_handle_fault called, in this
 * process. When that returns TRUE, the thread does the same instruction again. So until then the
 * page must be there, with the right contents. user/tokos/launch.h says what `fault` has;
 * docs/05-lab-first-experiment.md says how to go about it.
 *
 *      make user && tools/tokos run lab1.exe --faults 2 3
 */
#include "user/programs/lab1/lab1.h"

int lab1_handle_fault(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;

    /*
     * 1. Which page is it? fault->address is any byte of it; a page has 4096 bytes.
     *
     * 2. What kind of fault is it? The thread's registers (fault->context: Eip, Esp) and the two
     *    ranges (fault->code, fault->stack) tell whether it wanted an instruction or its stack.
     *
     * 3. Commit the page in the process that faulted: VirtualAllocEx with MEM_COMMIT, and the
     *    protection that such a page needs. It comes full of zeros.
     *
     * 4. For code, copy the page there from fault->code_contents: WriteProcessMemory. Then flush it
     *    from the instruction cache: FlushInstructionCache.
     */
    return TRUE;
}
