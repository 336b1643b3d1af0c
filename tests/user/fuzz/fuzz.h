/*
 * The system-call fuzzer: a program that calls the kernel's services with arguments that are nearly
 * right, while other threads take away what it passes.
 *
 *      fuzz.exe SEED CALLS      (a batch; the same words make the same calls)
 *        |  a view that both have: struct fuzz_state
 *        +-- clone of it: a life, up to LIFE calls, by one thread (worker.c)
 *        |     +-- racers: threads that decommit, protect, unmap, free and close meanwhile (race.c)
 *        +-- the next clone, when that has ended, or has not gone on for a while
 *
 * What a life does to itself does not matter: the first process only looks on. All that is random
 * comes from the seed, and under -icount all switches of threads do too, so a batch can be repeated
 * exactly.
 */
#pragma once

#include "kernel/nt/services.h"
#include "user/nt/rtl.h"
#include "user/nt/services.h"

#define FUZZ_ARGUMENTS 16u
#define RACERS         2u
#define LIFE           250u /* calls */

/* The numbers of the services. */
#define NUMBER_OF(name, function, words) NUMBER_##name,
enum {
    SYSTEM_SERVICES(NUMBER_OF) FUZZ_SERVICES
};
#undef NUMBER_OF

/* Where things are in a life. Between them nothing is mapped. */
#define ARENA       0x20000000u /* what racers take away, ARENA_PAGES of every kind */
#define ARENA_PAGES 32u
#define VIEW        0x20100000u /* a view of a section; racers unmap it too */
#define VIEW_BYTES  0x10000u
#define STACKS      0x20200000u /* for threads that services make */
#define STACK_BYTES 0x10000u
#define SCRATCH     0x21000000u /* a page for each argument, for good pointers to lead to */
#define STATE       0x22000000u

struct fuzz_state {
    uint32_t seed, calls_wanted;
    uint32_t random; /* xorshift32's; never 0 */
    uint32_t calls;  /* made so far; the one under way counts */
    uint32_t lives, killed;
    uint32_t succeeded;
    uint32_t hash;                              /* of all statuses, FNV-1a */
    uint32_t race_hash[RACERS];                 /* the same of the racers */
    uint32_t race_calls[RACERS];                /* how many they made */
    uint32_t wrong;                             /* calls that must have failed, but did not */
    uint32_t highest_user_address;              /* of lives too: they are clones */
    uint32_t first_process, first_thread;       /* ids: not to be touched */
    uint32_t number, arguments[FUZZ_ARGUMENTS]; /* the last call */
};

#define state ((volatile struct fuzz_state *)STATE)

/* ---- random numbers -----------------------------------------------------------------------------
 */

uint32_t fuzz_next(volatile uint32_t *random);
uint32_t fuzz_random(void); /* the worker's */
/* Below LIMIT, which is not 0. */
uint32_t fuzz_below(uint32_t limit);
static inline bool fuzz_one_in(uint32_t n)
{
    return fuzz_below(n) == 0;
}
#define FUZZ_PICK(table) ((table)[fuzz_below(COUNT_OF(table))])

/* ---- calls (call.S) -----------------------------------------------------------------------------
 */

/* The service NUMBER with the arguments at WORDS. */
uint32_t __cdecl fuzz_interrupt(uint32_t number, const void *words);
/* The same for the worker: an exception ends the call, its code is the result. SYSENTER has the
 * arguments on the stack, so FUZZ_ARGUMENTS words are copied from WORDS. */
uint32_t __cdecl fuzz_worker_interrupt(uint32_t number, const void *words);
uint32_t __cdecl fuzz_worker_sysenter(uint32_t number, const void *words);
/* => 0 or the code of the exception that a byte took. */
uint32_t __cdecl fuzz_copy(void *to, const void *from, uint32_t bytes);
extern const char fuzz_copy_end[], fuzz_resume[];
extern uint32_t fuzz_resume_esp;
/* A thread's code: a few calls, then it ends. */
void NTAPI fuzz_short_life(void);

