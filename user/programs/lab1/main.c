/*
 * lab1: runs tokyo_vm.exe under the page-fault handler of lab1.c.
 */
#include <stdio.h>
#include <string.h>
#include "user/programs/lab1/lab1.h"

static const char help[] =
    "usage: lab1 [--faults] [--unchecked] NUMBER NUMBER\n"
    "Runs tokyo_vm with the two numbers, under the page-fault handler of lab1.c.\n"
    "  --faults     print each fault that the handler is called for\n"
    "  --unchecked  do not look at what the handler has done; see what tokyo_vm makes of it\n";

static const struct {
    const char *name;
    uint32_t flag;
} options[] = {
    {"--faults", TOKOS_LAUNCH_LIST},
    {"--unchecked", TOKOS_LAUNCH_UNCHECKED},
};

/* => the flag of the option WORD; 0: it is none. */
static uint32_t flag_of(const char *word)
{
    for (unsigned i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (!strcmp(word, options[i].name))
            return options[i].flag;
    return 0;
}

int main(int argc, char **argv)
{
    struct tokos_launch launch = {.size = sizeof(launch)};
    char line[200];
    uint32_t flag;

    for (; argc > 1 && (flag = flag_of(argv[1])) != 0; argc--, argv++)
        launch.flags |= flag;
    if (argc != 3 || strlen(argv[1]) + strlen(argv[2]) > 100) {
        fputs(help, stderr);
        return 1;
    }
    snprintf(line, sizeof(line), "tokyo_vm \"%s\" \"%s\"", argv[1], argv[2]);
    int status = TokOSLaunchFaultingProcess(line, lab1_handle_fault, NULL, &launch);
    if (status == TOKOS_LAUNCH_NO_RETURN || status == TOKOS_LAUNCH_CRASHED)
        TerminateProcess(GetCurrentProcess(), (UINT)status);
    return status == TOKOS_LAUNCHED ? (int)launch.exit_code : status;
}
