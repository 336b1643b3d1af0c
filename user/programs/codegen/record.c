/*
 * The steps of an experiment: noted as they happen, with the page faults that each took, and
 * printed at the end. Nothing is printed in between, since printing faults too.
 */
#include <stdio.h>
#include <string.h>
#include "user/programs/codegen/codegen.h"

#define STEPS_MOST  16
#define FAULT_CHARS 28
#define NO_VALUE    INT_MIN

struct column {
    int value;
    char faults[FAULT_CHARS];
};

static struct {
    const char *name;
    struct column columns[ROUNDS];
} steps[STEPS_MOST];

static unsigned count;
static enum codegen_round current;
static struct tokos_counters before, now;

/* TEXT becomes the kinds of the faults between the two counters, with numbers where more than one.
 */
static void describe_faults(char text[FAULT_CHARS])
{
    size_t used = 0;

    strcpy(text, "-");
    for (uint32_t i = 0; i < now.fault_kinds; i++) {
        unsigned faults = now.faults[i] - before.faults[i];
        if (!faults || used >= FAULT_CHARS - 1)
            continue;
        used += (size_t)snprintf(text + used, FAULT_CHARS - used, faults > 1 ? "%s%s x%u" : "%s%s",
                                 used ? ", " : "", now.fault_names[i], faults);
    }
}

static void note(const char *name, int value, BOOL ours)
{
    struct column *column = &steps[count].columns[current];

    tokos_query_counters(&now);
    steps[count++].name = name;
    column->value = value;
    if (ours)
        describe_faults(column->faults);
    else
        strcpy(column->faults, "");
    tokos_query_counters(&before);
}

void codegen_step(const char *name, int value)
{
    note(name, value, TRUE);
}

void codegen_did(const char *name)
{
    note(name, NO_VALUE, TRUE);
}

void codegen_step_elsewhere(const char *name, int value)
{
    note(name, value, FALSE);
}

void codegen_flush(HANDLE process, const void *at, SIZE_T bytes)
{
    if (current != WITHOUT_FLUSH && !FlushInstructionCache(process, at, bytes))
        codegen_step("flush failed", (int)GetLastError());
    else
        codegen_did("flush (on the right only)");
}

static void print_column(const struct column *column, int width)
{
    if (column->value == NO_VALUE)
        printf("  . %-*s", width, column->faults);
    else
        printf(" %2d %-*s", column->value, width, column->faults);
}

static BOOL same(const struct column *a, const struct column *b)
{
    return a->value == b->value && !strcmp(a->faults, b->faults);
}

static BOOL print_steps(void)
{
    BOOL all_same = TRUE;

    printf("  %-40s   %-*s   with flush\n", "step: result, faults", FAULT_CHARS + 1,
           "without flush");
    for (unsigned i = 0; i < count; i++) {
        struct column *columns = steps[i].columns;
        printf("  %-40s", steps[i].name);
        print_column(&columns[WITHOUT_FLUSH], FAULT_CHARS);
        print_column(&columns[WITH_FLUSH], 0);
        printf("\n");
        all_same = all_same && same(&columns[WITHOUT_FLUSH], &columns[WITH_FLUSH]);
    }
    return all_same;
}

BOOL codegen_run(const struct experiment *experiment)
{
    for (current = REHEARSAL; current < ROUNDS; current++) {
        count = 0;
        tokos_query_counters(&before);
        experiment->run(current);
    }
    printf("%s: %s\n", experiment->name, experiment->what);
    BOOL all_same = print_steps();
    printf("  %s\n\n", all_same ? "Both columns agree." : "The columns DIFFER.");
    return all_same;
}
