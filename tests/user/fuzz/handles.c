/* The handles that a life has, by the types of their objects. */
#include "tests/user/fuzz/fuzz.h"

#define A_TYPE 8u /* handles kept of each */

static struct {
    uint32_t handles[A_TYPE], next;
} known[FUZZ_TYPES];

static uint32_t weak[FUZZ_TYPES]; /* the right type, no rights */
static uint32_t closed;

void fuzz_learn_handle(enum fuzz_type type, uint32_t handle)
{
    uint32_t *place;

    if (type == TYPE_ANY)
        type = fuzz_below(FUZZ_TYPES); /* a wrong one is as good */
    place = &known[type].handles[known[type].next++ % A_TYPE];
    if (*place)
        FUZZ_CALL(NtClose, *place);
    *place = handle;
}

uint32_t fuzz_known_handle(uint32_t random)
{
    return known[random % FUZZ_TYPES].handles[(random >> 8) % A_TYPE];
}

static uint32_t good(enum fuzz_type type)
{
    uint32_t most = known[type].next < A_TYPE ? known[type].next : A_TYPE;

    return most ? known[type].handles[fuzz_below(most)] : 0;
}

static uint32_t wrong_type(enum fuzz_type type)
{
    return good((type + 1 + fuzz_below(FUZZ_TYPES - 1)) % FUZZ_TYPES);
}

static uint32_t without_rights(enum fuzz_type type)
{
    return weak[type];
}

static uint32_t pseudo(enum fuzz_type type)
{
    (void)type;
    return -1u - fuzz_below(7);
}

static uint32_t with_low_bits(enum fuzz_type type)
{
    return good(type) | (1 + fuzz_below(3));
}

static uint32_t of_the_kernel(enum fuzz_type type)
{
    return (fuzz_one_in(2) ? good(type) : fuzz_below(64) * 4) | 0x80000000u;
}

static uint32_t huge(enum fuzz_type type)
{
    static const uint32_t edges[] = {0x7FFFFFFC, 0x3FFFFC, 0x400000, 0x7F800,    0x80000,
                                     0x1000,     0x10000,  0xFFC,    0x40000000, 0xDEADBEE0};

    (void)type;
    return FUZZ_PICK(edges);
}

static uint32_t closed_one(enum fuzz_type type)
{
    (void)type;
    return closed;
}

static uint32_t nothing(enum fuzz_type type)
{
    (void)type;
    return 0;
}

static uint32_t any_number(enum fuzz_type type)
{
    (void)type;
    return fuzz_below(128) * 4;
}

uint32_t fuzz_handle(enum fuzz_type type)
{
    static uint32_t (*const bad[])(enum fuzz_type) = {
        wrong_type,    wrong_type, without_rights, pseudo,  with_low_bits,
        of_the_kernel, huge,       closed_one,     nothing, any_number};

    if (type == TYPE_ANY)
        type = fuzz_below(FUZZ_TYPES);
    if (type == TYPE_PROCESS && fuzz_one_in(2))
        return -1u;
    if (type == TYPE_THREAD && fuzz_one_in(8))
        return -2u;
    return fuzz_one_in(4) ? FUZZ_PICK(bad)(type) : good(type);
}

/* ---- those that a life begins with --------------------------------------------------------------
 */

static uint32_t made;

static OBJECT_ATTRIBUTES *named(const WCHAR *name)
{
    static UNICODE_STRING string;
    static OBJECT_ATTRIBUTES attributes;
    USHORT bytes = 0;

    while (name[bytes / 2])
        bytes += 2;
    string = (UNICODE_STRING){bytes, bytes, (WCHAR *)name};
    attributes = (OBJECT_ATTRIBUTES){
        .Length = sizeof(attributes), .ObjectName = &string, .Attributes = OBJ_CASE_INSENSITIVE};
    return &attributes;
}

/* STATUS of a call that has set `made`. */
static void learn(enum fuzz_type type, uint32_t status)
{
    if ((int32_t)status >= 0)
        fuzz_learn_handle(type, made);
}

