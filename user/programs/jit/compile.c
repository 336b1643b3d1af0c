/*
 * The compiler: recursive descent, an instruction or two for each thing that is read. A value is
 * left in eax; the left side of an operation waits on the stack meanwhile. x stays in ecx.
 */
#include "user/programs/jit/jit.h"
#include <string.h>

#define DEPTH_MOST 200u /* what is nested takes stack, here and in the code */

static void fail(struct compiler *c, const char *error)
{
    if (!c->error)
        c->error = error;
}

static void emit(struct compiler *c, const char *bytes, size_t count)
{
    if ((size_t)(c->code_end - c->code) < count) {
        fail(c, "too long");
        return;
    }
    memcpy(c->code, bytes, count);
    c->code += count;
}

static char next(struct compiler *c)
{
    c->at += strspn(c->at, " \t");
    return *c->at;
}

static void sum(struct compiler *c);

static int is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static void number(struct compiler *c)
{
    unsigned value = 0;

    while (is_digit(*c->at)) {
        unsigned digit = (unsigned)(*c->at - '0');
        if (value > (0x7FFFFFFF - digit) / 10) {
            fail(c, "this number is too large");
            return;
        }
        value = value * 10 + digit;
        c->at++;
    }
    emit(c, "\xB8", 1); /* mov eax, value */
    emit(c, (const char *)&value, sizeof(value));
}

static void parentheses(struct compiler *c)
{
    c->at++;
    sum(c);
    if (next(c) == ')')
        c->at++;
    else
        fail(c, "expected )");
}

static void negative(struct compiler *c);

static void value(struct compiler *c)
{
    char character = next(c);

    if (c->error)
        return;
    if (++c->depth > DEPTH_MOST)
        fail(c, "nested too deeply");
    else if (is_digit(character))
        number(c);
    else if (character == '(')
        parentheses(c);
    else if (character == '-')
        negative(c);
    else if (character != 'x')
        fail(c, "expected a number, x, ( or -");
    else {
        c->at++;
        emit(c, "\x89\xC8", 2); /* mov eax, ecx */
    }
    c->depth--;
}

static void negative(struct compiler *c)
{
    c->at++;
    value(c);
    emit(c, "\xF7\xD8", 2); /* neg eax */
}

/* The right side of an operation, and the operation: eax op= edx. */
static void operate(struct compiler *c, void (*right)(struct compiler *c), const char *code)
{
    c->at++;
    emit(c, "\x50", 1); /* push eax */
    right(c);
    emit(c, "\x89\xC2\x58", 3); /* mov edx, eax; pop eax */
    emit(c, code, strlen(code));
}

static void product(struct compiler *c)
{
    value(c);
    while (!c->error && next(c) == '*')
        operate(c, value, "\x0F\xAF\xC2"); /* imul eax, edx */
}

static void sum(struct compiler *c)
{
    product(c);
    while (!c->error && (next(c) == '+' || *c->at == '-'))
        operate(c, product, *c->at == '+' ? "\x01\xD0" : "\x29\xD0"); /* add, sub eax, edx */
}

size_t jit_compile(const char *text, unsigned char *code, size_t bytes, const char **error,
                   const char **where)
{
    struct compiler c = {text, code, code + bytes, NULL, 0};

    sum(&c);
    if (!c.error && next(&c))
        fail(&c, "expected + - * or the end");
    emit(&c, "\xC3", 1); /* ret */
    *error = c.error;
    *where = c.at;
    return c.error ? 0 : (size_t)(c.code - code);
}
