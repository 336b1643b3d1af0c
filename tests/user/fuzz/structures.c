/* Arguments that are pointers to structures: good ones, of which a piece is then made bad. */
#include "tests/user/fuzz/fuzz.h"

/* ---- strings ------------------------------------------------------------------------------------
 */

#define MOST_UNITS 0x600u

static const WCHAR *const names[] = {
    L"\\BaseNamedObjects\\a",
    L"\\BaseNamedObjects\\b",
    L"\\BaseNamedObjects\\A",
    L"a",
    L"b",
    L"\\??\\C:\\test\\numbers.bin",
    L"\\??\\C:\\test\\hello.txt",
    L"\\??\\C:\\test\\many",
    L"\\??\\C:\\fuzz.exe",
    L"\\??\\C:\\ntdll.dll",
    L"\\??\\C:\\test\\",
    L"\\??\\C:",
    L"\\??\\NUL",
    L"\\??\\CONIN$",
    L"\\KnownDlls\\ntdll.dll",
    L"\\ObjectTypes\\Event",
    L"\\BaseNamedObjects",
    L"\\",
    L"",
    L"hello.txt",
    L"*",
    L"f*.t?t",
    L"\\x\\y",
    L"\\\\",
    L"\\BaseNamedObjects\\",
    L"\\BaseNamedObjects\\a\\b",
};

/* Behind the structure in the page of SLOT. */
static WCHAR *room(uint32_t slot)
{
    return (WCHAR *)((char *)fuzz_scratch(slot) + 64);
}

static uint32_t copy_name(WCHAR *to)
{
    const WCHAR *name = FUZZ_PICK(names);
    uint32_t units = 0;

    if (fuzz_one_in(32)) { /* a long one */
        uint32_t most = fuzz_below(MOST_UNITS);
        while (units < most)
            to[units++] = (WCHAR)(fuzz_one_in(40) ? fuzz_random() : 'x');
        return units;
    }
    for (; name[units]; units++)
        to[units] = name[units];
    return units;
}

static void make_string(UNICODE_STRING *string, WCHAR *text)
{
    static const USHORT lengths[] = {0, 1, 2, 3, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF};
    uint32_t bytes = copy_name(text) * 2;

    *string = (UNICODE_STRING){(USHORT)bytes, (USHORT)bytes, text};
    if (fuzz_one_in(12))
        string->Length = FUZZ_PICK(lengths);
    if (fuzz_one_in(12))
        string->MaximumLength = FUZZ_PICK(lengths);
    if (fuzz_one_in(10))
        string->Buffer = (WCHAR *)fuzz_address();
}

uint32_t fuzz_string(uint32_t slot)
{
    make_string(fuzz_scratch(slot), room(slot));
    return fuzz_pass(slot, sizeof(UNICODE_STRING));
}

uint32_t fuzz_string_buffer(uint32_t slot)
{
    *(UNICODE_STRING *)fuzz_scratch(slot) = (UNICODE_STRING){
        0, (USHORT)fuzz_size(), fuzz_one_in(4) ? (WCHAR *)fuzz_address() : room(slot)};
    return fuzz_pass(slot, sizeof(UNICODE_STRING));
}

uint32_t fuzz_attributes(uint32_t slot)
{
    static const uint32_t flags[] = {0, 2, 0x40, 0x40, 0x80, 0xC0, 0x10, 0x20, 0x200, 0x400};
    OBJECT_ATTRIBUTES *attributes = fuzz_scratch(slot);
    UNICODE_STRING *name = (UNICODE_STRING *)(attributes + 1);

    if (fuzz_one_in(4))
        return 0;
    make_string(name, room(slot));
    *attributes = (OBJECT_ATTRIBUTES){
        .Length = fuzz_one_in(24) ? fuzz_size() : sizeof(*attributes),
        .RootDirectory = (HANDLE)(fuzz_one_in(6)   ? fuzz_handle(TYPE_DIRECTORY)
                                  : fuzz_one_in(8) ? fuzz_handle(TYPE_FILE)
                                                   : 0),
        .ObjectName = fuzz_one_in(4)    ? NULL
                      : fuzz_one_in(16) ? (UNICODE_STRING *)fuzz_address()
                                        : name,
        .Attributes = fuzz_flags(flags, COUNT_OF(flags)),
        .SecurityDescriptor = fuzz_one_in(16) ? (void *)fuzz_address() : NULL,
    };
    return fuzz_pass(slot, sizeof(*attributes));
}

/* ---- contexts -----------------------------------------------------------------------------------
 */