#define MAKE(type, name, ...) \
    learn(type, FUZZ_CALL(name, (uint32_t)&made, MAXIMUM_ALLOWED, __VA_ARGS__))

static void open_file(const WCHAR *name, uint32_t access, uint32_t options)
{
    static IO_STATUS_BLOCK block;

    learn(TYPE_FILE, FUZZ_CALL(NtOpenFile, (uint32_t)&made, access, (uint32_t)named(name),
                               (uint32_t)&block, 7, options));
}

static void open_files(void)
{
    open_file(L"\\??\\C:\\test\\numbers.bin", 0x120089, 0x20);
    open_file(L"\\??\\C:\\test\\hello.txt", 0x120089, 0);
    open_file(L"\\??\\C:\\test\\many", 0x100001, 0x21);
    open_file(L"\\??\\C:\\test\\numbers.bin", 0x120089, 0x28);
    open_file(L"\\??\\C:", 0x100080, 0x20);
    open_file(L"\\??\\NUL", 0x12019F, 0x20);
    open_file(L"\\??\\C:\\fuzz.exe", 0x1200A9, 0x20);
}

static void make_sections(void)
{
    uint32_t file = known[TYPE_FILE].handles[known[TYPE_FILE].next - 1];
    static const LARGE_INTEGER size = {.QuadPart = VIEW_BYTES};
    static const LARGE_INTEGER large = {.QuadPart = 0x400000};

    MAKE(TYPE_SECTION, NtCreateSection, 0, (uint32_t)&size, PAGE_EXECUTE_READWRITE, SEC_COMMIT, 0);
    MAKE(TYPE_SECTION, NtCreateSection, 0, (uint32_t)&large, PAGE_READWRITE, SEC_RESERVE, 0);
    MAKE(TYPE_SECTION, NtCreateSection, 0, 0, PAGE_EXECUTE, SEC_IMAGE, file);
    MAKE(TYPE_SECTION, NtCreateSection, 0, 0, PAGE_READONLY, SEC_COMMIT, file);
}

/* A clone that never runs, and a thread of it that begins when it is resumed. */
static void make_victims(void)
{
    for (uint32_t i = 0; i < 2; i++) {
        HANDLE thread;
        MAKE(TYPE_PROCESS, NtCreateProcess, 0, -1u, 0, 0, 0, 0);
        if (RtlCreateUserThread((HANDLE)made, NULL, TRUE, 0, 0x10000, 0x4000,
                                (void *)fuzz_short_life, NULL, &thread, NULL) >= 0)
            fuzz_learn_handle(TYPE_THREAD, (uint32_t)thread);
    }
}

static void make_weak_ones(void)
{
    for (uint32_t type = 0; type < FUZZ_TYPES; type++)
        FUZZ_CALL(NtDuplicateObject, -1u, good(type), -1u, (uint32_t)&weak[type], 0, 0, 0);
}

void fuzz_make_handles(void)
{
    make_victims();
    FUZZ_CALL(NtDuplicateObject, -1u, -2u, -1u, (uint32_t)&made, 0, 0, DUPLICATE_SAME_ACCESS);
    fuzz_learn_handle(TYPE_THREAD, made);
    open_files();
    make_sections();
    for (uint32_t i = 0; i < 2; i++) {
        MAKE(TYPE_EVENT, NtCreateEvent, 0, i, 1);
        MAKE(TYPE_TIMER, NtCreateTimer, 0, i);
        MAKE(TYPE_MUTANT, NtCreateMutant, 0, i);
        MAKE(TYPE_SEMAPHORE, NtCreateSemaphore, 0, i, 5);
    }
    MAKE(TYPE_DIRECTORY, NtOpenDirectoryObject, (uint32_t)named(L"\\BaseNamedObjects"));
    MAKE(TYPE_DIRECTORY, NtCreateDirectoryObject, 0);
    MAKE(TYPE_LINK, NtOpenSymbolicLinkObject, (uint32_t)named(L"\\??\\C:"));
    make_weak_ones();
    FUZZ_CALL(NtCreateEvent, (uint32_t)&closed, MAXIMUM_ALLOWED, 0, 0, 0);
    FUZZ_CALL(NtClose, closed);
}
