/*
 * What NtCreateSection, NtOpenSection and NtQuerySection return. Images that are no images are
 * tested in status_images.c.
 */
#include "status.h"

static char buffer[64];
static HANDLE files[7], sections[4];

/* Files that rows name. */
enum {
    NO_FILE,
    FILE_TO_READ,  /* this program */
    FILE_NOT_OPEN, /* no handle */
    FILE_EVENT,
    FILE_NO_RIGHTS, /* may not be read */
    FILE_MOST,      /* this program, with all that can be had */
    FILE_FOLDER,
    FILE_CONSOLE
};

static HANDLE file_of(int name)
{
    return name == FILE_CONSOLE ? GetStdHandle(STD_INPUT_HANDLE) : files[name];
}

static void prepare(void)
{
    char name[MAX_PATH];

    make_handles(SYNCHRONIZE);
    GetModuleFileNameA(NULL, name, sizeof(name));
    files[FILE_TO_READ] =
        CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    files[FILE_NOT_OPEN] = handles[NOT_OPEN];
    files[FILE_EVENT] = handles[OTHER_TYPE];
    files[FILE_NO_RIGHTS] =
        CreateFileA(name, FILE_READ_ATTRIBUTES, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    files[FILE_MOST] =
        CreateFileA(name, MAXIMUM_ALLOWED, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    files[FILE_FOLDER] = CreateFileA("C:\\", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                                     FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

/* ---- NtCreateSection --------------------------------------------------------------------------
 */

static const struct {
    int file;
    ACCESS_MASK access;
    LONGLONG size; /* -1: none is given */
    ULONG protect, attributes;
    NTSTATUS status;
    const char *name;
} creations[] = {
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READWRITE, SEC_COMMIT, S(STATUS_SUCCESS)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READWRITE, SEC_RESERVE, S(STATUS_SUCCESS)},
    {FILE_TO_READ, SECTION_QUERY, -1, PAGE_READONLY, SEC_COMMIT, S(STATUS_SUCCESS)},
    {FILE_TO_READ, SECTION_QUERY, -1, PAGE_WRITECOPY, SEC_COMMIT, S(STATUS_SUCCESS)},
    {FILE_TO_READ, SECTION_QUERY, -1, PAGE_READONLY, SEC_IMAGE, S(STATUS_SUCCESS)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READWRITE, 0, S(STATUS_INVALID_PARAMETER_6)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READWRITE, SEC_COMMIT | 1,
     S(STATUS_INVALID_PARAMETER_6)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READWRITE, SEC_COMMIT | SEC_RESERVE,
     S(STATUS_INVALID_PARAMETER_6)},
    {FILE_TO_READ, SECTION_QUERY, -1, PAGE_READONLY, SEC_IMAGE | SEC_NOCACHE,
     S(STATUS_INVALID_PARAMETER_6)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, 0, SEC_COMMIT, S(STATUS_INVALID_PAGE_PROTECTION)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_NOACCESS, SEC_COMMIT,
     S(STATUS_INVALID_PAGE_PROTECTION)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READWRITE | PAGE_GUARD, SEC_COMMIT,
     S(STATUS_INVALID_PAGE_PROTECTION)},
    {NO_FILE, SECTION_ALL_ACCESS, -1, PAGE_READWRITE, SEC_COMMIT, S(STATUS_INVALID_PARAMETER_4)},
    {NO_FILE, SECTION_ALL_ACCESS, 0, PAGE_READWRITE, SEC_COMMIT, S(STATUS_INVALID_PARAMETER_4)},
    {NO_FILE, SECTION_ALL_ACCESS, 0x100000000, PAGE_READWRITE, SEC_COMMIT,
     S(STATUS_SECTION_TOO_BIG)},
    {FILE_TO_READ, SECTION_QUERY, 0x1000000, PAGE_READONLY, SEC_COMMIT, S(STATUS_SECTION_TOO_BIG)},
    {NO_FILE, SECTION_ALL_ACCESS, 0x60000000, PAGE_READWRITE, SEC_COMMIT,
     S(STATUS_COMMITMENT_LIMIT)},
    {NO_FILE, SECTION_ALL_ACCESS, PAGE, PAGE_READONLY, SEC_IMAGE,
     S(STATUS_INVALID_FILE_FOR_SECTION)},
    {FILE_CONSOLE, SECTION_QUERY, PAGE, PAGE_READONLY, SEC_COMMIT,
     S(STATUS_INVALID_FILE_FOR_SECTION)},
    {FILE_NOT_OPEN, SECTION_QUERY, -1, PAGE_READONLY, SEC_COMMIT, S(STATUS_INVALID_HANDLE)},
    {FILE_EVENT, SECTION_QUERY, -1, PAGE_READONLY, SEC_COMMIT, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {FILE_NO_RIGHTS, SECTION_QUERY, -1, PAGE_READONLY, SEC_COMMIT, S(STATUS_ACCESS_DENIED)},
    /* The handle must grant what views can do to the file. */
    {FILE_TO_READ, SECTION_QUERY, -1, PAGE_READWRITE, SEC_COMMIT, S(STATUS_ACCESS_DENIED)},
    {FILE_TO_READ, SECTION_QUERY, -1, PAGE_EXECUTE_READ, SEC_COMMIT, S(STATUS_ACCESS_DENIED)},
    {FILE_MOST, SECTION_QUERY, -1, PAGE_READWRITE, SEC_COMMIT, S(STATUS_ACCESS_DENIED)},
    {FILE_MOST, SECTION_QUERY, -1, PAGE_EXECUTE_READ, SEC_COMMIT, S(STATUS_SUCCESS)},
    {FILE_FOLDER, SECTION_QUERY, -1, PAGE_READONLY, SEC_COMMIT, S(STATUS_INVALID_FILE_FOR_SECTION)},
    {NO_FILE, 0x00200000, PAGE, PAGE_READWRITE, SEC_COMMIT, S(STATUS_ACCESS_DENIED)},
};

static void creating(void)
{
    for (size_t i = 0; i < ROWS(creations); i++) {
        LARGE_INTEGER size = {.QuadPart = creations[i].size};
        HANDLE section = NULL;
        check_status("NtCreateSection", i,
                     NtCreateSection(&section, creations[i].access, NULL,
                                     size.QuadPart < 0 ? NULL : &size, creations[i].protect,
                                     creations[i].attributes, file_of(creations[i].file)),
                     creations[i].status, creations[i].name);
        CHECK_INT(section != NULL, creations[i].status >= 0);
        if (section)
            NtClose(section);
    }
}

/* ---- names --------------------------------------------------------------------------------------
 */

static NTSTATUS create(OBJECT_ATTRIBUTES *attributes)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};
    HANDLE section;

    return NtCreateSection(&section, SECTION_ALL_ACCESS, attributes, &size, PAGE_READWRITE,
                           SEC_COMMIT, NULL);
}

static NTSTATUS open(OBJECT_ATTRIBUTES *attributes)
{
    HANDLE section;

    return NtOpenSection(&section, SECTION_MAP_READ, attributes);
}

static NTSTATUS open_too_much(OBJECT_ATTRIBUTES *attributes)
{
    HANDLE section;

    return NtOpenSection(&section, 0x00200000, attributes);
}

#define OWN   L"\\BaseNamedObjects\\status-section"
#define EVENT L"\\BaseNamedObjects\\status-event"

static const struct {
    NTSTATUS (*service)(OBJECT_ATTRIBUTES *attributes);
    const WCHAR *path;
    enum handle_name root; /* SELF: none */
    ULONG flags;
    NTSTATUS status;
    const char *name;
} names[] = {
    {open, OWN, SELF, 0, S(STATUS_OBJECT_NAME_NOT_FOUND)},
    {create, OWN, SELF, 0, S(STATUS_SUCCESS)},
    {create, OWN, SELF, 0, S(STATUS_OBJECT_NAME_COLLISION)},
    {create, OWN, SELF, OBJ_OPENIF, S(STATUS_OBJECT_NAME_EXISTS)},
    {create, EVENT, SELF, OBJ_OPENIF, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {create, L"\\NoSuchDirectory\\x", SELF, 0, S(STATUS_OBJECT_PATH_NOT_FOUND)},
    {create, L"no separator", SELF, 0, S(STATUS_OBJECT_PATH_SYNTAX_BAD)},
    {create, L"\\BaseNamedObjects\\\\x", SELF, 0, S(STATUS_OBJECT_NAME_INVALID)},
    {create, L"x", NOT_OPEN, 0, S(STATUS_INVALID_HANDLE)},
    {create, L"x", OTHER_TYPE, 0, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {create, OWN, SELF, 0x1000, S(STATUS_INVALID_PARAMETER)},
    {create, L"\\BaseNamedObjects\\for-ever", SELF, OBJ_PERMANENT, S(STATUS_PRIVILEGE_NOT_HELD)},
    {open, OWN, SELF, 0, S(STATUS_SUCCESS)},
    {open, EVENT, SELF, 0, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {open, L"\\NoSuchDirectory\\x", SELF, 0, S(STATUS_OBJECT_PATH_NOT_FOUND)},
    {open, L"no separator", SELF, 0, S(STATUS_OBJECT_PATH_SYNTAX_BAD)},
    {open_too_much, OWN, SELF, 0, S(STATUS_ACCESS_DENIED)},
};

static void naming(void)
{
    CreateEventA(NULL, FALSE, FALSE, "status-event");
    for (size_t i = 0; i < ROWS(names); i++) {
        UNICODE_STRING path;
        OBJECT_ATTRIBUTES attributes;
        HANDLE root = names[i].root == SELF ? NULL : handles[names[i].root];

        RtlInitUnicodeString(&path, names[i].path);
        InitializeObjectAttributes(&attributes, &path, names[i].flags, root, NULL);
        check_status("name", i, names[i].service(&attributes), names[i].status, names[i].name);
    }
    check_status("no attributes", 0, open(NULL), S(STATUS_INVALID_PARAMETER));
    check_status("no attributes", 1, create(NULL), S(STATUS_SUCCESS));
}

/* ---- NtQuerySection -----------------------------------------------------------------------------
 */

/* Sections that rows name. */
enum {
    MEMORY,
    IMAGE,
    WITHOUT_QUERY,
    NONE
};

static void make_sections(void)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};

    NtCreateSection(&sections[MEMORY], SECTION_QUERY, NULL, &size, PAGE_READWRITE, SEC_COMMIT,
                    NULL);
    NtCreateSection(&sections[IMAGE], SECTION_QUERY, NULL, NULL, PAGE_READONLY, SEC_IMAGE,
                    files[FILE_TO_READ]);
    NtCreateSection(&sections[WITHOUT_QUERY], SECTION_MAP_READ, NULL, &size, PAGE_READWRITE,
                    SEC_COMMIT, NULL);
    sections[NONE] = handles[NOT_OPEN];
}

enum {
    BASIC,
    IMAGE_INFORMATION
};

static const struct {
    int section; /* -1: an event */
    ULONG information_class;
    void *buffer;
    SIZE_T length;
    NTSTATUS status;
    const char *name;
} queries[] = {
    {MEMORY, BASIC, buffer, 16, S(STATUS_SUCCESS)},
    {IMAGE, BASIC, buffer, 16, S(STATUS_SUCCESS)},
    {IMAGE, IMAGE_INFORMATION, buffer, 48, S(STATUS_SUCCESS)},
    {MEMORY, IMAGE_INFORMATION, buffer, 48, S(STATUS_SECTION_NOT_IMAGE)},
    {MEMORY, 77, buffer, 48, S(STATUS_INVALID_INFO_CLASS)},
    {MEMORY, BASIC, buffer, 15, S(STATUS_INFO_LENGTH_MISMATCH)},
    {IMAGE, IMAGE_INFORMATION, buffer, 47, S(STATUS_INFO_LENGTH_MISMATCH)},
    {MEMORY, BASIC, NOWHERE, 16, S(STATUS_ACCESS_VIOLATION)},
    {IMAGE, IMAGE_INFORMATION, KERNEL, 48, S(STATUS_ACCESS_VIOLATION)},
    {NONE, BASIC, buffer, 16, S(STATUS_INVALID_HANDLE)},
    {-1, BASIC, buffer, 16, S(STATUS_OBJECT_TYPE_MISMATCH)},
    {WITHOUT_QUERY, BASIC, buffer, 16, S(STATUS_ACCESS_DENIED)},
};

static void querying(void)
{
    make_sections();
    for (size_t i = 0; i < ROWS(queries); i++) {
        HANDLE section =
            queries[i].section < 0 ? handles[OTHER_TYPE] : sections[queries[i].section];
        check_status("NtQuerySection", i,
                     NtQuerySection(section, queries[i].information_class, queries[i].buffer,
                                    queries[i].length, NULL),
                     queries[i].status, queries[i].name);
    }
}

/* ---- pointers -----------------------------------------------------------------------------------
 */

static NTSTATUS create_handle(void *bad)
{
    LARGE_INTEGER size = {.QuadPart = PAGE};

    return NtCreateSection(bad, SECTION_QUERY, NULL, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
}

static NTSTATUS create_size(void *bad)
{
    return NtCreateSection(&sections[0], SECTION_QUERY, NULL, bad, PAGE_READWRITE, SEC_COMMIT,
                           NULL);
}

static NTSTATUS open_name(void *bad)
{
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, bad, 0, NULL, NULL);
    return open(&attributes);
}

static NTSTATUS open_attributes(void *bad)
{
    return open(bad);
}

static NTSTATUS query_returned(void *bad)
{
    return NtQuerySection(sections[IMAGE], BASIC, buffer, 16, bad);
}

static NTSTATUS (*const pointers[])(void *bad) = {create_handle, create_size, open_name,
                                                  open_attributes, query_returned};

int main(void)
{
    prepare();
    creating();
    naming();
    querying();
    for (size_t i = 0; i < ROWS(pointers); i++) {
        check_status("nowhere", i, pointers[i](NOWHERE), S(STATUS_ACCESS_VIOLATION));
        check_status("kernel", i, pointers[i](KERNEL), S(STATUS_ACCESS_VIOLATION));
    }
    return check_done();
}