static void spoil(uint32_t *words, uint32_t count)
{
    words[fuzz_below(count)] = fuzz_one_in(2) ? fuzz_random() : fuzz_address();
}

/* For a thread that dies young. */
static CONTEXT *make_context(uint32_t slot, uint32_t eip, uint32_t esp)
{
    static const uint32_t flags[] = {CONTEXT_CONTROL,
                                     CONTEXT_INTEGER,
                                     CONTEXT_SEGMENTS,
                                     CONTEXT_FLOATING_POINT,
                                     CONTEXT_DEBUG_REGISTERS,
                                     CONTEXT_EXTENDED_REGISTERS,
                                     CONTEXT_FULL,
                                     CONTEXT_FULL};
    CONTEXT *context = fuzz_scratch(slot);

    *context = (CONTEXT){
        .ContextFlags = fuzz_flags(flags, COUNT_OF(flags)),
        .SegCs = 0x1B,
        .SegDs = 0x23,
        .SegEs = 0x23,
        .SegSs = 0x23,
        .SegFs = 0x3B,
        .EFlags = fuzz_one_in(8) ? fuzz_random() : 0x202,
        .Esp = esp,
        .Eip = eip,
        .Eax = fuzz_random(),
    };
    context->FloatSave.ControlWord = 0x27F;
    context->FloatSave.TagWord = 0xFFFF;
    return context;
}

uint32_t fuzz_context(uint32_t slot)
{
    CONTEXT *context = make_context(slot, (uint32_t)fuzz_short_life,
                                    STACKS + STACK_BYTES - 64 - fuzz_below(8) * 4);

    while (fuzz_one_in(2))
        spoil((uint32_t *)context, sizeof(*context) / 4);
    return fuzz_pass(slot, sizeof(*context));
}

/* One whose program goes on: what is spoilt are flags, segments, and the floating-point state. */
uint32_t fuzz_own_context(uint32_t slot)
{
    CONTEXT *context = make_context(slot, (uint32_t)fuzz_resume, fuzz_resume_esp);

    if (fuzz_one_in(3))
        spoil((uint32_t *)&context->FloatSave, sizeof(context->FloatSave) / 4);
    if (fuzz_one_in(3))
        spoil((uint32_t *)&context->SegGs, 4);
    if (fuzz_one_in(3))
        spoil((uint32_t *)context->ExtendedRegisters, 8);
    if (fuzz_one_in(32))
        spoil((uint32_t *)context, sizeof(*context) / 4);
    return fuzz_pass(slot, sizeof(*context));
}

uint32_t fuzz_record(uint32_t slot)
{
    static const uint32_t codes[] = {0xC0000005, 0x80000001, 0x80000003, 0xE0000001,
                                     0xC00000FD, 0,          0xFFFFFFFF, 0x40010006};
    EXCEPTION_RECORD *record = fuzz_scratch(slot);

    *record = (EXCEPTION_RECORD){
        .ExceptionCode = FUZZ_PICK(codes),
        .ExceptionFlags = fuzz_below(4),
        .ExceptionRecord = fuzz_one_in(8) ? (EXCEPTION_RECORD *)fuzz_address() : NULL,
        .NumberParameters = fuzz_one_in(6) ? fuzz_size() : fuzz_below(16),
    };
    return fuzz_pass(slot, sizeof(*record));
}

uint32_t fuzz_stack(uint32_t slot)
{
    struct initial_teb *stack = fuzz_scratch(slot);

    *stack = (struct initial_teb){.stack_base = (void *)(STACKS + STACK_BYTES),
                                  .stack_limit = (void *)STACKS,
                                  .deallocation_stack = (void *)STACKS};
    if (fuzz_one_in(3))
        spoil((uint32_t *)stack, sizeof(*stack) / 4);
    return fuzz_pass(slot, sizeof(*stack));
}

/* Ids near one's own; the first process is left alone. */
uint32_t fuzz_client(uint32_t slot)
{
    const struct client_id *self = &current_teb()->client_id;
    uint32_t *ids = fuzz_scratch(slot);

    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t choices[] = {(uint32_t)self->process,
                                    (uint32_t)self->thread,
                                    (uint32_t)self->thread + fuzz_below(8) * 4,
                                    4,
                                    8 + fuzz_below(8) * 4,
                                    0,
                                    fuzz_random()};
        do
            ids[i] = FUZZ_PICK(choices);
        while (ids[i] == state->first_process || ids[i] == state->first_thread);
    }
    return fuzz_one_in(8) ? 0 : fuzz_pass(slot, sizeof(*self));
}
