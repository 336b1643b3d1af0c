/* The debugger's expressions: numbers, symbols and registers, added and subtracted. */
#include "kernel/kd/kd_internal.h"
#include "kernel/ke/symbols.h"
#include "lib/string.h"

#define NAME 64

static const struct {
    const char *name;
    size_t offset;
} registers[] = {
    {"@eax", offsetof(struct ktrap_frame, eax)}, {"@ebx", offsetof(struct ktrap_frame, ebx)},
    {"@ecx", offsetof(struct ktrap_frame, ecx)}, {"@edx", offsetof(struct ktrap_frame, edx)},
    {"@esi", offsetof(struct ktrap_frame, esi)}, {"@edi", offsetof(struct ktrap_frame, edi)},
    {"@ebp", offsetof(struct ktrap_frame, ebp)}, {"@eip", offsetof(struct ktrap_frame, eip)},
};

static bool word_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '@' || c == '.';
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

static bool number(const char *text, uint32_t base, uintptr_t *value)
{
    uintptr_t result = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        uint32_t digit = (uint32_t)digit_of(*text);
        if (digit >= base || result > (0xFFFFFFFFu - digit) / base)
            return false;
        result = result * base + digit;
    }
    *value = result;
    return true;
}

static bool register_value(struct kd_context *context, const char *name, uintptr_t *value)
{
    if (!strcmp(name, "@esp")) {
        *value = ki_frame_esp(context->frame);
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
        if (strcmp(registers[i].name, name) != 0)
            continue;
        *value = *(uint32_t *)((char *)context->frame + registers[i].offset);
        return true;
    }
    return false;
}

static bool term(struct kd_context *context, const char *word, uintptr_t *value)
{
    bool hexadecimal = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    bool decimal = word[0] == '0' && word[1] == 'n';

    return number(hexadecimal || decimal ? word + 2 : word, decimal ? 10 : 16, value) ||
           register_value(context, word, value) || ke_symbol_address(word, value);
}

static void skip_blanks(const char **text)
{
    while (**text == ' ')
        ++*text;
}

bool kd_expression(struct kd_context *context, const char **text, uintptr_t *value)
{
    char word[NAME];
    bool minus = false;
    uintptr_t sum = 0, part;

    for (;;) {
        size_t length = 0;
        skip_blanks(text);
        for (; word_character(**text) && length + 1 < sizeof(word); ++*text)
            word[length++] = **text;
        word[length] = '\0';
        if (!length || !term(context, word, &part)) {
            dbg_print("'%s' is neither a number, a register nor a symbol\n", length ? word : *text);
            return false;
        }
        sum = minus ? sum - part : sum + part;
        if (**text != '+' && **text != '-')
            break;
        minus = *(*text)++ == '-';
    }
    *value = (uint32_t)sum;
    return true;
}

bool kd_optional_expression(struct kd_context *context, const char **text, uintptr_t *value)
{
    skip_blanks(text);
    return !**text || kd_expression(context, text, value);
}
