/* The values of arguments, a function a kind. */
#include "tests/user/fuzz/fuzz.h"

typedef uint32_t (*value_maker)(uint32_t slot);

static uint32_t none(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(32) ? fuzz_random() : 0;
}

static uint32_t anything(uint32_t slot)
{
    (void)slot;
    return fuzz_random() >> fuzz_below(32);
}

/* ---- handles ------------------------------------------------------------------------------------
 */

static uint32_t optional_handle(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(4) ? fuzz_handle(fuzz_one_in(2) ? TYPE_EVENT : TYPE_FILE) : 0;
}

static uint32_t optional_section(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(2) ? fuzz_handle(TYPE_SECTION) : 0;
}

static uint32_t debug_port(uint32_t slot)
{
    return fuzz_one_in(4) ? fuzz_handle(TYPE_DEBUG_OBJECT) : optional_handle(slot);
}

static uint32_t not_self(enum fuzz_type type)
{
    uint32_t handle;

    do
        handle = fuzz_handle(type);
    while (handle >= -2u && !fuzz_one_in(16));
    return handle;
}

static uint32_t parent(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(2) ? -1u : fuzz_handle(TYPE_PROCESS);
}

static uint32_t victim(uint32_t slot)
{
    (void)slot;
    return not_self(TYPE_PROCESS);
}

static uint32_t victim_thread(uint32_t slot)
{
    (void)slot;
    return not_self(TYPE_THREAD);
}

static uint32_t handles(uint32_t slot)
{
    uint32_t *array = fuzz_scratch(slot);

    for (uint32_t i = 0; i < 70; i++)
        array[i] = fuzz_handle(fuzz_one_in(8) ? TYPE_ANY : TYPE_EVENT + fuzz_below(4));
    return fuzz_pass(slot, 280);
}

/* ---- pointers -----------------------------------------------------------------------------------
 */

static uint32_t address(uint32_t slot)
{
    (void)slot;
    return fuzz_address();
}

static uint32_t word(uint32_t slot, uint32_t value)
{
    *(uint32_t *)fuzz_scratch(slot) = value;
    return fuzz_pass(slot, 4);
}

static uint32_t io_base(uint32_t slot)
{
    return word(slot, fuzz_one_in(3) ? 0 : fuzz_address());
}

static uint32_t io_size(uint32_t slot)
{
    return word(slot, fuzz_size());
}

static uint32_t out(uint32_t slot)
{
    return fuzz_one_in(4) ? fuzz_address() : (uint32_t)fuzz_scratch(slot);
}

static uint32_t optional_out(uint32_t slot)
{
    return fuzz_one_in(2) ? 0 : out(slot);
}

/* Small numbers and zeros make sense more often. */
static uint32_t in_buffer(uint32_t slot)
{
    uint32_t *words = fuzz_scratch(slot);

    for (uint32_t i = 0; i < 16; i++)
        words[i] = fuzz_random() >> fuzz_below(32);
    return fuzz_pass(slot, 64);
}

static uint32_t status_block(uint32_t slot)
{
    return fuzz_pass(slot, sizeof(IO_STATUS_BLOCK));
}

static uint32_t quad(uint32_t slot, const int64_t *values, uint32_t count)
{
    *(int64_t *)fuzz_scratch(slot) =
        fuzz_one_in(8) ? (int64_t)fuzz_random() << fuzz_below(32) : values[fuzz_below(count)];
    return fuzz_pass(slot, 8);
}

/* Most are over soon. Who waits for ever is ended. */
static uint32_t timeout(uint32_t slot)
{
    static const int64_t values[] = {0,       0, -1, -1,         -10,       -1000,     -10000,
                                     -100000, 1, -2, 0x7FFFFFFF, INT64_MIN, INT64_MAX, -100};

    return fuzz_one_in(24) ? 0 : quad(slot, values, COUNT_OF(values));
}

