/*
 * Pointers behind pointers: the name in OBJECT_ATTRIBUTES, and the text of a UNICODE_STRING, at
 * places where the program does not belong, or longer than they are. What the kernel would make of
 * them it must not have made.
 */
#include "hostile.h"

static OBJECT_ATTRIBUTES attributes;
static UNICODE_STRING name;
static HANDLE folder, link_object;
static ULONG result[64];

typedef NTSTATUS (*user)(void);

static NTSTATUS call_named(const char *service, ULONG d, ULONG e)
{
    HANDLE handle;
    const ULONG arguments[] = {(ULONG)(ULONG_PTR)&handle, MAXIMUM_ALLOWED,
                               (ULONG)(ULONG_PTR)&attributes, d, e};
    unsigned count = !strcmp(service, "NtCreateEvent") || !strcmp(service, "NtCreateSemaphore") ? 5
                     : !strncmp(service, "NtOpen", 6)                                           ? 3
                                                                                                : 4;
    NTSTATUS status = call(tokos_service(service), count, arguments);

    if (NT_SUCCESS(status))
        CloseHandle(handle);
    return status;
}

static NTSTATUS create_event(void)
{
    return call_named("NtCreateEvent", 0, 0);
}

static NTSTATUS create_semaphore(void)
{
    return call_named("NtCreateSemaphore", 0, 1);
}

static NTSTATUS create_mutant(void)
{
    return call_named("NtCreateMutant", 0, 0);
}

static NTSTATUS open_event(void)
{
    return call_named("NtOpenEvent", 0, 0);
}

static NTSTATUS open_section(void)
{
    return call_named("NtOpenSection", 0, 0);
}

static NTSTATUS open_directory(void)
{
    return call_named("NtOpenDirectoryObject", 0, 0);
}

static NTSTATUS query_attributes(void)
{
    const ULONG arguments[] = {(ULONG)(ULONG_PTR)&attributes, (ULONG)(ULONG_PTR)result};

    return call(tokos_service("NtQueryAttributesFile"), 2, arguments);
}

static const user users[] = {create_event, create_semaphore, create_mutant,   open_event,
                             open_section, open_directory,   query_attributes};

/* These take a string itself. */
static NTSTATUS display(void)
{
    const ULONG arguments[] = {(ULONG)(ULONG_PTR)&name};

    return call(tokos_service("NtDisplayString"), 1, arguments);
}

static NTSTATUS list_folder(void)
{
    const ULONG arguments[] = {(ULONG)(ULONG_PTR)folder,
                               0,
                               0,
                               0,
                               (ULONG)(ULONG_PTR)result,
                               (ULONG)(ULONG_PTR)result,
                               sizeof(result),
                               1,
                               1,
                               (ULONG)(ULONG_PTR)&name,
                               1};

    return call(tokos_service("NtQueryDirectoryFile"), 11, arguments);
}

static NTSTATUS link_target(void)
{
    HANDLE handle;
    OBJECT_ATTRIBUTES none;
    const ULONG arguments[] = {(ULONG)(ULONG_PTR)&handle, 1, (ULONG)(ULONG_PTR)&none,
                               (ULONG)(ULONG_PTR)&name};

    InitializeObjectAttributes(&none, NULL, 0, NULL, NULL);
    return call(tokos_service("NtCreateSymbolicLinkObject"), 4, arguments);
}

/* .. and this writes to it. */
static NTSTATUS query_link(void)
{
    const ULONG arguments[] = {(ULONG)(ULONG_PTR)link_object, (ULONG)(ULONG_PTR)&name, 0};

    return call(tokos_service("NtQuerySymbolicLinkObject"), 3, arguments);
}

static const user string_users[] = {display, list_folder, link_target, query_link};

static void expect_all(const user *functions, unsigned count, NTSTATUS status, const char *what)
{
    for (unsigned i = 0; i < count; i++) {
        NTSTATUS got = functions[i]();
        if (got == status)
            continue;
        wrong++;
        printf("# %s, user %u: %08lX\n", what, i, got);
    }
}

