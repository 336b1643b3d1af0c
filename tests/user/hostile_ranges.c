/*
 * Ranges that are not aligned, that end where nothing is, and that go round: to every memory
 * service. A range that is longer than what is behind its beginning is refused, whatever the sum is
 * in 32 bits; what is not aligned is rounded out to pages. Nothing changes by those that are
 * refused.
 */
#include "hostile.h"

static char *region; /* 64 KB: four pages are committed, the rest is reserved */
#define REGION_BYTES 0x10000u
#define COMMITTED    (4 * PAGE)

/* Bases that depend on where the region is. */
#define FROM_REGION 0x01000000u
#define AT(offset)  (FROM_REGION | (offset))

enum service {
    RESERVE,
    COMMIT,
    DECOMMIT,
    RELEASE,
    PROTECT,
    LOCK,
    UNLOCK,
    FLUSH,
    READ_MEMORY,
    WRITE_MEMORY,
    GET_WATCH,
    RESET_WATCH,
    SERVICES
};

static const char *const service_names[SERVICES] = {
    "NtAllocateVirtualMemory, to reserve",
    "NtAllocateVirtualMemory, to commit",
    "NtFreeVirtualMemory, to decommit",
    "NtFreeVirtualMemory, to release",
    "NtProtectVirtualMemory",
    "NtLockVirtualMemory",
    "NtUnlockVirtualMemory",
    "NtFlushVirtualMemory",
    "NtReadVirtualMemory",
    "NtWriteVirtualMemory",
    "NtGetWriteWatch",
    "NtResetWriteWatch",
};

static char *buffer;

static NTSTATUS call_watch(enum service service, void *base, SIZE_T size)
{
    void *addresses[4];
    ULONG_PTR count = COUNT(addresses);
    ULONG granularity;

    return service == GET_WATCH
               ? NtGetWriteWatch(THIS_PROCESS, 0, base, size, addresses, &count, &granularity)
               : NtResetWriteWatch(THIS_PROCESS, base, size);
}

static NTSTATUS flush(void *base, SIZE_T size)
{
    ULONG block[2];
    const ULONG arguments[] = {(ULONG)-1, (ULONG)(ULONG_PTR)&base, (ULONG)(ULONG_PTR)&size,
                               (ULONG)(ULONG_PTR)block};

    return call(tokos_service("NtFlushVirtualMemory"), 4, arguments);
}

static NTSTATUS call_service(enum service service, void *base, SIZE_T size)
{
    SIZE_T done;
    ULONG old;

    switch (service) {
    case RESERVE:
        return NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE);
    case COMMIT:
        return NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    case DECOMMIT:
        return NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_DECOMMIT);
    case RELEASE:
        return NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_RELEASE);
    case PROTECT:
        return NtProtectVirtualMemory(THIS_PROCESS, &base, &size, PAGE_READWRITE, &old);
    case LOCK:
        return NtLockVirtualMemory(THIS_PROCESS, &base, &size, 1);
    case UNLOCK:
        return NtUnlockVirtualMemory(THIS_PROCESS, &base, &size, 1);
    case FLUSH:
        return flush(base, size);
    case READ_MEMORY:
        return NtReadVirtualMemory(THIS_PROCESS, base, buffer, size, &done);
    case WRITE_MEMORY:
        return NtWriteVirtualMemory(THIS_PROCESS, base, buffer, size, &done);
    default:
        return call_watch(service, base, size);
    }
}

/* ---- ranges that are refused
 * ---------------------------------------------------------------------
 */

#define P2 STATUS_INVALID_PARAMETER_2
#define P3 STATUS_INVALID_PARAMETER_3
#define P4 STATUS_INVALID_PARAMETER_4
#define AV STATUS_ACCESS_VIOLATION

