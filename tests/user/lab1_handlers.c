/*
 * Page-fault handlers for the first experiment, right and wrong ones, one launch after the other.
 * Each line "== name" on standard error begins what the launcher says about the handler of that
 * name; on standard output are the lists of faults. tests/system/test_lab.py reads both.
 */
#include <windows.h>
#include "crt/check.h"
#include "handles.h"
#include "lab1_ends.h"

#define HANDLER_LIMIT 100 /* milliseconds */
#define SILENCE_LIMIT 500

#define LIST      TOKOS_LAUNCH_LIST
#define UNCHECKED TOKOS_LAUNCH_UNCHECKED

static const struct {
    const char *name;
    tokos_fault_handler handler;
    const char *line;
    uint32_t flags;
    int status;
    uint32_t exit_code; /* of the program, if its end was its own */
} launches_to_do[] = {
    {"right", right, "tokyo_vm 2 3", LIST, TOKOS_LAUNCHED, 0},
    {"right again", right, "tokyo_vm 2 3", LIST, TOKOS_LAUNCHED, 0},
    {"right unchecked", right, "tokyo_vm 2 3", LIST | UNCHECKED, TOKOS_LAUNCHED, 0},
    {"zeros", right, "tokyo_vm 0 0", LIST, TOKOS_LAUNCHED, 0},
    {"one zero", right, "tokyo_vm 1 0", LIST, TOKOS_LAUNCHED, 0},
    {"deeper", right, "tokyo_vm 3 4", LIST, TOKOS_LAUNCHED, 0},
    {"linear", right, "tokyo_vm 1 100", LIST, TOKOS_LAUNCHED, 0},
    {"too deep", right, "tokyo_vm 1 4094", LIST, TOKOS_LAUNCHED, 2},
    {"deepest", right, "tokyo_vm 1 4093", LIST, TOKOS_LAUNCHED, 0},
    {"no numbers", right, "tokyo_vm", 0, TOKOS_LAUNCHED, 1},
    {"no program", right, "no_such_program", 0, TOKOS_LAUNCH_NO_PROGRAM, 0},
    {"another program", right, "faulty", 0, TOKOS_LAUNCH_NOT_FAULTING, 0},
    {"no handler", NULL, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_BAD_CALL, 0},
    {"unknown flags", right, "tokyo_vm 2 3", 0x80, TOKOS_LAUNCH_BAD_CALL, 0},
    {"launches", launches, "tokyo_vm 2 3", 0, TOKOS_LAUNCHED, 0},
    {"asks for the flush", asks_for_the_flush, "tokyo_vm 2 3", 0, TOKOS_LAUNCHED, 0},
    {"rounds in place", rounds_in_place, "tokyo_vm 2 3", LIST, TOKOS_LAUNCHED, 0},
    {"rounds in place, unchecked", rounds_in_place, "tokyo_vm 2 3", LIST | UNCHECKED,
     TOKOS_LAUNCHED, 0},
    {"clears the fault", clears_the_fault, "tokyo_vm 2 3", LIST, TOKOS_LAUNCHED, 0},
    {"moves the address", moves_the_address, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_WRONG_PAGE, 0},
    {"moves the address, unchecked", moves_the_address, "tokyo_vm 2 3", UNCHECKED,
     TOKOS_LAUNCH_AGAIN, 0},
    {"does nothing", does_nothing, "tokyo_vm 2 3", LIST, TOKOS_LAUNCH_NOT_COMMITTED, 0},
    {"refuses", refuses, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NOT_HANDLED, 0},
    {"own process", commits_in_its_own_process, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NOT_COMMITTED, 0},
    {"page below", commits_the_page_below, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_WRONG_PAGE, 0},
    {"anywhere", commits_anywhere, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_WRONG_PAGE, 0},
    {"elsewhere too", commits_elsewhere_too, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_TOO_MUCH, 0},
    {"closes", closes_its_handles, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_HANDLES, 0},
    {"two pages", commits_two_pages, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_TOO_MUCH, 0},
    {"whole stack", commits_the_whole_stack, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_TOO_MUCH, 0},
    {"takes back", takes_pages_back, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_OTHERS_CHANGED, 0},
    {"keeps one", keeps_one_code_page, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_OTHERS_CHANGED, 0},
    {"keeps one, unchecked", keeps_one_code_page, "tokyo_vm 2 3", UNCHECKED, TOKOS_LAUNCH_TOO_FEW,
     0},
    {"keeps two, unchecked", keeps_two_code_pages, "tokyo_vm 2 1", UNCHECKED, TOKOS_LAUNCHED, 0},
    {"protects", protects_pages, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_OTHERS_CHANGED, 0},
    {"executable stack", makes_the_stack_executable, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_PROTECTION, 0},
    {"guarded stack", guards_the_stack, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_PROTECTION, 0},
    {"queues", queues_a_call, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NOT_COMMITTED, 0},
    {"plain code", code_without_execution, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_PROTECTION, 0},
    {"by eip", goes_by_the_instruction_pointer, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_PROTECTION, 0},
    {"asks much", asks_much, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_PROTECTION, 0},
    {"copies nothing", copies_nothing, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CONTENTS, 0},
    {"first page always", copies_the_first_page_always, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CONTENTS,
     0},
    {"writes on stack", writes_on_the_stack, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CONTENTS, 0},
    {"skips", skips_the_instruction, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CONTEXT, 0},
    {"never flushes", never_flushes, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NOT_FLUSHED, 0},
    {"flushes early", flushes_too_early, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NOT_FLUSHED, 0},
    {"flushes its own", flushes_its_own_cache, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NOT_FLUSHED, 0},
    {"never flushes, unchecked", never_flushes, "tokyo_vm 2 3", UNCHECKED, TOKOS_LAUNCHED, 0},
    {"does nothing, unchecked", does_nothing, "tokyo_vm 2 3", UNCHECKED, TOKOS_LAUNCH_AGAIN, 0},
    {"copies nothing, unchecked", copies_nothing, "tokyo_vm 2 3", UNCHECKED, TOKOS_LAUNCH_DIED, 0},
    {"loops", loops_for_ever, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NO_RETURN, 0},
    {"waits", waits_for_ever, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NO_RETURN, 0},
    {"ends its thread", ends_its_thread, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_NO_RETURN, 0},
    {"writes to nothing", writes_to_nothing, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CRASHED, 0},
    {"writes to contents", writes_to_the_contents, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CRASHED, 0},
    {"recurses", recurses_for_ever, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CRASHED, 0},
    {"breakpoint", has_a_breakpoint, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_CRASHED, 0},
    {"suspends", suspends_the_thread, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_SILENT, 0},
    {"ends the program", ends_the_program, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_ENDED, 0},
    {"ends the thread", ends_the_thread, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_ENDED, 0},
    {"ends the thread, unchecked", ends_the_thread, "tokyo_vm 2 3", UNCHECKED, TOKOS_LAUNCH_ENDED,
     0},
    {"ends by handle", ends_by_another_handle, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_ENDED, 0},
    {"ends from within", ends_from_within, "tokyo_vm 2 3", 0, TOKOS_LAUNCH_ENDED, 0},
};

