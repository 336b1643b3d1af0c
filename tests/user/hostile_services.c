/*
 * Every pointer of every service, to each place where its caller does not belong. The service must
 * say so, and have changed nothing: there is no handle more, no memory, and all objects are as they
 * were.
 */
#include "hostile_services.h"

#define STACK_BYTES (2 * PAGE)

typedef NTSTATUS(NTAPI *nt_create_named)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);

static HANDLE objects[OBJECTS];
static void *base;
static HANDLE made; /* by the call, if it makes one */

/* ---- what is there ------------------------------------------------------------------------------
 */

static const WCHAR *const names[] = {
    [EVENT_NAME] = L"\\hostile event",
    [SEMAPHORE_NAME] = L"\\hostile semaphore",
    [MUTANT_NAME] = L"\\hostile mutant",
    [TIMER_NAME] = L"\\hostile timer",
    [SECTION_NAME] = L"\\hostile section",
    [DIRECTORY_NAME] = L"\\??",
    [LINK_NAME] = L"\\??\\C:",
    [FILE_NAME] = L"\\??\\C:\\ntdll.dll",
};

static UNICODE_STRING texts[COUNT(names)];

static void set_attributes(OBJECT_ATTRIBUTES *attributes, enum sample name)
{
    if (name < COUNT(names) && names[name])
        RtlInitUnicodeString(&texts[name], names[name]);
    InitializeObjectAttributes(attributes, name < COUNT(names) && names[name] ? &texts[name] : NULL,
                               0, NULL, NULL);
}

static void fill_context(CONTEXT *context)
{
    memset(context, 0, sizeof(*context));
    context->ContextFlags = CONTEXT_FULL;
    context->Eip = (DWORD)(ULONG_PTR)ExitThread;
    context->Esp = (DWORD)(ULONG_PTR)base + STACK_BYTES;
}

static DWORD WINAPI nothing(void *unused)
{
    (void)unused;
    return 0;
}

static NTSTATUS call_by_name(const char *service, ULONG a, ULONG b, ULONG c, ULONG d, ULONG e)
{
    typedef NTSTATUS(NTAPI * service_of_5)(ULONG, ULONG, ULONG, ULONG, ULONG);
    typedef NTSTATUS(NTAPI * service_of_4)(ULONG, ULONG, ULONG, ULONG);
    FARPROC function = tokos_service(service);

    if (!strcmp(service, "NtCreateEvent") || !strcmp(service, "NtCreateSemaphore"))
        return ((service_of_5)(void *)function)(a, b, c, d, e);
    return ((service_of_4)(void *)function)(a, b, c, d);
}

/* The object that NAME is the name of. */
static HANDLE create_named(const char *service, enum sample name, ULONG d, ULONG e)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle = NULL;

    set_attributes(&attributes, name);
    call_by_name(service, (ULONG)(ULONG_PTR)&handle, MAXIMUM_ALLOWED, (ULONG)(ULONG_PTR)&attributes,
                 d, e);
    return handle;
}

static HANDLE section_of(const char *path)
{
    HANDLE section = NULL,
           file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file);
    CloseHandle(file);
    return section;
}