static uint32_t offset(uint32_t slot)
{
    static const int64_t values[] = {0,
                                     0,
                                     0,
                                     0,
                                     1,
                                     100,
                                     0x1000,
                                     4096,
                                     -1,
                                     -2,
                                     0x4E24,
                                     0xFFFFFFFFll,
                                     0x100000000ll,
                                     INT64_MAX,
                                     20000,
                                     512,
                                     0x10000,
                                     0x10000};

    return fuzz_one_in(3) ? 0 : quad(slot, values, COUNT_OF(values));
}

static uint32_t section_size(uint32_t slot)
{
    static const int64_t values[] = {0,         1,       0x1000,  0x1001,     0x10000,
                                     0x20000,   0x40000, 0x80000, 0x3FFFFFFF, 0x7FFFFFFFFll,
                                     INT64_MAX, -1};

    return fuzz_one_in(8) ? 0 : quad(slot, values, COUNT_OF(values));
}

static void NTAPI apc(void *context, void *argument1, void *argument2)
{
    (void)context, (void)argument1, (void)argument2;
}

static uint32_t routine(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(16) ? fuzz_address() : fuzz_one_in(4) ? 0 : (uint32_t)apc;
}

/* ---- numbers ------------------------------------------------------------------------------------
 */

static uint32_t size(uint32_t slot)
{
    (void)slot;
    return fuzz_size();
}

static uint32_t length(uint32_t slot)
{
    static const uint32_t lengths[] = {0,  1,  2,  4,  8,  12, 16, 20,  24,  28,    32,
                                       36, 40, 44, 48, 56, 64, 80, 104, 312, 0x200, 0x1000};

    (void)slot;
    return fuzz_one_in(8) ? fuzz_size() : FUZZ_PICK(lengths);
}

static uint32_t class(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(2) ? fuzz_below(5) : fuzz_one_in(16) ? fuzz_random() : fuzz_below(40);
}

static uint32_t access(uint32_t slot)
{
    static const uint32_t masks[] = {MAXIMUM_ALLOWED,
                                     GENERIC_ALL,
                                     GENERIC_READ,
                                     GENERIC_WRITE,
                                     SYNCHRONIZE,
                                     MAXIMUM_ALLOWED,
                                     0x1F0003,
                                     0,
                                     1,
                                     2,
                                     0x120089,
                                     0x100001};

    (void)slot;
    return fuzz_flags(masks, COUNT_OF(masks));
}

static uint32_t protection(uint32_t slot)
{
    static const uint32_t common[] = {PAGE_READWRITE, PAGE_READWRITE,    PAGE_READONLY,
                                      PAGE_NOACCESS,  PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE,
                                      PAGE_WRITECOPY, PAGE_EXECUTE,      PAGE_EXECUTE_WRITECOPY};
    static const uint32_t odd[] = {PAGE_GUARD, PAGE_NOCACHE, PAGE_WRITECOMBINE, 0, 0x80000000};

    (void)slot;
    return FUZZ_PICK(common) | (fuzz_one_in(6) ? FUZZ_PICK(odd) : 0);
}

static uint32_t allocation(uint32_t slot)
{
    static const uint32_t common[] = {
        MEM_COMMIT,   MEM_RESERVE, MEM_COMMIT | MEM_RESERVE,
        MEM_TOP_DOWN, MEM_RESET,   MEM_RESERVE | MEM_WRITE_WATCH,
        MEM_PHYSICAL, 0,           MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN};

    (void)slot;
    return fuzz_one_in(8) ? fuzz_flags(common, COUNT_OF(common)) : FUZZ_PICK(common);
}

static uint32_t free_type(uint32_t slot)
{
    static const uint32_t types[] = {MEM_DECOMMIT, MEM_RELEASE, MEM_DECOMMIT, 0};

    (void)slot;
    return fuzz_one_in(8) ? fuzz_flags(types, COUNT_OF(types)) : FUZZ_PICK(types);
}

static uint32_t section_flags(uint32_t slot)
{
    static const uint32_t flags[] = {SEC_COMMIT,
                                     SEC_COMMIT,
                                     SEC_RESERVE,
                                     SEC_IMAGE,
                                     SEC_FILE,
                                     SEC_NOCACHE,
                                     0x200000 /* SEC_BASED */,
                                     SEC_COMMIT};

    (void)slot;
    return fuzz_flags(flags, COUNT_OF(flags));
}

