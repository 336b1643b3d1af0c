/*
 * What a launch prints: the list of faults, and what went wrong. It goes to the standard handles
 * directly, in one piece each, and takes no lock and no heap that a handler's thread may have had
 * when it was ended.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

#define LONGEST_INSTRUCTION 15 /* bytes; Intel SDM vol. 2, "Instruction Format" */

/* What to look at, for each thing that can be wrong; or only for what is about that. */
static const struct {
    int wrong;
    const char *about;
    const char *hint;
} hints[] = {
    {TOKOS_LAUNCH_NO_PROGRAM, NULL, "is the program's file beside this one?"},
    {TOKOS_LAUNCH_NOT_FAULTING, NULL,
     "tokyo_vm.exe is a program that can be launched in this way."},
    {TOKOS_LAUNCH_NOT_HANDLED, NULL, "return TRUE when the page is there."},
    {TOKOS_LAUNCH_NOT_COMMITTED, NULL,
     "the page must be committed in the process that faulted, fault->process, which is not the "
     "one that the handler runs in: VirtualAllocEx."},
    {TOKOS_LAUNCH_WRONG_PAGE, NULL,
     "the page is the one that fault->address lies in: clear the lowest 12 bits. Neither eip nor "
     "esp need be in the same page."},
    {TOKOS_LAUNCH_TOO_MUCH, NULL,
     "paging on demand means one page for one fault. VirtualAllocEx commits every page that has "
     "one byte or more of what it is asked for."},
    {TOKOS_LAUNCH_OTHERS_CHANGED, NULL, "leave alone what earlier faults have brought."},
    {TOKOS_LAUNCH_PROTECTION, "code",
     "a processor without no-execute runs it all the same, but one with it would not; that is "
     "what the protection is for. Or was this fault taken for one of the stack's? An instruction "
     "may begin in one page and end in the next: then eip is in the page before."},
    {TOKOS_LAUNCH_PROTECTION, "stack",
     "a stack is written to, and never executed. This processor may not look at the second, but "
     "one with no-execute does, so that nobody can leave code on the stack and have it run."},
    {TOKOS_LAUNCH_PROTECTION, "modifier",
     "PAGE_GUARD makes the next access an exception once more, and PAGE_NOCACHE and "
     "PAGE_WRITECOMBINE are for devices. None of them belongs to such a page."},
    {TOKOS_LAUNCH_CONTENTS, "code",
     "a page of code has the same bytes as fault->code_contents has, as far from the beginning of "
     "the code; copy all 4096 of them."},
    {TOKOS_LAUNCH_CONTENTS, "stack", "a page of stack is full of zeros, as it was committed."},
    {TOKOS_LAUNCH_CONTEXT, NULL,
     "the thread does the same instruction again, with the registers that it had."},
    {TOKOS_LAUNCH_NOT_FLUSHED, NULL,
     "x86 keeps its instruction cache up to date by itself, so the program would run. Other "
     "processors could execute what was there before: call FlushInstructionCache for the page of "
     "fault->process, after the code is in it."},
    {TOKOS_LAUNCH_HANDLES, NULL, "the next faults need them."},
    {TOKOS_LAUNCH_NO_RETURN, NULL,
     "a handler does its work and returns. The program stands still meanwhile: it cannot do what "
     "the handler waits for."},
    {TOKOS_LAUNCH_CRASHED, NULL,
     "the eip is in the handler or in what it called. The addresses in `fault` are the other "
     "process's, where only WriteProcessMemory reaches; here they mean nothing, or something "
     "else."},
    {TOKOS_LAUNCH_AGAIN, NULL,
     "whatever was done about the fault, it was not what the thread needs to go on."},
    {TOKOS_LAUNCH_TOO_FEW, NULL,
     "an instruction is done when all pages are there that it lies on and touches. Each time "
     "one of them came, another was gone: leave more of them, or take away one that came earlier."},
    {TOKOS_LAUNCH_SILENT, NULL,
     "did the handler suspend the thread? If not, the code that it brought runs in circles."},
    {TOKOS_LAUNCH_ENDED, NULL, "bring the page instead, and let the program come to its own end."},
    {TOKOS_LAUNCH_DIED, NULL,
     "this is no fault of the kinds that are to be handled: what the thread has executed, or "
     "found on its stack, was wrong."},
};