static void name_at(ULONG_PTR at, USHORT length)
{
    name.Length = length;
    name.MaximumLength = 0x1000;
    name.Buffer = (WCHAR *)at;
}

static void at_bad_places(void)
{
    for (unsigned i = 0; i < COUNT(kernel_places); i++) {
        attributes.ObjectName = (UNICODE_STRING *)kernel_places[i].at;
        expect_all(users, COUNT(users), STATUS_ACCESS_VIOLATION, kernel_places[i].name);
    }
    check_all("names of the kernel");
    attributes.ObjectName = &name;
    for (unsigned i = 0; i < COUNT(kernel_places); i++) {
        name_at(kernel_places[i].at, 8);
        expect_all(users, COUNT(users), STATUS_ACCESS_VIOLATION, kernel_places[i].name);
        expect_all(string_users, COUNT(string_users), STATUS_ACCESS_VIOLATION,
                   kernel_places[i].name);
    }
    check_all("texts of the kernel");
    name_at(0x40, 8);
    expect_all(users, COUNT(users), STATUS_ACCESS_VIOLATION, "the first page");
    expect_all(string_users, COUNT(string_users), STATUS_ACCESS_VIOLATION, "the first page");
    name_at(MM_HIGHEST_USER_ADDRESS - 6u, 0xFFFE);
    expect_all(users, COUNT(users), STATUS_ACCESS_VIOLATION, "across");
    check_all("texts of nobody");
}

/* The text ends in a page that is not there. */
static void too_long(void)
{
    DWORD old;
    WCHAR *page = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);

    for (unsigned i = 0; i < PAGE / sizeof(WCHAR); i++)
        page[i] = L'\\';
    VirtualProtect((char *)page + PAGE, PAGE, PAGE_NOACCESS, &old);
    name_at((ULONG_PTR)page + PAGE - 6, 8);
    expect_all(users, COUNT(users), STATUS_ACCESS_VIOLATION, "one unit too long");
    name_at((ULONG_PTR)page, 0xFFFE);
    expect_all(users, COUNT(users), STATUS_ACCESS_VIOLATION, "64 KB");
    name_at((ULONG_PTR)page, 7);
    expect_all(users, COUNT(users), STATUS_OBJECT_NAME_INVALID, "odd");
    check_all("texts that are longer than they are");
    VirtualFree(page, 0, MEM_RELEASE);
}

static void attributes_that_are_none(void)
{
    RtlInitUnicodeString(&name, L"\\hostile");
    attributes.Length = 0;
    expect_all(users, COUNT(users), STATUS_INVALID_PARAMETER, "length 0");
    attributes.Length = 0xFFFFFFFF;
    expect_all(users, COUNT(users), STATUS_INVALID_PARAMETER, "length -1");
    attributes.Length = sizeof(attributes);
    attributes.Attributes = 0xFFFFFFFF;
    expect_all(users, COUNT(users), STATUS_INVALID_PARAMETER, "all flags");
    attributes.Attributes = 0;
    attributes.SecurityDescriptor = (void *)PTE_BASE; /* is not looked at */
    CHECK_INT(create_event(), STATUS_SUCCESS);
    check_all("attributes that make no sense");
}

int main(void)
{
    UNICODE_STRING drive;

    InitializeObjectAttributes(&attributes, &drive, 0, NULL, NULL);
    RtlInitUnicodeString(&drive, L"\\??\\C:");
    const ULONG open[] = {(ULONG)(ULONG_PTR)&link_object, 1, (ULONG)(ULONG_PTR)&attributes};
    CHECK_INT(call(tokos_service("NtOpenSymbolicLinkObject"), 3, open), STATUS_SUCCESS);
    folder = CreateFileA("C:\\", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                         FILE_FLAG_BACKUP_SEMANTICS, NULL);
    HANDLE next = next_handle();
    struct tokos_counters before = kernel_counters();
    at_bad_places();
    too_long();
    attributes_that_are_none();
    CHECK(next_handle() == next);
    check_nothing_lost(&before);
    return check_done();
}