/* After these a process cannot go on; each runs when it is named. Those that are quiet are tried
 * with all the others, in a process of their own. */
static const struct {
    const char *name;
    tokos_fault_handler handler;
    BOOL quiet;
} last_launches[] = {
    {"exits", exits, TRUE},
    {"terminates", terminates, TRUE},
    {"prints", prints_for_ever, FALSE},
};

#define LAST_LAUNCHES (sizeof(last_launches) / sizeof(last_launches[0]))

/* => the number of handles that this process has. */
/* => what calls of VirtualAllocEx lead to. */
static void *import_of_this_module(void)
{
    extern void *volatile import __asm__("__imp__VirtualAllocEx@20");

    return import;
}

/* This program, started to fault like a faulting process without being one. */
static int fault(void)
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    return *(volatile int *)4;
}

/* WORD is for this program. */
static void own_command_line(char line[MAX_PATH + 20], const char *word)
{
    char own[MAX_PATH];

    GetModuleFileNameA(NULL, own, sizeof(own));
    sprintf(line, "\"%s\" %s", own, word);
}

/* On both streams. */
static void print_name(const char *name)
{
    fprintf(stderr, "== %s\n", name);
    printf("== %s\n", name);
    fflush(stdout);
}

static void launch_one(unsigned i)
{
    char line[MAX_PATH + 20];
    struct tokos_launch launch = {.size = sizeof(launch),
                                  .flags = launches_to_do[i].flags,
                                  .handler_limit = HANDLER_LIMIT,
                                  .silence_limit = SILENCE_LIMIT};

    print_name(launches_to_do[i].name);
    if (strcmp(launches_to_do[i].line, "faulty"))
        strcpy(line, launches_to_do[i].line);
    else
        own_command_line(line, "fault");
    int status = TokOSLaunchFaultingProcess(line, launches_to_do[i].handler, NULL, &launch);
    check_int_(launches_to_do[i].name, status, launches_to_do[i].status);
    if (status == TOKOS_LAUNCHED)
        CHECK_INT(launch.exit_code, launches_to_do[i].exit_code);
}

static void launch_last(const char *name)
{
    struct tokos_launch launch = {.size = sizeof(launch), .handler_limit = HANDLER_LIMIT};

    for (unsigned i = 0; i < LAST_LAUNCHES; i++)
        if (!strcmp(name, last_launches[i].name))
            TerminateProcess(GetCurrentProcess(),
                             (UINT)TokOSLaunchFaultingProcess(
                                 "tokyo_vm 2 3", last_launches[i].handler, NULL, &launch));
}

/* => the exit code of this program, given the argument WORD. */
static DWORD run_self(const char *word)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    char line[MAX_PATH + 20];
    DWORD code;

    own_command_line(line, word);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
        return 0;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return code;
}

static void launch_apart(unsigned i)
{
    if (!last_launches[i].quiet)
        return;
    print_name(last_launches[i].name);
    check_int_(last_launches[i].name, run_self(last_launches[i].name), TOKOS_LAUNCH_NO_RETURN);
}

int main(int argc, char **argv)
{
    void *import = import_of_this_module();

    if (argc > 1 && !strcmp(argv[1], "fault"))
        return fault();
    if (argc > 1)
        launch_last(argv[1]);
    CHECK_INT(TokOSLaunchFaultingProcess("tokyo_vm 0 0", right, NULL, NULL), TOKOS_LAUNCHED);
    unsigned handles = count_handles();
    for (unsigned i = 0; i < sizeof(launches_to_do) / sizeof(launches_to_do[0]); i++)
        launch_one(i);
    for (unsigned i = 0; i < LAST_LAUNCHES; i++)
        launch_apart(i);
    CHECK(count_handles() < handles + 10); /* a lock that is waited for gets an event */
    CHECK(import_of_this_module() == import);
    return check_done();
}
