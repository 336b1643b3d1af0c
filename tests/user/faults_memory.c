/*
 * Page faults when memory is short. Nothing is written anywhere, but pages of files can be read
 * again: they are taken out of the processes that map them, wait on the standby list, and are used
 * for something else in the end. The page that is watched is one of a file that nobody else has
 * mapped.
 */
#include "faults.h"

#define MARGIN 32u /* pages left to others */
#define RELAX  64u /* pages given back, so that others can go on */

static char *hog; /* all the memory that there is */
static uint32_t hog_pages, touched;
static char *file_page;

/* A file that is larger than what is taken at once: the C library, as data. */
static void map_file(void)
{
    char name[MAX_PATH];

    GetModuleFileNameA(GetModuleHandleA("msvcrt.dll"), name, sizeof(name));
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE section = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    char *view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);

    CHECK(view != NULL);
    for (DWORD at = 0; at < GetFileSize(file, NULL); at += PAGE)
        read_at(view + at);
    file_page = view + 5 * PAGE;
    CloseHandle(section);
    CloseHandle(file);
}

static void take_memory(void)
{
    query_counters(&counters_after);
    hog_pages = counters_after.commit_limit - counters_after.committed_pages - MARGIN;
    hog_pages -= hog_pages / 1024 + 1; /* page tables are promised too */
    hog = VirtualAlloc(NULL, hog_pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK(hog != NULL);
}

/* Use memory until the page is in the state WANTED. => whether it came to that. */
static BOOL squeeze(const char *wanted)
{
    struct tokos_page page;
    char text[TEXT_BYTES];

    do {
        describe_page(file_page, &page, text);
        if (!strcmp(text, wanted))
            return TRUE;
        write_at(hog + touched++ * PAGE);
    } while (touched < hog_pages);
    return FALSE;
}

/* There is some memory again, and what counting needs is back. */
static void relax(void)
{
    touched -= RELAX;
    VirtualFree(hog + touched * PAGE, RELAX * PAGE, MEM_DECOMMIT);
    VirtualAlloc(hog + touched * PAGE, RELAX * PAGE, MEM_COMMIT, PAGE_READWRITE);
    begin_faults();
}

/* What was used for something else is what it was: each page has its own number in it. */
static void number_pages(void)
{
    for (uint32_t i = 0; i < touched; i++)
        ((volatile uint32_t *)(void *)(hog + i * PAGE))[1] = i;
}

static uint32_t wrong_numbers(void)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < touched; i++)
        wrong += ((volatile uint32_t *)(void *)(hog + i * PAGE))[1] != i;
    return wrong;
}

static char *until(const char *wanted)
{
    map_file();
    CHECK(squeeze(wanted));
    relax();
    return file_page;
}

#define TRIMMED "prototype/transition standby 0, r"
#define GONE    "prototype/prototype, r"

static char *until_trimmed(void)
{
    return until(TRIMMED);
}

static char *until_gone(void)
{
    return until(GONE);
}

static const struct fault_case cases[] = {
    {"trimmed", until_trimmed, read_at, "transition", 0, 0, TRIMMED, "valid/valid active 1, r"},
    {"used for something else", until_gone, read_at, "demand-page", 0, 0, GONE,
     "valid/valid active 1, r"},
};

int main(void)
{
    begin_faults();
    take_memory();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_case(&cases[i]);
        number_pages();
    }
    touched -= RELAX;
    CHECK_INT(wrong_numbers(), 0);
    VirtualFree(hog, 0, MEM_RELEASE);
    return check_done();
}
