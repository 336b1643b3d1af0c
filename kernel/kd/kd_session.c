/* Commands that end the session, and help. */
#include "kernel/kd/kd_internal.h"
#include "arch/i386/debug_exit.h"
#include "arch/i386/keyboard.h"
#include "kernel/kd/kd_help.h"

static void go(struct kd_context *context)
{
    context->leave = true;
}

static void reboot(struct kd_context *context)
{
    (void)context;
    ki_reset_machine();
}

static void quit(struct kd_context *context)
{
    (void)context;
    ki_debug_exit(kd_in_bugcheck ? DEBUG_EXIT_BUGCHECK : DEBUG_EXIT_PASSED);
}

const struct kd_command kd_session_commands[] = {
    {"g", "", "go on (after a bugcheck: end with its verdict)", go},
    {"q", "", "end the run", quit},
    {"reboot", "", "reset the machine", reboot},
    {"help", "", "this list", kd_help},
    {0},
};