/* The same by INT 2Eh with arguments that stand here. */
#define FUZZ_CALL(name, ...) \
    fuzz_interrupt(NUMBER_##name, (const uint32_t[FUZZ_ARGUMENTS]){__VA_ARGS__})

/* ---- what there is to pass ----------------------------------------------------------------------
 */

enum fuzz_type {
    TYPE_PROCESS,
    TYPE_THREAD,
    TYPE_SECTION,
    TYPE_FILE,
    TYPE_EVENT,
    TYPE_SEMAPHORE,
    TYPE_MUTANT,
    TYPE_TIMER,
    TYPE_DIRECTORY,
    TYPE_LINK,
    TYPE_DEBUG_OBJECT,
    FUZZ_TYPES,
    TYPE_ANY = FUZZ_TYPES
};

void fuzz_make_handles(void);
/* A handle of TYPE, mostly. */
uint32_t fuzz_handle(enum fuzz_type type);
/* One that stands for something, or did. */
uint32_t fuzz_known_handle(uint32_t random);
/* A service gave it. */
void fuzz_learn_handle(enum fuzz_type type, uint32_t handle);

void fuzz_find_own_memory(void);
void fuzz_make_memory(void);
/* Make all that racers have taken away anew. */
void fuzz_repair_memory(void);
/* An address to look at or to change: of the arena, or one at an edge; never the program's own. */
uint32_t fuzz_address(void);
/* The page of argument SLOT, for what a good pointer leads to. */
void *fuzz_scratch(uint32_t slot);
/* Where argument SLOT, BYTES in its scratch page, is to be passed: there, in the arena, or nowhere.
 */
uint32_t fuzz_pass(uint32_t slot, uint32_t bytes);
uint32_t fuzz_size(void);
uint32_t fuzz_flags(const uint32_t *bits, uint32_t count);

/* ---- arguments ----------------------------------------------------------------------------------
 */

enum fuzz_kind {
    NONE,
    /* Handles, in the order of enum fuzz_type. */
    PROCESS,
    THREAD,
    SECTION,
    FILE_HANDLE,
    EVENT,
    SEMAPHORE,
    MUTANT,
    TIMER,
    DIRECTORY,
    LINK,
    DEBUG_OBJECT,
    ANY,
    /* Where a new handle goes. */
    OUT_PROCESS,
    OUT_THREAD,
    OUT_SECTION,
    OUT_FILE,
    OUT_EVENT,
    OUT_SEMAPHORE,
    OUT_MUTANT,
    OUT_TIMER,
    OUT_DIRECTORY,
    OUT_LINK,
    OUT_DEBUG_OBJECT,
    OUT_ANY,
    /* Others. */
    OPTIONAL_HANDLE,
    OPTIONAL_SECTION,
    DEBUG_PORT,
    PARENT,
    VICTIM,        /* a process to end: seldom the life itself */
    VICTIM_THREAD, /* the same */
    HANDLES,       /* an array of them */
    ADDRESS,
    IO_BASE, /* a pointer to a word: an address, a size */
    IO_SIZE,
    OUT_WORD, /* pointers to what a service writes */
    OUT_QUAD,
    OUT_BUFFER,
    OPTIONAL_WORD,
    IN_BUFFER,
    STATUS_BLOCK,
    TIMEOUT, /* pointers to what it reads */
    OFFSET,
    SECTION_SIZE,
    ATTRIBUTES,
    NAME,
    NAME_BUFFER, /* a string to be filled */
    A_CONTEXT,
    OWN_CONTEXT, /* one to go on at */
    RECORD,
    STACK,
    CLIENT,
    OUT_CLIENT,
    ROUTINE,
    BYTES,
    LENGTH, /* of a buffer */
    CLASS,
    ACCESS,
    PROTECTION,
    ALLOCATION,
    FREE_TYPE,
    SECTION_FLAGS,
    ZERO_BITS,
    BOOLEAN_BYTE,
    SMALL,
    COUNT,
    SHARE,
    DISPOSITION,
    OPTIONS,
    IOCTL,
    DUPLICATE_FLAGS,
    ANSWER, /* to a debug event */
    ANYTHING,
    FUZZ_KINDS
};

struct fuzz_service {
    const char *name;
    uint8_t words;
    const uint8_t *kinds; /* enum fuzz_kind, for each word */
};
extern const struct fuzz_service fuzz_services[FUZZ_SERVICES];

/* The value of argument SLOT. */
uint32_t fuzz_argument(enum fuzz_kind kind, uint32_t slot);
/* Those that need structures (structures.c). */
uint32_t fuzz_attributes(uint32_t slot);
uint32_t fuzz_string(uint32_t slot);
uint32_t fuzz_string_buffer(uint32_t slot);
uint32_t fuzz_context(uint32_t slot);
uint32_t fuzz_own_context(uint32_t slot);
uint32_t fuzz_record(uint32_t slot);
uint32_t fuzz_stack(uint32_t slot);
uint32_t fuzz_client(uint32_t slot);

/* ---- the log ------------------------------------------------------------------------------------
 */

#define FUZZ_TEXT 300u /* characters of a line, at most */

int __cdecl sprintf(char *to, const char *format, ...);
void fuzz_say(const char *text);
/* WHAT, and the last call. */
void fuzz_say_call(const char *what);

/* ---- threads ------------------------------------------------------------------------------------
 */

void NTAPI fuzz_work(void *unused);
/* Make the racers; they begin when they are released. */
void fuzz_make_racers(void);
void fuzz_release_racers(void);
void fuzz_add_to_hash(volatile uint32_t *hash, uint32_t value);
LONG NTAPI fuzz_exception(EXCEPTION_POINTERS *pointers);
