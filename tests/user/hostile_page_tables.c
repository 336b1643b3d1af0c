/*
 * The page tables at C0000000, through which a program that could write would have all memory. Its
 * own entries are tried: by instructions, by services that write where they are told, by mapping
 * something there, and by handing them over as buffers. The entry is what it was afterwards.
 */
#include "hostile.h"

static UCHAR page[2 * PAGE] __attribute__((aligned(4096))) = {1};

static query_page_service query_page;

static ULONG *entry_of(const void *at)
{
    return (ULONG *)(ULONG_PTR)(PTE_BASE + ((ULONG_PTR)at >> 12) * 4);
}

static ULONG *directory_entry_of(const void *at)
{
    return (ULONG *)(ULONG_PTR)(PDE_BASE + ((ULONG_PTR)at >> 22) * 4);
}

static struct tokos_page page_now(void)
{
    struct tokos_page now;

    memset(&now, 0, sizeof(now));
    query_page(THIS_PROCESS, page, &now);
    return now;
}

/* ---- by instructions ----------------------------------------------------------------------------
 */

static void set_user_bit(ULONG_PTR at)
{
    *(volatile ULONG *)at |= 4;
}

static void write_entry(ULONG_PTR at)
{
    *(volatile ULONG *)at = 0x000B8067;
}

static void read_entry(ULONG_PTR at)
{
    (void)*(volatile ULONG *)at;
}

static void by_instructions(ULONG *entry)
{
    ULONG_PTR at = (ULONG_PTR)entry;

    exception_of(read_entry, at);
    expect(violated(0, at), "read");
    exception_of(write_entry, at);
    expect(violated(1, at), "write");
    exception_of(set_user_bit, at);
    expect(violated(0, at) || violated(1, at), "read and write");
}

/* ---- by services --------------------------------------------------------------------------------
 */

static void by_memory_services(ULONG *entry)
{
    void *base = entry;
    SIZE_T size = PAGE, done = 0;
    ULONG value = 0x000B8067, old;

    wrong += NtReadVirtualMemory(THIS_PROCESS, entry, &value, 4, &done) != STATUS_ACCESS_VIOLATION;
    wrong += NtWriteVirtualMemory(THIS_PROCESS, entry, &value, 4, &done) != STATUS_ACCESS_VIOLATION;
    wrong += NtReadVirtualMemory(THIS_PROCESS, &value, entry, 4, &done) != STATUS_ACCESS_VIOLATION;
    wrong += NtWriteVirtualMemory(THIS_PROCESS, &value, entry, 4, &done) != STATUS_ACCESS_VIOLATION;
    wrong += NtProtectVirtualMemory(THIS_PROCESS, &base, &size, PAGE_READWRITE, &old) !=
             STATUS_INVALID_PARAMETER_2;
    wrong += NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE) !=
             STATUS_INVALID_PARAMETER_2;
    wrong += NtAllocateVirtualMemory(THIS_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE) !=
             STATUS_INVALID_PARAMETER_2;
    wrong +=
        NtFreeVirtualMemory(THIS_PROCESS, &base, &size, MEM_DECOMMIT) != STATUS_INVALID_PARAMETER_2;
    wrong += NtLockVirtualMemory(THIS_PROCESS, &base, &size, 1) != STATUS_INVALID_PARAMETER_2;
    wrong += NtUnmapViewOfSection(THIS_PROCESS, base) != STATUS_NOT_MAPPED_VIEW;
    wrong += query_page(THIS_PROCESS, entry, (struct tokos_page *)(void *)page) !=
             STATUS_INVALID_PARAMETER;
}

static void by_views(ULONG *entry)
{
    LARGE_INTEGER bytes = {.QuadPart = PAGE};
    HANDLE section;
    void *base = (void *)((ULONG_PTR)entry & ~0xFFFFu);
    SIZE_T size = 0;

    NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &bytes, PAGE_READWRITE, SEC_COMMIT, NULL);
    wrong += NtMapViewOfSection(section, THIS_PROCESS, &base, 0, 0, NULL, &size, VIEW_SHARE, 0,
                                PAGE_READWRITE) != STATUS_INVALID_PARAMETER_3;
    CloseHandle(section);
}

static void by_buffers(ULONG *entry)
{
    HANDLE file =
        CreateFileA("C:\\ntdll.dll", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE null = CreateFileA("NUL", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    DWORD done;

    wrong += ReadFile(file, entry, 4, &done, NULL) || GetLastError() != ERROR_NOACCESS;
    wrong += ReadFile(file, page, 4, &done, NULL) == 0;
    wrong += WriteFile(null, entry, 4, &done, NULL) || GetLastError() != ERROR_NOACCESS;
    wrong += NtQuerySystemTime((LARGE_INTEGER *)(void *)entry) != STATUS_ACCESS_VIOLATION;
    CloseHandle(file);
    CloseHandle(null);
}

static void each(const char *name, void (*act)(ULONG *))
{
    struct tokos_page before = page_now(), after;

    act(entry_of(page));
    act(entry_of((void *)(KERNEL_BASE + KERNEL_PHYSICAL)));
    act(entry_of((void *)PTE_BASE));
    act(directory_entry_of(page));
    act(directory_entry_of((void *)PTE_BASE));
    check_all(name);
    after = page_now();
    CHECK_INT(memcmp(&before, &after, sizeof(before)), 0);
}

int main(void)
{
    query_page = (query_page_service)(void *)tokos_service("NtTokosQueryPage");
    page[0] = page[PAGE] = 2;
    CHECK_INT(page_now().pte & 7, 7); /* the program may read and write the page itself */
    each("page tables by instructions", by_instructions);
    each("page tables by memory services", by_memory_services);
    each("page tables by views", by_views);
    each("page tables as buffers", by_buffers);
    return check_done();
}