/* A text that grows in a buffer of fixed size. */
struct message {
    char text[MESSAGE_ROOM];
    size_t length;
};

static void PRINTF_LIKE(2, 3) add(struct message *message, const char *format, ...)
{
    size_t room = sizeof(message->text) - message->length;
    va_list arguments;

    va_start(arguments, format);
    size_t length = (size_t)vsnformat(message->text + message->length, room, format, arguments);
    va_end(arguments);
    message->length += length < room ? length : room - 1;
}

static void write_out(const struct message *message, DWORD handle)
{
    DWORD written;

    WriteFile(GetStdHandle(handle), message->text, message->length, &written, NULL);
}

struct place launch_place(const struct launch *l, uintptr_t address)
{
    const struct range *ranges[] = {&l->code, &l->stack};
    struct place place;

    for (unsigned i = 0; i < COUNT_OF(ranges); i++) {
        uintptr_t offset = address - (uintptr_t)ranges[i]->base;

        if (ranges[i]->base && offset <= ranges[i]->bytes) {
            snformat(place.text, sizeof(place.text), "%s+%lx", ranges[i]->name,
                     (unsigned long)offset);
            return place;
        }
    }
    snformat(place.text, sizeof(place.text), "%08lx", (unsigned long)address);
    return place;
}

/* A fetch is known by where it went: to the instruction itself. Not all processors tell. */
static const char *access_name(const struct launch *l)
{
    uintptr_t ahead = (uintptr_t)l->fault.address - l->context.Eip;

    if (l->fault.access == TOKOS_ACCESS_WRITE)
        return "write";
    return ahead < LONGEST_INSTRUCTION ? "execute" : "read";
}

void launch_list_fault(const struct launch *l)
{
    static struct message message;

    if (!(l->options->flags & TOKOS_LAUNCH_LIST))
        return;
    message.length = 0;
    add(&message, "%4u  %-13s %-8s eip %-13s esp %s\r\n", (unsigned)l->fault.number,
        launch_place(l, (uintptr_t)l->fault.address).text, access_name(l),
        launch_place(l, l->context.Eip).text, launch_place(l, l->context.Esp).text);
    write_out(&message, STD_OUTPUT_HANDLE);
}

void launch_list_end(const struct launch *l)
{
    static struct message message;

    if (!(l->options->flags & TOKOS_LAUNCH_LIST) || !l->fault.number)
        return;
    message.length = 0;
    add(&message, "%u faults: %u code, %u stack\r\n", (unsigned)l->fault.number,
        (unsigned)l->options->code_faults, (unsigned)l->options->stack_faults);
    write_out(&message, STD_OUTPUT_HANDLE);
}

static void add_fault(struct message *message, const struct launch *l)
{
    add(message, "  fault %u: %s of %08lx (%s) by eip %s, esp %s: a demand-%s fault\r\n",
        (unsigned)l->fault.number, access_name(l), (unsigned long)(uintptr_t)l->fault.address,
        launch_place(l, (uintptr_t)l->fault.address).text, launch_place(l, l->context.Eip).text,
        launch_place(l, l->context.Esp).text, l->range == &l->code ? "page code" : "zero stack");
}

static void add_calls(struct message *message, const struct launch *l)
{
    if (!l->watched)
        return;
    add(message, "  the handler called:%s\r\n", l->call_count ? "" : " nothing that matters");
    for (uint32_t i = 0; i < l->call_count && i < CALLS_KEPT; i++)
        add(message, "    %s\r\n", l->calls[i].text);
    if (l->call_count > CALLS_KEPT)
        add(message, "    and %u times more\r\n", (unsigned)(l->call_count - CALLS_KEPT));
}

static void add_hint(struct message *message, const struct launch *l)
{
    for (unsigned i = 0; i < COUNT_OF(hints); i++)
        if (hints[i].wrong == l->status && (!hints[i].about || !strcmp(hints[i].about, l->about)))
            add(message, "  hint: %s\r\n", hints[i].hint);
}

void launch_report(const struct launch *l)
{
    static struct message message;

    if (l->status == TOKOS_LAUNCHED)
        return;
    message.length = 0;
    add(&message, "TokOSLaunchFaultingProcess: %s.\r\n", l->detail);
    if (l->fault.number) {
        add_fault(&message, l);
        add_calls(&message, l);
    }
    add_hint(&message, l);
    write_out(&message, STD_ERROR_HANDLE);
}
