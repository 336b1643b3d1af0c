/*
 * The parts of codegen. An experiment is a function that is run once without FlushInstructionCache
 * and once with it, and says by steps what it does and what came of it.
 */
#pragma once

#include <windows.h>
#include "user/tokos/tokos.h"

#define FUNCTION_BYTES 6

/* A round for what the program itself needs in memory, then the two columns. An experiment that
 * uses something up has three of it. */
enum codegen_round {
    REHEARSAL,
    WITHOUT_FLUSH,
    WITH_FLUSH,
    ROUNDS
};

struct experiment {
    const char *name, *what;
    void (*run)(enum codegen_round round);
};

/* NAME was done, and VALUE came of it; the faults since the step before belong to it. The name is
 * kept, not copied. (record.c) */
void codegen_step(const char *name, int value);

/* The same for what has no value. */
void codegen_did(const char *name);

/* The same for what another process has a part in: its faults are not ours, so none are shown. */
void codegen_step_elsewhere(const char *name, int value);

/* The step "flush": done in the round that is with it. */
void codegen_flush(HANDLE process, const void *at, SIZE_T bytes);

/* Run all rounds of an experiment and print its table. => TRUE when both columns agree. */
BOOL codegen_run(const struct experiment *experiment);

/* Put a function that returns VALUE at AT: FUNCTION_BYTES, the value in those from AT + 1 on.
 * (memory.c) */
void codegen_put(char *at, int value);

/* Let that function return VALUE: four bytes are written, by one instruction. */
void codegen_change(char *at, int value);

/* => what the function at AT returns. */
int codegen_call(char *at);

/* => how many entries of processes map the page that PROCESS has at AT. */
int codegen_shares(HANDLE process, const char *at);

/* The experiments. (memory.c) */
void codegen_rewrite(enum codegen_round round);
void codegen_ahead(enum codegen_round round);
void codegen_crossing(enum codegen_round round);
void codegen_alias(enum codegen_round round);
void codegen_turns(enum codegen_round round);

/* (others.c) */
void codegen_image(enum codegen_round round);
void codegen_debugger(enum codegen_round round);
void codegen_thread(enum codegen_round round);

/* What the second process does: be a witness of what happens to function ROUND. => exit code */
int codegen_witness(int round);

/* Print what it costs to write beside code that runs. (cost.c) */
void codegen_cost(void);
