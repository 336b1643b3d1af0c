/* Running one program, and telling the launcher how it ended. */
#include "kernel/run.h"
#include "arch/i386/debug_exit.h"
#include "kernel/io/command.h"
#include "kernel/io/console.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "kernel/main.h"
#include "kernel/run_program.h"
#include "mm/mm.h"

#define MEMORY_NOT_WHOLE                                                    \
    0x5000u /* MEMORY_MANAGEMENT's first parameter: NT's of inconsistencies \
             */

/* => how the program ended, or why it did not begin. */
static ntstatus run(void)
{
    struct ki_program program = {.standard = KI_CONSOLES};
    ntstatus exit_status = STATUS_UNSUCCESSFUL;
    ntstatus status = io_read_command(&program.path, &program.command_line);

    if (!NT_SUCCESS(status))
        return status;
    if (ki_options.low_resources)
        mm_set_low_resources(ki_options.low_resource);
    status = ki_run_program(&program, &exit_status);
    mm_set_low_resources(NULL);
    io_free_command(&program.path, &program.command_line);
    return NT_SUCCESS(status) ? exit_status : status;
}

void ki_announce_run(void)
{
    dbg_print("PROGRAM BEGIN\n");
}

/* Whatever the program did, it did not do it to the memory manager. What is wrong the bugcheck's
 * own look says. */
static void verify(void)
{
    uint32_t contradictions = mm_verify(NULL);

    if (contradictions)
        ke_bug_check_ex(MEMORY_MANAGEMENT, MEMORY_NOT_WHOLE, contradictions, 0, 0);
    dbg_print("mm_verify: the memory manager is whole\n");
}

void ki_run(void)
{
    ntstatus status = run();
    io_flush_consoles();
    if (ki_options.verify)
        verify();
    kirql irql =
        ke_raise_irql(DISPATCH_LEVEL); /* no word of a process that still runs in between */
    dbg_print("PROGRAM EXIT 0x%08x\n", status);
    ke_lower_irql(irql);
    io_flush_consoles(); /* and the line itself */
    ki_debug_exit(DEBUG_EXIT_PASSED);
}