static void make_objects(void)
{
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER size = {.QuadPart = 2 * PAGE};
    HANDLE link = NULL;

    objects[OWN_PROCESS] = THIS_PROCESS;
    objects[OWN_THREAD] = GetCurrentThread();
    objects[OTHER_THREAD] = CreateThread(NULL, 0, nothing, NULL, CREATE_SUSPENDED, NULL);
    objects[EVENT] = create_named("NtCreateEvent", EVENT_NAME, 0, FALSE);
    objects[SET_EVENT] = CreateEventA(NULL, TRUE, TRUE, NULL);
    objects[SEMAPHORE] = create_named("NtCreateSemaphore", SEMAPHORE_NAME, 0, 1000);
    objects[MUTANT] = create_named("NtCreateMutant", MUTANT_NAME, FALSE, 0);
    objects[TIMER] = create_named("NtCreateTimer", TIMER_NAME, 0, 0);
    set_attributes(&attributes, SECTION_NAME);
    NtCreateSection(&objects[SECTION], SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE,
                    SEC_COMMIT, NULL);
    objects[GROWING_SECTION] = section_of("C:\\ntdll.dll");
    set_attributes(&attributes, LINK_NAME);
    ((nt_create_named)(void *)tokos_service("NtOpenSymbolicLinkObject"))(&link, 1, &attributes);
    objects[LINK] = link;
    objects[A_FILE] =
        CreateFileA("C:\\ntdll.dll", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    objects[A_FOLDER] = CreateFileA("C:\\", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS, NULL);
    objects[NULL_FILE] = CreateFileA("NUL", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    objects[A_CONSOLE] = GetStdHandle(STD_INPUT_HANDLE);
    objects[TEMPORARY] = CreateEventA(NULL, FALSE, FALSE, NULL);
    objects[DEBUGGER] = create_named("NtCreateDebugObject", NO_NAME, 0, 0);
    for (int i = 0; i < OBJECTS; i++)
        expect(objects[i] && (objects[i] != INVALID_HANDLE_VALUE || i == OWN_PROCESS), "an object");
    check_all("all objects are there");
}

/* ---- what is changed ----------------------------------------------------------------------------
 */

/* Everything that a service of the table could have changed. */
struct state {
    HANDLE handle; /* the next */
    void *memory;  /* the same */
    ULONG objects[12];
    MEMORY_BASIC_INFORMATION at_base;
};

/* What an object's basic information has of its state. */
static const struct {
    const char *service;
    UCHAR object, bytes, word;
} queries[] = {
    {"NtQueryEvent", EVENT, 8, 1},         {"NtQueryEvent", SET_EVENT, 8, 1},
    {"NtQuerySemaphore", SEMAPHORE, 8, 0}, {"NtQueryMutant", MUTANT, 8, 0},
    {"NtQueryTimer", TIMER, 16, 2},
};

static ULONG query_object(unsigned i)
{
    typedef NTSTATUS(NTAPI * query_service)(HANDLE, ULONG, void *, ULONG, ULONG *);
    static query_service services[COUNT(queries)];
    ULONG answer[4] = {0};

    if (!services[i])
        services[i] = (query_service)(void *)tokos_service(queries[i].service);
    services[i](objects[queries[i].object], 0, answer, queries[i].bytes, NULL);
    return answer[queries[i].word];
}

static struct state look(void)
{
    struct state state;
    void *written[1];
    ULONG_PTR count = 1;
    ULONG granularity;

    memset(&state, 0, sizeof(state));
    state.handle = next_handle();
    state.memory = VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualFree(state.memory, 0, MEM_RELEASE);
    for (unsigned i = 0; i < COUNT(queries); i++)
        state.objects[i] = query_object(i);
    state.objects[5] = GetPriorityClass(THIS_PROCESS);
    state.objects[6] = GetThreadPriority(GetCurrentThread());
    state.objects[7] = SuspendThread(objects[OTHER_THREAD]);
    ResumeThread(objects[OTHER_THREAD]);
    state.objects[8] = SetFilePointer(objects[A_FILE], 0, NULL, FILE_CURRENT);
    GetHandleInformation(objects[EVENT], &state.objects[9]);
    if (base)
        VirtualQuery(base, &state.at_base, sizeof(state.at_base));
    if (base && state.at_base.State == MEM_COMMIT)
        state.objects[10] = GetWriteWatch(0, base, PAGE, written, &count, &granularity) ? 0 : count;
    return state;
}

static void prepare(enum setting setting)
{
    DWORD type = setting == RESERVED ? MEM_RESERVE : MEM_RESERVE | MEM_COMMIT;

    made = NULL;
    base = NULL;
    if (setting == WATCHED)
        type |= MEM_WRITE_WATCH;
    if ((setting >= RESERVED && setting <= LOCKED) || setting == NEW_THREAD)
        base = VirtualAlloc(NULL, STACK_BYTES, type, PAGE_READWRITE);
    if (setting == WATCHED)
        *(volatile char *)base = 1;
    if (setting == LOCKED)
        VirtualLock(base, PAGE);
    if (setting == MUTANT_HELD)
        WaitForSingleObject(objects[MUTANT], INFINITE);
    if (setting == SUSPENDED)
        SuspendThread(objects[OTHER_THREAD]);
}

static void put_right(enum setting setting, NTSTATUS status)
{
    if (NT_SUCCESS(status)) {
        if (setting == NEW_MEMORY)
            base = made, made = NULL;
        if (setting == NEW_VIEW)
            UnmapViewOfFile(made), made = NULL;
        if (setting == NEW_THREAD)
            TerminateThread(made, 0), WaitForSingleObject(made, INFINITE);
        if (setting == NEW_PROCESS)
            TerminateProcess(made, 0), WaitForSingleObject(made, INFINITE);
        if (made)
            CloseHandle(made);
    }
    if (base)
        VirtualFree(base, 0, MEM_RELEASE);
    base = NULL;
    if (setting == MUTANT_HELD)
        ReleaseMutex(objects[MUTANT]);
    while (setting == SUSPENDED && ResumeThread(objects[OTHER_THREAD]) > 2)
        ;
    if (setting == SUSPENDED)
        SuspendThread(objects[OTHER_THREAD]);
    while (setting == SUSPENDED && ResumeThread(objects[OTHER_THREAD]) != 2)
        SuspendThread(objects[OTHER_THREAD]), SuspendThread(objects[OTHER_THREAD]);
}

/* ---- arguments ----------------------------------------------------------------------------------
 */

/* An argument's own page, so that none is where another is. */
static UCHAR *samples;

static void fill_sample(enum sample sample, UCHAR *at)
{
    static WCHAR room[64];
    static const ULONG words[] = {[BYTES] = PAGE,
                                  [WATCH_COUNT] = 1,
                                  [SECTION_BYTES] = PAGE,
                                  [MORE_BYTES] = PAGE,
                                  [PRIORITY_CLASS] = 2 << 8};

    memset(at, 0, SAMPLE_BYTES);
    if (sample < COUNT(words))
        *(ULONG *)(void *)at = words[sample];
    if (sample >= NO_NAME && sample <= FILE_NAME)
        set_attributes((OBJECT_ATTRIBUTES *)(void *)at, sample);
    switch (sample) {
    case IN_A_DAY:
        *(LONGLONG *)(void *)at = -864000000000ll;
        break;
    case BASE:
        *(void **)(void *)at = base;
        break;
    case LINK_TARGET:
        RtlInitUnicodeString((UNICODE_STRING *)(void *)at, L"\\??\\C:");
        break;
    case A_STACK:
        ((ULONG *)(void *)at)[2] = (ULONG)(ULONG_PTR)base + STACK_BYTES;
        ((ULONG *)(void *)at)[3] = (ULONG)(ULONG_PTR)base;
        break;
    case TEXT:
        RtlInitUnicodeString((UNICODE_STRING *)(void *)at, L"*");
        break;
    case ROOM:
        *(UNICODE_STRING *)(void *)at = (UNICODE_STRING){0, sizeof(room), room};
        break;
    case A_CONTEXT:
        fill_context((CONTEXT *)(void *)at);
        break;
    case OWN_CLIENT:
        ((ULONG *)(void *)at)[0] = GetCurrentProcessId();
        ((ULONG *)(void *)at)[1] = GetCurrentThreadId();
        break;
    case HANDLES_OF_EVENTS:
        ((HANDLE *)(void *)at)[0] = objects[SET_EVENT];
        ((HANDLE *)(void *)at)[1] = objects[SET_EVENT];
        break;
    default:
        break;
    }
}

static ULONG value_of(const struct argument *argument, unsigned index)
{
    UCHAR *at = samples + index * PAGE;

    switch (argument->kind) {
    case NUMBER:
        return argument->value;
    case OBJECT:
        return (ULONG)(ULONG_PTR)objects[argument->value];
    case ADDRESS:
        return argument->value ? argument->value : (ULONG)(ULONG_PTR)base;
    case READ:
    case WRITTEN:
    case CHANGED:
        fill_sample(argument->sample, at);
        return (ULONG)(ULONG_PTR)at;
    default:
        return 0;
    }
}

static unsigned count_arguments(const struct row *row)
{
    unsigned count = 0;

    while (count < MOST_ARGUMENTS && row->arguments[count].kind != NO_ARGUMENT)
        count++;
    return count;
}

static int is_pointer(const struct argument *argument)
{
    return argument->kind == READ || argument->kind == WRITTEN || argument->kind == CHANGED;
}

/* Where what the call made is: at its first pointer that it writes to. */
static HANDLE made_by(const struct row *row, const ULONG *arguments)
{
    for (unsigned i = 0; i < MOST_ARGUMENTS; i++)
        if (row->setting >= NEW_HANDLE && row->setting <= NEW_PROCESS &&
            (row->arguments[i].kind == WRITTEN || row->arguments[i].kind == CHANGED))
            return *(HANDLE *)(ULONG_PTR)arguments[i];
    return NULL;
}

/* The sample at AT, moved to an odd place in its page. */
#define NOT_ALIGNED 0x00000001u

static ULONG moved(ULONG at)
{
    return (ULONG)(ULONG_PTR)memcpy((UCHAR *)(ULONG_PTR)at + 0x801, (UCHAR *)(ULONG_PTR)at,
                                    SAMPLE_BYTES);
}

/* Call with argument REPLACED (none: ~0) being VALUE, and look that what must not be is not
 * changed.
 */
static void try(const struct row *row, unsigned replaced, ULONG value, NTSTATUS expected,
                const char *place)
{
    ULONG arguments[MOST_ARGUMENTS];

    prepare(row->setting);
    for (unsigned i = 0; i < MOST_ARGUMENTS; i++)
        arguments[i] = value_of(&row->arguments[i], i);
    if (value == NOT_ALIGNED)
        value = moved(arguments[replaced]);
    if (replaced < MOST_ARGUMENTS)
        arguments[replaced] = value;
    struct state before = look();
    NTSTATUS status = call(tokos_service(row->service), count_arguments(row), arguments);
    struct state after = look();
    if (NT_SUCCESS(status))
        made = made_by(row, arguments);
    int changed = !NT_SUCCESS(status) && memcmp(&before, &after, sizeof(before));
    if (status != expected || changed) {
        wrong++;
        printf("# %s, argument %u, %s (%08lX): %08lX, expected %08lX%s\n", row->service,
               replaced + 1, place, value, status, expected, changed ? "; something changed" : "");
    }
    put_right(row->setting, status);
}

/* ---- bad places ---------------------------------------------------------------------------------
 */

static UCHAR *no_access; /* two pages, of which only the first is there */
static UCHAR *read_only; /* the second is, the first can be written */
static UCHAR *guarded;

static void make_places(void)
{
    DWORD old;

    samples = VirtualAlloc(NULL, MOST_ARGUMENTS * PAGE, MEM_COMMIT, PAGE_READWRITE);
    no_access = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualProtect(no_access + PAGE, PAGE, PAGE_NOACCESS, &old);
    read_only = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualProtect(read_only + PAGE, PAGE, PAGE_READONLY, &old);
    guarded = VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READWRITE);
}

/* All that begins at PAGE_AT - BYTES + 1 is there but for the last byte. */
static void try_end(const struct row *row, unsigned index, UCHAR *page_at, NTSTATUS answer,
                    const char *place)
{
    const struct argument *argument = &row->arguments[index];
    UCHAR *at = page_at - argument->bytes + 1;
    UCHAR sample[SAMPLE_BYTES];

    if (argument->bytes < 2)
        return;
    fill_sample(argument->sample, sample);
    memcpy(at, sample, argument->bytes - 1);
    try(row, index, (ULONG)(ULONG_PTR)at, answer, place);
}

static void try_guarded(const struct row *row, unsigned index)
{
    DWORD old;

    VirtualProtect(guarded, PAGE, PAGE_READWRITE | PAGE_GUARD, &old);
    try(row, index, (ULONG)(ULONG_PTR)guarded,
        row->arguments[index].answer ? row->arguments[index].answer : STATUS_GUARD_PAGE_VIOLATION,
        "a guard page");
    VirtualProtect(guarded, PAGE, PAGE_READWRITE, &old);
}

/* Addresses that are not aligned are good ones. */
static void try_unaligned(const struct row *row, unsigned index)
{
    if (row->setting != NOT_TRIED)
        try(row, index, NOT_ALIGNED, row->good, "not aligned");
}

static int warm; /* what the kernel's heaps grow by, they grow by in a first round */

static void try_pointer(const struct row *row, unsigned index)
{
    const struct argument *argument = &row->arguments[index];
    NTSTATUS answer = argument->answer ? argument->answer : STATUS_ACCESS_VIOLATION;

    for (unsigned i = 0; i < COUNT(kernel_places); i++)
        try(row, index, kernel_places[i].at,
            answer_at(kernel_places[i].at, argument->bytes, answer), kernel_places[i].name);
    ULONG_PTR across = HIGHEST_USER + 2 - argument->bytes;
    try(row, index, across, answer_at(across, argument->bytes, answer),
        "across the end of user space");
    try(row, index, 0x40, answer, "the first page");
    try(row, index, (ULONG)(ULONG_PTR)no_access + PAGE, answer, "no access");
    try_end(row, index, no_access + PAGE, answer, "into no access");
    if (argument->kind != READ) {
        try(row, index, (ULONG)(ULONG_PTR)read_only + PAGE, answer, "read-only");
        try_end(row, index, read_only + PAGE, answer, "into read-only");
    }
    try_guarded(row, index);
    try_unaligned(row, index);
}

static void try_address(const struct row *row, unsigned index, NTSTATUS expected)
{
    for (unsigned i = 0; i < COUNT(kernel_places); i++)
        try(row, index, kernel_places[i].at,
            expected == STATUS_ACCESS_VIOLATION
                ? answer_at(kernel_places[i].at, 1, STATUS_PARTIAL_COPY) /* which copies */
                : expected,
            kernel_places[i].name);
}

static void try_argument(const struct row *row, unsigned index)
{
    const struct argument *argument = &row->arguments[index];
    char name[96];

    if (is_pointer(argument))
        try_pointer(row, index);
    else if (argument->kind == ADDRESS)
        try_address(row, index, argument->answer);
    else if (argument->kind == IGNORED)
        try_address(row, index, row->good);
    else
        return;
    sprintf(name, "%s: argument %u", row->service, index + 1);
    if (warm)
        check_all(name);
    else
        printf("# %s\n", name);
}

static void try_all(void)
{
    for (unsigned i = 0; i < COUNT(rows); i++)
        for (unsigned j = 0; j < count_arguments(&rows[i]); j++)
            try_argument(&rows[i], j);
}

int main(int count, char **words)
{
    read_words(count, words);
    make_places();
    make_objects();
    for (unsigned i = 0; i < COUNT(rows); i++)
        if (rows[i].setting != NOT_TRIED)
            try(&rows[i], ~0u, 0, rows[i].good, "all right");
    check_all("each service does what it is asked");
    try_all();
    wrong = 0;
    warm = 1;
    struct tokos_counters before = kernel_counters();
    try_all();
    check_nothing_lost(&before);
    return check_done();
}