/* clang-format off */
static const struct {
    const char *name;
    ULONG base, size;
    NTSTATUS expected[SERVICES];
} refused[] = {
    {"the last page of all", 0xFFFFF000, 0x1000, {P2, P2, P2, P2, P2, P2, P2, P2, AV, AV, P2, P2}},
    {"round from the last byte", 0xFFFFFFFF, 2, {P2, P2, P2, P2, P2, P2, P2, P2, AV, AV, P2, P2}},
    {"the system's first page", 0x80000000, 0x1000, {P2, P2, P2, P2, P2, P2, P2, P2, AV, AV, P2, P2}},
    {"across the end of user space", 0x7FFEF000, 0x2000, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
    {"its last byte and one more", 0x7FFEFFFF, 2, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
    {"all but a byte", AT(0), 0xFFFFFFFF, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
    {"the upper half", AT(0), 0x80000000, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
    {"round to the page before", AT(PAGE), 0xFFFFF000, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
    {"round to the same byte", AT(0x123), 0xFFFFFFFF, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
    {"round by rounding up", AT(0xFFF), 0xFFFFF002, {P4, P4, P3, P3, P3, P3, P3, P2, AV, AV, P3, P3}},
};
/* clang-format on */

static void *base_of(ULONG base)
{
    return base >= AT(0) && base < AT(REGION_BYTES) ? region + (base - FROM_REGION)
                                                    : (void *)(ULONG_PTR)base;
}

static ULONG hash_of_region(void)
{
    MEMORY_BASIC_INFORMATION info;
    ULONG hash = 0;

    for (char *at = region; at < region + REGION_BYTES; at += PAGE) {
        VirtualQuery(at, &info, sizeof(info));
        hash = hash * 31 + info.State + info.Protect + (ULONG)info.RegionSize;
    }
    for (unsigned i = 0; i < COMMITTED; i += 64)
        hash = hash * 31 + (UCHAR)region[i];
    return hash;
}

static void refusals(void)
{
    ULONG before = hash_of_region();

    for (int service = 0; service < SERVICES; service++) {
        for (unsigned i = 0; i < COUNT(refused); i++) {
            void *base = base_of(refused[i].base);
            NTSTATUS expected = refused[i].expected[service];
            NTSTATUS status = call_service((enum service)service, base, refused[i].size);
            if (expected == AV)
                expected = answer_at((ULONG_PTR)base, refused[i].size, STATUS_PARTIAL_COPY);
            if (status == expected && hash_of_region() == before)
                continue;
            wrong++;
            printf("# %s: %08lX, expected %08lX\n", refused[i].name, status, expected);
        }
        check_all(service_names[service]);
    }
}

/* ---- ranges that are not aligned
 * ------------------------------------------------------------------
 */

/* Rounded out: what the service made of BASE and SIZE is WANTED pages from page FIRST on. */
static void check_range(const char *name, NTSTATUS status, char *base, SIZE_T size, unsigned first,
                        unsigned wanted)
{
    if (status != STATUS_SUCCESS || base != region + first * PAGE || size != wanted * PAGE) {
        wrong++;
        printf("# %s: %08lX, %p, %lX\n", name, status, base, (ULONG)size);
    }
}

static unsigned committed_pages(void)
{
    MEMORY_BASIC_INFORMATION info;
    unsigned pages = 0;

    for (char *at = region; at < region + REGION_BYTES; at += PAGE) {
        VirtualQuery(at, &info, sizeof(info));
        pages += info.State == MEM_COMMIT;
    }
    return pages;
}

static void rounded(void)
{
    void *base = region + 4 * PAGE + 0xFFF;
    SIZE_T size = 2;
    ULONG old;

    NTSTATUS status =
        NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    check_range("commit", status, base, size, 4, 2);
    wrong += committed_pages() != 6;
    base = region + 5 * PAGE - 1, size = 2;
    status = NtProtectVirtualMemory(THIS_PROCESS, &base, &size, PAGE_READONLY, &old);
    check_range("protect", status, base, size, 4, 2);
    base = region + 5 * PAGE - 1, size = 2;
    status = NtLockVirtualMemory(THIS_PROCESS, &base, &size, 1);
    check_range("lock", status, base, size, 4, 2);
    base = region + 5 * PAGE + 0x800, size = 1;
    status = NtUnlockVirtualMemory(THIS_PROCESS, &base, &size, 1);
    check_range("unlock", status, base, size, 5, 1);
    base = region + 4 * PAGE + 0xFFF, size = 1;
    status = NtUnlockVirtualMemory(THIS_PROCESS, &base, &size, 1);
    check_range("unlock", status, base, size, 4, 1);
    base = region + 5 * PAGE - 1, size = 2;
    status = NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_DECOMMIT);
    check_range("decommit", status, base, size, 4, 2);
    wrong += committed_pages() != 4;
    check_all("ranges are rounded out to pages");
}

static void not_at_a_base(void)
{
    void *base = region + 0x123;
    SIZE_T size = 0;

    CHECK_INT(NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_DECOMMIT), STATUS_SUCCESS);
    CHECK_INT(committed_pages(), 0); /* a byte in the first page stands for the page */
    base = region + PAGE, size = 0;
    CHECK_INT(NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_DECOMMIT),
              STATUS_FREE_VM_NOT_AT_BASE);
    CHECK_INT(NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_RELEASE),
              STATUS_FREE_VM_NOT_AT_BASE);
    base = region + 0xFFFF, size = 2;
    CHECK_INT(NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_RELEASE),
              STATUS_UNABLE_TO_FREE_VM);
    base = region + 0x8123, size = 1;
    CHECK_INT(NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE),
              STATUS_CONFLICTING_ADDRESSES);
}

