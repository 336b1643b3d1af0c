/*
 * codegen: programs that write code and run it, each without FlushInstructionCache and with it. The
 * exit code is 1 when that makes a difference.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/programs/codegen/codegen.h"

static const struct experiment experiments[] = {
    {"rewrite", "a function is written, called, changed and called again", codegen_rewrite},
    {"ahead", "code changes the instruction that comes next", codegen_ahead},
    {"crossing", "an instruction lies in two pages", codegen_crossing},
    {"alias", "code is written at one address and run at another", codegen_alias},
    {"turns", "a page can be written or run, never both", codegen_turns},
    {"image", "a program changes its own code, in its own process only", codegen_image},
    {"debugger", "a program changes another's code", codegen_debugger},
    {"thread", "a thread changes what another one runs", codegen_thread},
};

#define EXPERIMENTS (sizeof(experiments) / sizeof(experiments[0]))

static int usage(FILE *to, int code)
{
    fprintf(to,
            "usage: codegen [EXPERIMENT...]\n"
            "Runs the experiments of these names, or all. `cost` is one more: it takes times.\n");
    for (size_t i = 0; i < EXPERIMENTS; i++)
        fprintf(to, "  %-9s %s\n", experiments[i].name, experiments[i].what);
    return code;
}

static const struct experiment *find(const char *name)
{
    for (size_t i = 0; i < EXPERIMENTS; i++)
        if (!strcmp(experiments[i].name, name))
            return &experiments[i];
    return NULL;
}

static int run_all(void)
{
    int differences = 0;

    for (size_t i = 0; i < EXPERIMENTS; i++)
        differences += !codegen_run(&experiments[i]);
    return differences != 0;
}

/* => 1: there was a difference; 2: there is no such experiment */
static int run_named(const char *name)
{
    const struct experiment *experiment = find(name);

    if (!strcmp(name, "cost")) {
        codegen_cost();
        return 0;
    }
    if (!experiment)
        return usage(stderr, 2);
    return !codegen_run(experiment);
}

int main(int argc, char **argv)
{
    int worst = 0;

    if (argc == 3 && !strcmp(argv[1], "--witness"))
        return codegen_witness(atoi(argv[2]));
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return usage(stdout, 0);
    if (argc == 1)
        return run_all();
    for (int i = 1; i < argc && worst < 2; i++) {
        int code = run_named(argv[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}
