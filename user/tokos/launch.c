/*
 * Launching a faulting process: the beginning and the end. What happens between them is in debug.c.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

#define DEFAULT_HANDLER_LIMIT 5000  /* milliseconds */
#define DEFAULT_SILENCE_LIMIT 20000 /* milliseconds */
#define COMMAND_LINE_ROOM     1024

struct launch launch_the_one;
static LONG volatile busy; /* 1: it goes on */

void launch_fail(struct launch *l, int wrong, const char *format, ...)
{
    va_list arguments;

    if (l->status != TOKOS_LAUNCHED)
        return;
    l->status = wrong;
    va_start(arguments, format);
    vsnformat(l->detail, sizeof(l->detail), format, arguments);
    va_end(arguments);
}

/* => what is wrong with the caller's arguments; NULL: nothing. */
static const char *wrong_arguments(const char *line, tokos_fault_handler handler,
                                   const struct tokos_launch *launch)
{
    if (!line || strlen(line) >= COMMAND_LINE_ROOM)
        return "the command line is missing or too long";
    if (!handler)
        return "there is no handler";
    if (launch && launch->size != sizeof(*launch))
        return "struct tokos_launch has another size here: is `size` set?";
    if (launch && launch->flags & ~(uint32_t)(TOKOS_LAUNCH_LIST | TOKOS_LAUNCH_UNCHECKED))
        return "there are unknown flags";
    return NULL;
}

/* The program, held before its first instruction by the debug interface. */
static bool start_program(struct launch *l, const char *line)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char writable[COMMAND_LINE_ROOM];

    strlcpy(writable, line, sizeof(writable));
    if (CreateProcessA(NULL, writable, NULL, NULL, FALSE, DEBUG_ONLY_THIS_PROCESS, NULL, NULL,
                       &startup, &l->program))
        return true;
    launch_fail(l, TOKOS_LAUNCH_NO_PROGRAM, "\"%s\" could not be started, error %lu", line,
                GetLastError());
    return false;
}

/* The handler gets handles of its own, so that it can do no harm to ours. */
static HANDLE give(HANDLE handle)
{
    HANDLE self = GetCurrentProcess(), given = NULL;

    DuplicateHandle(self, handle, self, &given, 0, FALSE, DUPLICATE_SAME_ACCESS);
    return given;
}

static void close_handles(struct launch *l)
{
    HANDLE handles[] = {l->program.hThread, l->program.hProcess, l->given_thread, l->given_process};
    DWORD flags;

    for (unsigned i = 0; i < COUNT_OF(handles); i++)
        if (GetHandleInformation(handles[i], &flags))
            CloseHandle(handles[i]);
}

static void run(struct launch *l, const char *line)
{
    if (!launch_start_handler(l))
        return;
    launch_watch(l);
    if (start_program(l, line)) {
        l->given_process = give(l->program.hProcess);
        l->given_thread = give(l->program.hThread);
        launch_debug(l);
        close_handles(l);
    }
    launch_unwatch();
    launch_end_handler(l);
}

static void set_limits(struct tokos_launch *options)
{
    if (!options->handler_limit)
        options->handler_limit = DEFAULT_HANDLER_LIMIT;
    if (!options->silence_limit)
        options->silence_limit = DEFAULT_SILENCE_LIMIT;
}

int TokOSLaunchFaultingProcess(const char *command_line, tokos_fault_handler handler,
                               void *parameter, struct tokos_launch *launch)
{
    struct tokos_launch options = {.size = sizeof(options)};
    const char *wrong = wrong_arguments(command_line, handler, launch);
    struct launch *l = &launch_the_one;

    if (InterlockedCompareExchange(&busy, 1, 0))
        return TOKOS_LAUNCH_BUSY;
    memset(l, 0, sizeof(*l));
    if (launch && !wrong)
        options = *launch;
    set_limits(&options);
    options.exit_code = options.code_faults = options.stack_faults = 0;
    l->options = &options;
    l->handler = handler;
    l->parameter = parameter;
    if (wrong)
        launch_fail(l, TOKOS_LAUNCH_BAD_CALL, "%s", wrong);
    else
        run(l, command_line);
    launch_list_end(l);
    launch_report(l);
    launch_forget_target(l);
    if (launch && !wrong) {
        launch->exit_code = options.exit_code;
        launch->code_faults = options.code_faults;
        launch->stack_faults = options.stack_faults;
    }
    int status = l->status;
    InterlockedExchange(&busy, 0);
    return status;
}
