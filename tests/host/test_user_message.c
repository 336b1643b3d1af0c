/*
 * user/kernel32/message_expand.c and messages.c: FormatMessage's language.
 */
// sources: user/kernel32/message_expand.c user/kernel32/messages.c lib/format.c lib/format_spec.c
#include <string.h>
#include "tests/host/host_test.h"
#include "user/kernel32/message_expand.h"
#include "user/kernel32/messages.h"

struct output {
    const uintptr_t *arguments;
    char text[200];
    size_t length;
};

static uintptr_t argument(void *context, unsigned number)
{
    return ((struct output *)context)->arguments[number - 1];
}

static uint16_t character(uintptr_t value, size_t index, bool wide)
{
    return wide ? ((const uint16_t *)value)[index] : ((const uint8_t *)value)[index];
}

static void put(void *context, uint16_t unit)
{
    struct output *output = context;

    assert_true(output->length + 1 < sizeof(output->text));
    output->text[output->length++] = (char)unit;
}

static struct message_expansion expansion = {
    .argument = argument, .character = character, .put = put};

static bool expand(const uint16_t *text, const uintptr_t *arguments, struct output *output)
{
    size_t length = 0;

    memset(output, 0, sizeof(*output));
    output->arguments = arguments;
    expansion.context = output;
    while (text[length])
        length++;
    return message_expand(&expansion, text, length);
}

static void check(const uint16_t *text, const uintptr_t *arguments, const char *expected)
{
    struct output output;

    assert_true(expand(text, arguments, &output));
    assert_string_equal(output.text, expected);
}

static void arguments_are_put_in(void **state)
{
    const uintptr_t values[] = {
        (uintptr_t) "one", 42, (uintptr_t)u"wide", 7, (uintptr_t) "five", 6, 7, 8, 9,
        (uintptr_t) "ten"};

    (void)state;
    check(u"%1", values, "one");
    check(u"<%1!s!>", values, "<one>");
    check(u"%2!d! %2!x! %2!04X! %2!-5u!|", values, "42 2a 002A 42   |");
    check(u"%1!6s!%1!-6s!|%1!.2s!", values, "   oneone   |on");
    check(u"%3!S! %3!ls! %1!hs!", values, "wide wide one");
    check(u"%10 %5", values, "ten five");
    check(u"%4!*.*s!", (const uintptr_t[]){0, 0, 0, 5, 2, (uintptr_t) "abc"}, "   ab");
    check(u"%2!c!", values, "*");
}

static void escapes(void **state)
{
    (void)state;
    check(u"%%a%n%tb%r%!%.", NULL, "%a\r\n\tb\r!.");
    check(u"end%0 not seen", NULL, "end");
    check(u"a\nb\r\nc", NULL, "a\r\nb\r\nc");
    expansion.join_lines = true;
    check(u"a\nb%nc", NULL, "a b\r\nc");
    expansion.join_lines = false;
    expansion.ignore_inserts = true;
    check(u"%1 %12!d! %%", NULL, "%1 %12!d! %");
    expansion.ignore_inserts = false;
}

static void what_is_not_well_formed(void **state)
{
    const uintptr_t values[] = {1, 2, 3};
    struct output output;

    (void)state;
    assert_false(expand(u"%", values, &output));
    assert_false(expand(u"%1!", values, &output));
    assert_false(expand(u"%1!d", values, &output));
    assert_false(expand(u"%1!5", values, &output));
    assert_false(expand(u"%1!q!", values, &output));
}

static void the_systems_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < system_message_count; i++) {
        const char *text = system_messages[i].text;

        if (i)
            assert_true(system_messages[i].number > system_messages[i - 1].number);
        assert_true(strlen(text) > 8);
        assert_int_equal(text[strlen(text) - 1], '.');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_put_in),
        cmocka_unit_test(escapes),
        cmocka_unit_test(what_is_not_well_formed),
        cmocka_unit_test(the_systems_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
