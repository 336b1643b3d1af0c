/*
 * What the files of the launcher share. One launch is one struct launch, all of it used by the
 * thread that called, but for what is said to be the handler's.
 */
#pragma once

#include "user/nt/nt.h"
#include "user/tokos/faulting.h"
#include "user/tokos/launch.h"
#include "lib/format.h"

#define CALLS_KEPT   16 /* of those that one call of the handler makes */
#define MESSAGE_ROOM 3584

/* The pages of one of the two ranges. */
struct range {
    const char *name;
    char *base;
    uint32_t bytes;
    uint32_t protection; /* that its pages need; what else is right is in pages.c */
    uint16_t *pages;     /* for each page, as it is to be: PAGE_..., or one of the two below */
    uint16_t *found;     /* and as it is now */
};

#define PAGE_IS_RESERVED 0
#define PAGE_IS_FREE     0xFFFF

/* What can be added to the protection of a page. */
#define PROTECTION_MODIFIERS (PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE)

/* What a call that the handler made was, as far as it matters here. */
enum call_kind {
    CALL_OTHER,
    CALL_ALLOCATES,
    CALL_WRITES,
    CALL_FLUSHES,
};

/* A call, in the order of time. */
struct call {
    char text[128]; /* as it is shown */
    enum call_kind kind;
    bool worked;    /* and was about the program that faults */
    uintptr_t from; /* the addresses that it was about; a flush of everything: 0 to the end */
    uintptr_t bytes;
    uint16_t protection; /* of what it allocates */
};

struct launch {
    struct tokos_launch *options;
    tokos_fault_handler handler;
    void *parameter;
    int status; /* enum tokos_launch_status: what went wrong first */

    PROCESS_INFORMATION program;
    HANDLE given_process, given_thread; /* the handler's own handles of it */
    char *image;                        /* where it lies in the program's process */
    struct range code, stack;
    char *code_contents;
    unsigned breakpoints; /* that the system has put at the process's beginning, and were seen */
    bool over;            /* the program has ended */
    bool ending;          /* or was told to */
    bool died;            /* by the exception in `fatal` */
    /* What a call did that ends the program or may end it: any thread of this process sets it. */
    const char *volatile misdeed;
    EXCEPTION_RECORD fatal;

    struct tokos_fault fault; /* that is being handled, or was last */
    struct range *range;      /* that it lies in */
    const char *about;        /* what a hint must be about: the range's name or "modifier" */
    CONTEXT context;          /* of the thread then */
    unsigned faults_of_one;   /* how many there were in a row with this context */
    /* The handler's copies, which it may spoil: nothing is read from them. */
    struct tokos_fault given_fault;
    CONTEXT given_context;

    HANDLE handler_thread, begin, done, crash; /* two of these events are the handler's to set */
    DWORD handler_thread_id;
    int answer; /* the handler's: what it returned */
    EXCEPTION_RECORD crashed;
    uint32_t crashed_eip;

    struct call calls[CALLS_KEPT]; /* the handler's, while it runs */
    uint32_t call_count;           /* all, also those that were not kept */
    bool watched;                  /* calls are noted: the handler's module was found */

    char detail[320]; /* what is wrong, for the message */
};

/* The launch that is going on, or was last. */
extern struct launch launch_the_one;

/* The thing that WRONG tells of went wrong, in detail as the format says. Only the first counts. */
void launch_fail(struct launch *l, int wrong, const char *format, ...) PRINTF_LIKE(3, 4);

/* target.c: finds out what the program says of itself. => false: said why. */
bool launch_read_target(struct launch *l);
/* Its process's memory at ADDRESS. */
bool launch_read(struct launch *l, const void *address, void *to, uint32_t bytes);
void launch_forget_target(struct launch *l);

/* debug.c: the program's life, from its first event to its last. */
void launch_debug(struct launch *l);
/* => whether it is an access violation that tells the address. */
bool launch_is_violation(const EXCEPTION_RECORD *record);
/* Says so if the handler has ended the program, or may have. */
void launch_check_end(struct launch *l);

/* fault.c */
bool launch_is_in(const struct range *range, uintptr_t address);
/* The thread faulted as RECORD says. => false: it is no fault in one of the ranges. */
bool launch_fault(struct launch *l, const EXCEPTION_RECORD *record);
/* The thread's registers. => false: said why. */
bool launch_read_context(struct launch *l, CONTEXT *context);
/* => whether they are the same: those that a handler has no business to change. */
bool launch_same_context(const CONTEXT *a, const CONTEXT *b);

/* handler.c: the handler's thread. */
bool launch_start_handler(struct launch *l);
void launch_call_handler(struct launch *l);
void launch_end_handler(struct launch *l);

/* watch.c: noting what the handler calls. */
void launch_watch(struct launch *l);
void launch_unwatch(void);
/* => our function for a real one; NULL: there is none. */
FARPROC launch_our_function(FARPROC real);

/* calls.c: the functions that are watched. */
struct watched {
    const char *name;
    FARPROC ours;
    FARPROC real; /* kernel32's: watch.c finds it */
};
extern struct watched launch_watched[];
extern const unsigned launch_watched_count;

/* leave.c: the end of this process. */
/* => whether this is the handler's thread. */
bool launch_is_handler(const struct launch *l);
/* Says that the handler ended the process, and ends it. Called by the handler's thread. */
void launch_leave(struct launch *l);

/* words.c: the name of a PAGE_... or MEM_... value, or its number. */
struct word {
    char text[64];
};
struct word launch_protection_word(DWORD value);
struct word launch_allocation_word(DWORD value);

/* pages.c: comparing what there is with what there should be. */
bool launch_look_at(struct launch *l, struct range *range);
void launch_check(struct launch *l);

/* report.c */
/* => ADDRESS as "code+0123" or a number, in TEXT. */
struct place {
    char text[24];
};
struct place launch_place(const struct launch *l, uintptr_t address);
void launch_list_fault(const struct launch *l);
void launch_list_end(const struct launch *l);
/* Says on standard error what went wrong. */
void launch_report(const struct launch *l);
