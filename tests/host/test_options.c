// sources: kernel/options.c lib/parse.c mm/low_resources_parse.c
/* The kernel command line. */
#include "tests/host/host_test.h"

#include <string.h>

#include "kernel/options.h"

static struct ki_options options;
static uint32_t complaints;
static char last_word[64], last_reason[64];

static void complain(const char *word, const char *reason)
{
    complaints++;
    strncpy(last_word, word, sizeof(last_word) - 1);
    strncpy(last_reason, reason, sizeof(last_reason) - 1);
}

static uint32_t parse(const char *text)
{
    static char line[256];

    strncpy(line, text, sizeof(line) - 1);
    complaints = 0;
    ki_parse_options(line, &options, complain);
    return complaints;
}

static void nothing_is_asked_for_by_default(void **state)
{
    (void)state;
    assert_int_equal(parse(""), 0);
    assert_null(options.selftest);
    assert_null(options.bench);
    assert_false(options.run || options.verify || options.trace_faults || options.no_pse ||
                 options.no_pge);
    assert_false(options.break_at_start || options.serial_off);
    assert_false(options.special_pool || options.irql_check);
    assert_true(options.max_bytes == 0);
    assert_int_equal(options.seed, 1);
    assert_int_equal(parse("    "), 0);
}

static void every_word(void **state)
{
    (void)state;
    assert_int_equal(
        parse("selftest=pool.* bench=a run trace=fault maxmem=64M seed=7 nopse nopge break "
              " serial=off verify specialpool irqlcheck userva=3072 "
              "lowresources=pages:7,handles:0x10*,commit:2+"),
        0);
    assert_string_equal(options.selftest, "pool.*");
    assert_string_equal(options.bench, "a");
    assert_true(options.run && options.verify && options.trace_faults && options.no_pse &&
                options.no_pge);
    assert_true(options.break_at_start && options.serial_off);
    assert_true(options.special_pool && options.irql_check && options.large_user_space);
    assert_true(options.max_bytes == 64 << 20);
    assert_int_equal(options.seed, 7);
    assert_true(options.low_resources);
    assert_int_equal(options.low_resource[MM_RESOURCE_PAGES].at, 7);
    assert_int_equal(options.low_resource[MM_RESOURCE_PAGES].which, MM_REFUSE_ONE);
    assert_int_equal(options.low_resource[MM_RESOURCE_HANDLES].at, 16);
    assert_int_equal(options.low_resource[MM_RESOURCE_HANDLES].which, MM_REFUSE_EACH);
    assert_int_equal(options.low_resource[MM_RESOURCE_COMMIT].which, MM_REFUSE_FROM);
    assert_int_equal(options.low_resource[MM_RESOURCE_PAGED_POOL].at, 0);
}

static void selftest_alone_means_all(void **state)
{
    (void)state;
    parse("selftest");
    assert_string_equal(options.selftest, "*");
    parse("selftest=");
    assert_string_equal(options.selftest, "*");
    parse("selftest nopse");
    assert_string_equal(options.selftest, "*");
    assert_true(options.no_pse);
}

static void unknown_words_are_reported_and_skipped(void **state)
{
    (void)state;
    assert_int_equal(parse("flurb nopse"), 1);
    assert_string_equal(last_word, "flurb");
    assert_non_null(strstr(last_reason, "not an option"));
    assert_true(options.no_pse);
    assert_int_equal(parse("=5 x=1=2 SELFTEST"), 3);
    assert_null(options.selftest);
}

static void senseless_values_change_nothing(void **state)
{
    static const char *const lines[] = {"maxmem=lots",
                                        "maxmem=0",
                                        "maxmem",
                                        "seed=-1",
                                        "trace=yes",
                                        "serial=no",
                                        "nopse=1",
                                        "break=now",
                                        "run=x",
                                        "userva=4096",
                                        "userva",
                                        "lowresources",
                                        "lowresources=pages",
                                        "lowresources=pages:",
                                        "lowresources=pages:0",
                                        "lowresources=page:1",
                                        "lowresources=pages:1,",
                                        "lowresources=pages:1**",
                                        "lowresources=pages:*",
                                        "lowresources=pages:99999999999",
                                        "lowresources=pagespages:1",
                                        "lowresources=pages:1000000000000"};

    (void)state;
    for (uint32_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(parse(lines[i]), 1);
        assert_non_null(strstr(last_reason, "no sense"));
        assert_true(options.max_bytes == 0 && options.seed == 1);
        assert_false(options.no_pse || options.break_at_start || options.serial_off ||
                     options.run || options.trace_faults || options.low_resources);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked_for_by_default),
        cmocka_unit_test(every_word),
        cmocka_unit_test(selftest_alone_means_all),
        cmocka_unit_test(unknown_words_are_reported_and_skipped),
        cmocka_unit_test(senseless_values_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
