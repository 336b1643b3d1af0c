/*
 * The kernel command line: words between blanks, each a flag or name=value. The table below is the
 * list of words; docs/ shows the same one. Pure, tested on the host.
 */
#include "kernel/options.h"
#include "lib/parse.h"
#include "lib/string.h"

/* Apply VALUE ("" when the word has none). => false when it makes no sense. */
typedef bool (*option_setter)(struct ki_options *options, const char *value);

static bool set_selftest(struct ki_options *options, const char *value)
{
    options->selftest = *value ? value : "*";
    return true;
}

static bool set_bench(struct ki_options *options, const char *value)
{
    options->bench = *value ? value : "*";
    return true;
}

static bool set_run(struct ki_options *options, const char *value)
{
    options->run = true;
    return !*value;
}

static bool set_verify(struct ki_options *options, const char *value)
{
    options->verify = true;
    return !*value;
}

static bool set_trace(struct ki_options *options, const char *value)
{
    options->trace_faults = !strcmp(value, "fault");
    return options->trace_faults;
}

static bool set_maxmem(struct ki_options *options, const char *value)
{
    return parse_size(value, &options->max_bytes) && options->max_bytes;
}

static bool set_seed(struct ki_options *options, const char *value)
{
    return parse_u32(value, &options->seed);
}

static bool set_no_pse(struct ki_options *options, const char *value)
{
    options->no_pse = true;
    return !*value;
}

static bool set_no_pge(struct ki_options *options, const char *value)
{
    options->no_pge = true;
    return !*value;
}

static bool set_no_apic(struct ki_options *options, const char *value)
{
    options->no_apic = true;
    return !*value;
}

static bool set_slow_pager(struct ki_options *options, const char *value)
{
    options->slow_pager = 50;
    return !*value || (parse_u32(value, &options->slow_pager) && options->slow_pager <= 10000);
}

static bool set_jitter(struct ki_options *options, const char *value)
{
    return parse_u32(value, &options->jitter);
}

static bool set_break(struct ki_options *options, const char *value)
{
    options->break_at_start = true;
    return !*value;
}

static bool set_serial(struct ki_options *options, const char *value)
{
    options->serial_off = !strcmp(value, "off");
    return options->serial_off || !strcmp(value, "on");
}

static bool set_special_pool(struct ki_options *options, const char *value)
{
    options->special_pool = true;
    return !*value;
}

static bool set_irql_check(struct ki_options *options, const char *value)
{
    options->irql_check = true;
    return !*value;
}

/* As NT's boot.ini has it: user space in megabytes; this kernel knows two. */
static bool set_userva(struct ki_options *options, const char *value)
{
    uint32_t megabytes;

    if (!parse_u32(value, &megabytes) || (megabytes != 2048 && megabytes != 3072))
        return false;
    options->large_user_space = megabytes == 3072;
    return true;
}

static bool set_low_resources(struct ki_options *options, const char *value)
{
    options->low_resources = mm_parse_low_resources(value, options->low_resource);
    return options->low_resources;
}

static const struct {
    const char *name;
    option_setter set;
} words[] = {
    {"selftest", set_selftest},
    {"bench", set_bench},
    {"run", set_run},
    {"verify", set_verify},
    {"trace", set_trace},
    {"maxmem", set_maxmem},
    {"seed", set_seed},
    {"nopse", set_no_pse},
    {"nopge", set_no_pge},
    {"noapic", set_no_apic},
    {"slowpager", set_slow_pager},
    {"jitter", set_jitter},
    {"break", set_break},
    {"serial", set_serial},
    {"specialpool", set_special_pool},
    {"irqlcheck", set_irql_check},
    {"userva", set_userva},
    {"lowresources", set_low_resources},
};

static void apply(const char *word, const char *value, struct ki_options *out,
                  void (*complain)(const char *, const char *))
{
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i].name, word) != 0)
            continue;
        struct ki_options before = *out;
        if (!words[i].set(out, value)) {
            *out = before;
            complain(word, "has a value that makes no sense");
        }
        return;
    }
    complain(word, "is not an option");
}

void ki_parse_options(char *line, struct ki_options *out,
                      void (*complain)(const char *word, const char *reason))
{
    *out = (struct ki_options){.seed = 1};
    while (*line) {
        char *word = line, *value = NULL;
        for (; *line && *line != ' '; line++) {
            if (*line == '=' && !value) {
                *line = '\0';
                value = line + 1;
            }
        }
        if (*line)
            *line++ = '\0';
        if (*word || value)
            apply(word, value ? value : "", out, complain);
    }
}