/* ---- views --------------------------------------------------------------------------------------
 */

static NTSTATUS map(HANDLE section, void *base, LONGLONG from, SIZE_T size)
{
    LARGE_INTEGER offset = {.QuadPart = from};
    NTSTATUS status = NtMapViewOfSection(section, THIS_PROCESS, &base, 0, 0, &offset, &size,
                                         VIEW_UNMAP, 0, PAGE_READWRITE);

    if (NT_SUCCESS(status))
        NtUnmapViewOfSection(THIS_PROCESS, base);
    return status;
}

static void views(void)
{
    LARGE_INTEGER bytes = {.QuadPart = 0x20000};
    HANDLE section;

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &bytes, PAGE_READWRITE, SEC_COMMIT, NULL);
    CHECK_INT(map(section, NULL, 0x10000, 0), STATUS_SUCCESS);
    CHECK_INT(map(section, NULL, 1, 0), STATUS_MAPPED_ALIGNMENT);
    CHECK_INT(map(section, NULL, 0x1000, 0), STATUS_MAPPED_ALIGNMENT);
    CHECK_INT(map(section, NULL, 0x20000, 0), STATUS_INVALID_VIEW_SIZE);
    CHECK_INT(map(section, NULL, 0x10000, 0x10001), STATUS_INVALID_VIEW_SIZE);
    CHECK_INT(map(section, NULL, 0x10000, 0x7FFFFFFF), STATUS_INVALID_PARAMETER_3);
    CHECK_INT(map(section, NULL, -0x10000, 0), STATUS_INVALID_VIEW_SIZE);
    CHECK_INT(map(section, NULL, -0x10000, 0x20000), STATUS_INVALID_VIEW_SIZE);
    CHECK_INT(map(section, NULL, 0x100000000ll, 0x10000), STATUS_INVALID_VIEW_SIZE);
    CHECK_INT(map(section, NULL, 0, 0xFFFFFFFF), STATUS_INVALID_PARAMETER_3);
    CHECK_INT(map(section, (void *)0x10001, 0, 0), STATUS_MAPPED_ALIGNMENT);
    CHECK_INT(map(section, (void *)0x7FFE0000, 0, 0), STATUS_CONFLICTING_ADDRESSES);
    CHECK_INT(map(section, (void *)0xFFFF0000, 0, 0), STATUS_INVALID_PARAMETER_3);
    CHECK_INT(map(section, region, 0, 0), STATUS_CONFLICTING_ADDRESSES);
    CloseHandle(section);
}

/* ---- copies -------------------------------------------------------------------------------------
 */

static void copies(void)
{
    SIZE_T done = 0;

    memset(buffer, 0, PAGE);
    CHECK_INT(NtReadVirtualMemory(THIS_PROCESS, region + COMMITTED - 3, buffer + 1, 7, &done),
              STATUS_PARTIAL_COPY);
    CHECK_INT(done, 3);
    CHECK(buffer[3] == 0x5A && !buffer[4]);
    CHECK_INT(NtWriteVirtualMemory(THIS_PROCESS, region + COMMITTED - 3, buffer + 1, 7, &done),
              STATUS_PARTIAL_COPY);
    CHECK_INT(done, 3);
    CHECK_INT(NtReadVirtualMemory(THIS_PROCESS, region + 0xFFF, buffer + 0xFFE, 3, &done),
              STATUS_SUCCESS);
    CHECK_INT(done, 3);
    CHECK_INT(NtReadVirtualMemory(THIS_PROCESS, (void *)0xFFFFFFFF, buffer, 0, &done),
              STATUS_SUCCESS); /* nothing is nowhere */
    CHECK_INT(done, 0);
    /* Onto itself, by a byte: what is copied is what was there, page by page. */
    CHECK_INT(NtReadVirtualMemory(THIS_PROCESS, region, region + 1, 2 * PAGE, &done),
              STATUS_SUCCESS);
    CHECK_INT(done, 2 * PAGE);
}

int main(int count, char **words)
{
    read_words(count, words);
    region = VirtualAlloc(NULL, REGION_BYTES, MEM_RESERVE | MEM_WRITE_WATCH, PAGE_READWRITE);
    VirtualAlloc(region, COMMITTED, MEM_COMMIT, PAGE_READWRITE);
    memset(region, 0x5A, COMMITTED);
    buffer = VirtualAlloc(NULL, 0x10000, MEM_COMMIT, PAGE_READWRITE);
    struct tokos_counters before = kernel_counters();
    refusals();
    rounded();
    copies();
    check_nothing_lost(&before);
    not_at_a_base();
    views();
    return check_done();
}
