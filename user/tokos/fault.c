/*
 * One fault: is it one of those that a handler is for, and what becomes of it.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

/* An instruction lies on two pages at most and touches a few more: one that faults as often as this
 * without getting further does not lack pages that never came, but such as were taken away. */
#define MOST_FAULTS_OF_ONE 16

bool launch_is_in(const struct range *range, uintptr_t address)
{
    return address - (uintptr_t)range->base < range->bytes;
}

static struct range *range_of(struct launch *l, uintptr_t address)
{
    if (launch_is_in(&l->code, address))
        return &l->code;
    return launch_is_in(&l->stack, address) ? &l->stack : NULL;
}

bool launch_same_context(const CONTEXT *a, const CONTEXT *b)
{
    return !memcmp(&a->SegGs, &b->SegGs,
                   offsetof(CONTEXT, ExtendedRegisters) - offsetof(CONTEXT, SegGs));
}

bool launch_read_context(struct launch *l, CONTEXT *context)
{
    memset(context, 0, sizeof(*context));
    context->ContextFlags = CONTEXT_FULL;
    if (GetThreadContext(l->program.hThread, context))
        return true;
    launch_fail(l, TOKOS_LAUNCH_FAILED, "GetThreadContext: error %lu", GetLastError());
    return false;
}

/* CONTEXT is the thread's at a fault at ADDRESS. => whether there is no hope that the instruction
 * gets done; said why. It may fault once for each page that it needs. */
static bool is_stuck(struct launch *l, uintptr_t address, const CONTEXT *context)
{
    if (!l->fault.number || !launch_same_context(context, &l->context))
        l->faults_of_one = 0;
    else if ((uintptr_t)l->fault.address == address)
        launch_fail(l, TOKOS_LAUNCH_AGAIN, "the same instruction faults again at the same address");
    else if (l->faults_of_one == MOST_FAULTS_OF_ONE)
        launch_fail(l, TOKOS_LAUNCH_TOO_FEW,
                    "the same instruction has faulted %u times in a row and gets no further: it "
                    "needs %s and %s at once",
                    MOST_FAULTS_OF_ONE, launch_place(l, (uintptr_t)l->fault.address).text,
                    launch_place(l, address).text);
    l->faults_of_one++;
    return l->status != TOKOS_LAUNCHED;
}

static void describe(struct launch *l, const EXCEPTION_RECORD *record)
{
    l->fault = (struct tokos_fault){
        .size = sizeof(l->fault),
        .number = l->fault.number + 1,
        .process = l->given_process,
        .thread = l->given_thread,
        .context = &l->given_context,
        .address = (char *)record->ExceptionInformation[1],
        .access = record->ExceptionInformation[0],
        .code = l->code.base,
        .code_bytes = l->code.bytes,
        .code_contents = l->code_contents,
        .stack = l->stack.base,
        .stack_bytes = l->stack.bytes,
    };
    l->given_context = l->context;
    l->given_fault = l->fault;
}

static void handle(struct launch *l)
{
    ++*(l->range == &l->code ? &l->options->code_faults : &l->options->stack_faults);
    launch_list_fault(l);
    launch_call_handler(l);
    launch_check_end(l);
    if (l->status == TOKOS_LAUNCHED && !(l->options->flags & TOKOS_LAUNCH_UNCHECKED))
        launch_check(l);
}

bool launch_fault(struct launch *l, const EXCEPTION_RECORD *record)
{
    uintptr_t address = record->ExceptionInformation[1];
    CONTEXT context;

    if (!l->code.base && !launch_read_target(l))
        return true;
    struct range *range = range_of(l, address);
    if (!range)
        return false;
    if (!launch_read_context(l, &context))
        return true;
    if (is_stuck(l, address, &context))
        return true;
    l->range = range;
    l->about = range->name;
    l->context = context;
    describe(l, record);
    handle(l);
    return true;
}
