/*
 * launch.h: running a faulting process, one whose code and stack are reserved but not there, under
 * a page-fault handler of the caller's. tokyo_vm.exe is such a program. Each time its thread
 * touches a page of the two ranges that is not committed, the thread stands still and the handler
 * is called; when that returns, the thread does the instruction again. Only documented functions of
 * Win32 are used, so this works on Windows too. Link with -ltokos.
 *
 *      static int handler(struct tokos_fault *fault, void *parameter);
 *
 *      struct tokos_launch launch = {.size = sizeof(launch)};
 *      int status = TokOSLaunchFaultingProcess("tokyo_vm 2 3", handler, NULL, &launch);
 */
#pragma once

#include <stdint.h>
#include <windows.h>

/* What the thread wanted of memory. A processor that does not tell fetches from reads says "read"
 * for both. */
enum tokos_access {
    TOKOS_ACCESS_READ = 0,
    TOKOS_ACCESS_WRITE = 1,
    TOKOS_ACCESS_EXECUTE = 8,
};

/* A fault: the handler's own copy. Addresses are of the process that faulted, but for
 * code_contents. */
struct tokos_fault {
    uint32_t size;             /* of this structure */
    uint32_t number;           /* of the fault: the first is 1 */
    HANDLE process, thread;    /* that faulted, with all access; not to be closed */
    const CONTEXT *context;    /* a copy of the thread's registers, at the instruction that it could
                                  not do */
    char *address;             /* the byte that it could not reach */
    uint32_t access;           /* enum tokos_access */
    char *code;                /* where the program's code must be, whole pages */
    uint32_t code_bytes;       /* and how much there is */
    const char *code_contents; /* all of it, in the handler's own process, read-only */
    char *stack;               /* the lowest address of the stack, which grows down from its end */
    uint32_t stack_bytes;
};

/*
 * Called once for each fault, on a thread of its own, one call at a time. It has to make the page
 * that FAULT is in, and only that, what the thread expects:
 *
 *      a page of code    committed, PAGE_EXECUTE_READ or PAGE_EXECUTE_READWRITE, with the bytes
 *                        that code_contents has for it, and then flushed from the instruction cache
 *      a page of stack   committed, PAGE_READWRITE, and full of zeros, as it comes
 *
 * The thread's registers stay as they are. => whether the fault is handled.
 */
typedef int (*tokos_fault_handler)(struct tokos_fault *fault, void *parameter);

enum tokos_launch_flag {
    TOKOS_LAUNCH_LIST = 1,      /* print each fault on standard output, and their number */
    TOKOS_LAUNCH_UNCHECKED = 2, /* do not look at what the handler has done: let the program run
                                   into it */
};

/* How a launch goes, and went. Set `size`, and what is to differ from 0. */
struct tokos_launch {
    uint32_t size;          /* of this structure */
    uint32_t flags;         /* of enum tokos_launch_flag */
    uint32_t handler_limit; /* milliseconds for one call of the handler; 0: 5000 */
    uint32_t silence_limit; /* milliseconds in which the program must fault or end; 0: 20000 */
    uint32_t exit_code;     /* out: the program's */
    uint32_t code_faults;   /* out: how many faults of each kind the handler was called for */
    uint32_t stack_faults;
};

/*
 * What TokOSLaunchFaultingProcess returns. What went wrong is also explained on standard error:
 * the fault, what the handler did about it, what is wrong, and what to look at (but not
 * TOKOS_LAUNCH_BUSY). The program does not run any more then. The values differ from tokyo_vm's own
 * exit codes.
 */
enum tokos_launch_status {
    TOKOS_LAUNCHED = 0,            /* the program ended by itself; see exit_code */
    TOKOS_LAUNCH_NO_PROGRAM = 10,  /* it could not be started */
    TOKOS_LAUNCH_NOT_FAULTING,     /* it is no faulting process: see user/tokos/faulting.h */
    TOKOS_LAUNCH_FAILED,           /* a system call of the launcher's failed */
    TOKOS_LAUNCH_BAD_CALL,         /* wrong arguments */
    TOKOS_LAUNCH_BUSY,             /* another launch is going on in this process */
    TOKOS_LAUNCH_NOT_HANDLED = 20, /* the handler returned 0 */
    TOKOS_LAUNCH_NOT_COMMITTED,    /* the page is not there, nor any other */
    TOKOS_LAUNCH_WRONG_PAGE,       /* the page is not there, but another one changed or came */
    TOKOS_LAUNCH_TOO_MUCH,         /* the page is there, and others that nobody wanted yet */
    TOKOS_LAUNCH_OTHERS_CHANGED, /* pages that were there before are gone or protected otherwise */
    TOKOS_LAUNCH_PROTECTION,     /* not what such a page needs */
    TOKOS_LAUNCH_CONTENTS,       /* not what belongs on the page */
    TOKOS_LAUNCH_CONTEXT,        /* the thread's registers are not what they were */
    TOKOS_LAUNCH_NOT_FLUSHED,    /* the instruction cache, after the code was written */
    TOKOS_LAUNCH_HANDLES,        /* the handler closed a handle that it was given */
    TOKOS_LAUNCH_NO_RETURN = 30, /* the handler took too long, or ended its thread or process */
    TOKOS_LAUNCH_CRASHED,        /* the handler had an exception that it did not handle itself */
    TOKOS_LAUNCH_AGAIN,          /* the same instruction faults at the same address again */
    TOKOS_LAUNCH_SILENT,         /* the program neither faults nor ends */
    TOKOS_LAUNCH_DIED,           /* the program ended by an exception that was no such fault */
    TOKOS_LAUNCH_ENDED,          /* the handler ended the program, or started a thread there */
    TOKOS_LAUNCH_TOO_FEW,        /* an instruction needs more pages at once than the handler leaves
                                    there, and faults at one after the other for ever */
};

/*
 * Runs COMMAND_LINE, whose first word is a faulting process's program, under HANDLER, which gets
 * PARAMETER, to the program's end. Calls of the documented functions that change a process are
 * noted while the handler runs, if the module that has the handler imports them or asks
 * GetProcAddress: that is how a flush is seen, which leaves no trace in memory.
 * LAUNCH may be NULL. After TOKOS_LAUNCH_NO_RETURN and TOKOS_LAUNCH_CRASHED the handler's thread
 * was ended wherever it was and may have left locks taken: end this process by TerminateProcess.
 * A handler that ends this process, in whatever way a DLL can see, does so with the message and the
 * exit code TOKOS_LAUNCH_NO_RETURN.
 * => enum tokos_launch_status. Called by one thread at a time.
 */
int TokOSLaunchFaultingProcess(const char *command_line, tokos_fault_handler handler,
                               void *parameter, struct tokos_launch *launch);
