/* Who is told when the level rises, and the bugchecks of wrong levels. What happens when it falls
 * is in interrupt.c. */
#include "kernel/ke/irql.h"
#include "kernel/ke/bugcheck.h"

void (*ke_irql_raise_hook)(void);

void ki_bad_raise(kirql current, kirql wanted)
{
    ke_bug_check_ex(IRQL_NOT_GREATER_OR_EQUAL, current, wanted, 0,
                    (uintptr_t)__builtin_return_address(0));
}

void ki_bad_lower(kirql current, kirql wanted)
{
    ke_bug_check_ex(IRQL_NOT_LESS_OR_EQUAL, current, wanted, 0,
                    (uintptr_t)__builtin_return_address(0));
}

void ki_unexpected_irql(kirql expected)
{
    ke_bug_check_ex(IRQL_UNEXPECTED_VALUE, (uint32_t)ke_get_current_irql() << 16 | expected << 8,
                    (uintptr_t)__builtin_return_address(0), 0, 0);
}