static uint32_t zero_bits(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(8) ? fuzz_below(34) : fuzz_one_in(64) ? fuzz_random() : 0;
}

/* Of a BOOLEAN only the lowest byte counts. */
static uint32_t boolean(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(8) ? fuzz_random() : fuzz_below(2);
}

static uint32_t small(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(8) ? fuzz_random() >> fuzz_below(32) : fuzz_below(4);
}

static uint32_t count(uint32_t slot)
{
    static const uint32_t counts[] = {0, 1, 2, 3, 4, 5, 63, 64, 65, 0x7FFFFFFF, 0xFFFFFFFF};

    (void)slot;
    return FUZZ_PICK(counts);
}

static uint32_t share(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(8) ? fuzz_below(16) : 7;
}

static uint32_t disposition(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(2) ? 1 : fuzz_below(8);
}

static uint32_t options(uint32_t slot)
{
    static const uint32_t bits[] = {0, 0x20, 0x20, 1, 0x40, 8, 0x10, 2, 4, 0x1000};

    (void)slot;
    return fuzz_flags(bits, COUNT_OF(bits));
}

static uint32_t ioctl(uint32_t slot)
{
    (void)slot;
    return fuzz_one_in(2) ? fuzz_below(64) << 2 | fuzz_below(64) << 16 : fuzz_random();
}

static uint32_t answer(uint32_t slot)
{
    static const uint32_t answers[] = {0x10001, 0x10002, 0x80010001, 0x40010003, 0x40010004};

    (void)slot;
    return fuzz_one_in(8) ? fuzz_random() : FUZZ_PICK(answers);
}

/* ---- the table ----------------------------------------------------------------------------------
 */

static const value_maker makers[FUZZ_KINDS] = {
    [NONE] = none,
    [OPTIONAL_HANDLE] = optional_handle,
    [OPTIONAL_SECTION] = optional_section,
    [DEBUG_PORT] = debug_port,
    [PARENT] = parent,
    [VICTIM] = victim,
    [VICTIM_THREAD] = victim_thread,
    [HANDLES] = handles,
    [ADDRESS] = address,
    [IO_BASE] = io_base,
    [IO_SIZE] = io_size,
    [OUT_WORD] = out,
    [OUT_QUAD] = out,
    [OUT_BUFFER] = out,
    [OPTIONAL_WORD] = optional_out,
    [IN_BUFFER] = in_buffer,
    [STATUS_BLOCK] = status_block,
    [TIMEOUT] = timeout,
    [OFFSET] = offset,
    [SECTION_SIZE] = section_size,
    [ATTRIBUTES] = fuzz_attributes,
    [NAME] = fuzz_string,
    [NAME_BUFFER] = fuzz_string_buffer,
    [A_CONTEXT] = fuzz_context,
    [OWN_CONTEXT] = fuzz_own_context,
    [RECORD] = fuzz_record,
    [STACK] = fuzz_stack,
    [CLIENT] = fuzz_client,
    [OUT_CLIENT] = optional_out,
    [ROUTINE] = routine,
    [BYTES] = size,
    [LENGTH] = length,
    [CLASS] = class,
    [ACCESS] = access,
    [PROTECTION] = protection,
    [ALLOCATION] = allocation,
    [FREE_TYPE] = free_type,
    [SECTION_FLAGS] = section_flags,
    [ZERO_BITS] = zero_bits,
    [BOOLEAN_BYTE] = boolean,
    [SMALL] = small,
    [COUNT] = count,
    [SHARE] = share,
    [DISPOSITION] = disposition,
    [OPTIONS] = options,
    [IOCTL] = ioctl,
    [DUPLICATE_FLAGS] = small,
    [ANSWER] = answer,
    [ANYTHING] = anything,
};

uint32_t fuzz_argument(enum fuzz_kind kind, uint32_t slot)
{
    if (kind >= PROCESS && kind <= ANY)
        return fuzz_handle((enum fuzz_type)(kind - PROCESS));
    if (kind >= OUT_PROCESS && kind <= OUT_ANY)
        return out(slot);
    return makers[kind](slot);
}
