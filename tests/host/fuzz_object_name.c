// Object names: the components, put together again, are the path; what is refused has an empty one.
// sources: kernel/ob/path.c lib/unicode.c
#include <stdlib.h>
#include <string.h>
#include "kernel/ob/path.h"

static void expect(bool holds)
{
    if (!holds)
        abort();
}

/* Has the text, behind its first unit, two separators together, or one at an end? */
static bool has_empty_name(const uint16_t *text, size_t units)
{
    for (size_t i = 0; i < units; i++)
        if (text[i] == u'\\' && (i == 0 || i == units - 1 || text[i - 1] == u'\\'))
            return true;
    return false;
}

static void walk(const uint16_t *text, size_t units)
{
    struct unicode_string path = {(uint16_t)(units * 2), (uint16_t)(units * 2), text}, component;
    size_t at = 0;

    for (;;) {
        enum ob_path_step step = ob_next_component(&path, &component);
        if (step == OB_PATH_BAD) {
            expect(has_empty_name(text, units));
            return;
        }
        if (step == OB_PATH_END)
            break;
        size_t length = component.length / 2;
        expect(length > 0 && component.buffer == text + at && at + length <= units);
        for (size_t i = 0; i < length; i++)
            expect(component.buffer[i] != u'\\');
        at += length;
        expect(at == units || text[at] == u'\\');
        expect(path.length / 2u == units - at);
        if (ob_take_separator(&path) && path.length == 0) {
            expect(has_empty_name(text, units)); /* what is last is refused by who looks it up */
            return;
        }
        at += at < units;
    }
    expect(at == units && !has_empty_name(text, units));
}

/* Equal names hash equally, with and without case. */
static void hash(const uint16_t *text, size_t units)
{
    struct unicode_string a = {(uint16_t)(units * 2), (uint16_t)(units * 2), text}, b = a;
    uint16_t *upper = malloc(units * 2 + 2);

    for (size_t i = 0; i < units; i++)
        upper[i] = rtl_upcase_unicode_char(text[i]);
    b.buffer = upper;
    expect(rtl_equal_unicode_string(&a, &b, true));
    expect(rtl_hash_unicode_string(&a, true) == rtl_hash_unicode_string(&b, true));
    free(upper);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t units = size > 4096 ? 4096 : size;
    uint16_t *text = malloc(units * 2 + 2);
    struct unicode_string path = {(uint16_t)(units * 2), (uint16_t)(units * 2), text};

    for (size_t i = 0; i < units; i++) /* few letters, many separators */
        text[i] = data[i] % 4 == 0 ? u'\\' : (uint16_t)(data[i] * 5);
    bool root = units && text[0] == u'\\';
    expect(ob_take_separator(&path) == root);
    walk(path.buffer, path.length / 2);
    hash(text, units);
    free(text);
    return 0;
}
