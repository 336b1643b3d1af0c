/*
 * The kernel's own start (KiSystemStartup): descriptors, exceptions, memory, then off the startup
 * stack onto a real one. Everything here is given back once the kernel runs.
 */
#include "kernel/startup.h"
#include "arch/i386/clock.h"
#include "arch/i386/cpu.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/vga.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/exceptions.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/user_mode.h"
#include "kernel/main.h"
#include "kernel/options.h"
#include "kernel/ps/ps.h"
#include "lib/string.h"
#include "mm/layout.h"
#include "mm/mm.h"

uint8_t ki_startup_stack[8192] __attribute__((aligned(16)));

static void complain(const char *word, const char *reason)
{
    dbg_print("command line: '%s' %s; ignored\n", word, reason);
}

static void ignore(const char *word, const char *reason)
{
    (void)word, (void)reason;
}

/* Whether there is a console to complain on depends on the line itself, so it is read twice. */
static void read_command_line(void)
{
    static char copy[BOOT_STRING];

    strlcpy(copy, boot_information.command_line, sizeof(copy));
    ki_parse_options(copy, &ki_options, ignore);
    ki_init_console(!ki_options.serial_off);
    strlcpy(ki_command_line, boot_information.command_line, sizeof(ki_command_line));
    if (strlen(ki_command_line) == sizeof(ki_command_line) - 1)
        complain("...",
                 "is all there is room for: the line may have been cut, and what follows is");
    ki_parse_options(ki_command_line, &ki_options, complain);
}

static NORETURN void leave_startup_stack(void)
{
    void *stack = mm_create_kernel_stack();

    if (!stack)
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 0, 0, 0, 0);
    ps_init_system(stack);
    __asm__ volatile("mov %0, %%esp\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "push $0\n\t"
                     "jmp *%1"
                     :
                     : "r"(stack), "r"(ki_main)
                     : "memory");
    __builtin_unreachable();
}

void ki_system_startup(void)
{
    ki_init_descriptors();
    ki_init_pcr();
    /* boot/ mapped the first 8 MB here; the memory manager moves the screen to its own place. */
    ki_vga_set_window((volatile uint16_t *)(KERNEL_BASE + MM_VGA_TEXT_PHYSICAL));
    ki_vga_clear();
    read_command_line();
    ki_init_processor((ki_options.no_pse ? KF_LARGE_PAGE : 0) |
                      (ki_options.no_pge ? KF_GLOBAL_PAGE : 0));
    ki_init_exceptions();
    ke_set_page_fault_handler(mm_access_fault);
    ki_init_interrupts();
    ki_init_user_mode();
    if (ki_options.large_user_space)
        mm_enlarge_user_space();
    mm_init_system(&boot_information, ki_options.max_bytes);
    ki_init_clock(ki_options.no_apic);
    ki_start_clock();
    ki_init_system_time();
    if (ki_options.special_pool)
        mm_enable_special_pool();
    if (ki_options.irql_check)
        mm_enable_irql_check();
    leave_startup_stack();
}
