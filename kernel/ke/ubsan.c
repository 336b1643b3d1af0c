/*
 * What gcc calls when a kernel built with -fsanitize=undefined does something that C leaves
 * undefined. Each report's data begins with where it happened; that, the kind and a stack trace are
 * shown, and the machine stops. Compiled without the sanitizer itself.
 */
#ifdef UBSAN

#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"

struct source_location {
    const char *file;
    uint32_t line;
    uint32_t column;
};

static NORETURN void report(const struct source_location *where, const char *what)
{
    dbg_print("\nundefined behaviour: %s at %s:%u:%u\n", what, where->file, where->line,
              where->column);
    ke_bug_check_ex(KMODE_EXCEPTION_NOT_HANDLED, 0xC0000420 /* STATUS_ASSERTION_FAILURE */,
                    (uintptr_t)__builtin_return_address(0), where->line, 0);
}

#define HANDLER(name, words)                                                  \
    NORETURN void __ubsan_handle_##name(const struct source_location *where); \
    NORETURN void __ubsan_handle_##name(const struct source_location *where)  \
    {                                                                         \
        report(where, words);                                                 \
    }

HANDLER(add_overflow, "signed addition overflows")
HANDLER(sub_overflow, "signed subtraction overflows")
HANDLER(mul_overflow, "signed multiplication overflows")
HANDLER(negate_overflow, "negation overflows")
HANDLER(divrem_overflow, "division by zero or overflow")
HANDLER(shift_out_of_bounds, "shift by too much, or of a negative number")
HANDLER(out_of_bounds, "array index out of bounds")
HANDLER(type_mismatch_v1, "null or misaligned pointer, or an object too small")
HANDLER(pointer_overflow, "pointer arithmetic wraps")
HANDLER(load_invalid_value, "a bool or enum holds no value of its type")
HANDLER(nonnull_arg, "null passed where it must not be")
HANDLER(nonnull_return_v1, "null returned where it must not be")
HANDLER(vla_bound_not_positive, "variable array without elements")
HANDLER(builtin_unreachable, "the unreachable was reached")
HANDLER(missing_return, "the end of a function without its return")
HANDLER(invalid_builtin, "a builtin was given zero")
HANDLER(float_cast_overflow, "conversion overflows")

#endif
