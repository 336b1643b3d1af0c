/*
 * What NtCreateSection and NtMapViewOfSection return for images, and for files that are none. The
 * files are made by tests/user/spoilt_images.py of this program's neighbour, and lie beside it.
 */
#include "status.h"

static const struct {
    const char *file;
    ULONG attributes;
    NTSTATUS created, mapped; /* mapped counts where created is a success */
    const char *name, *mapped_name;
} images[] = {
#define CREATED(status) status, STATUS_SUCCESS, #status, ""
#define MAPPED(status)  STATUS_SUCCESS, status, "STATUS_SUCCESS", #status
    {"spoilt_empty", SEC_COMMIT, CREATED(STATUS_MAPPED_FILE_SIZE_ZERO)},
    {"spoilt_empty", SEC_IMAGE, CREATED(STATUS_MAPPED_FILE_SIZE_ZERO)},
    {"spoilt_magic", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_NOT_MZ)},
    {"spoilt_dos", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_PROTECT)},
    {"spoilt_signature", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_PROTECT)},
    {"spoilt_ne", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_WIN_16)},
    {"spoilt_le", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_LE_FORMAT)},
    {"spoilt_win64", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_WIN_64)},
    {"spoilt_machine", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_FORMAT)},
    {"spoilt_alignment", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_FORMAT)},
    {"spoilt_cut", SEC_IMAGE, CREATED(STATUS_INVALID_IMAGE_FORMAT)},
    {"spoilt_size", SEC_IMAGE, CREATED(STATUS_SECTION_TOO_BIG)},
    /* As data they are all files. */
    {"spoilt_magic", SEC_COMMIT, MAPPED(STATUS_SUCCESS)},
    /* Linked for the place where this program is, and it cannot be anywhere else. */
    {"spoilt_fixed", SEC_IMAGE, MAPPED(STATUS_CONFLICTING_ADDRESSES)},
    {"status_images.exe", SEC_IMAGE, MAPPED(STATUS_IMAGE_NOT_AT_BASE)},
};

static HANDLE open_beside(const char *file)
{
    char path[MAX_PATH];

    GetModuleFileNameA(NULL, path, sizeof(path));
    strcpy(strrchr(path, '\\') + 1, file);
    if (!strchr(file, '.'))
        strcat(path, ".dll");
    return CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
}

static void check_mapping(size_t i, HANDLE section)
{
    void *base = NULL;
    SIZE_T bytes = 0;
    NTSTATUS status = NtMapViewOfSection(section, THIS_PROCESS, &base, 0, 0, NULL, &bytes,
                                         VIEW_SHARE, 0, PAGE_READONLY);

    check_status("NtMapViewOfSection", i, status, images[i].mapped, images[i].mapped_name);
    if (status >= 0)
        NtUnmapViewOfSection(THIS_PROCESS, base);
}

int main(void)
{
    for (size_t i = 0; i < ROWS(images); i++) {
        HANDLE section = NULL, file = open_beside(images[i].file);
        CHECK(file != INVALID_HANDLE_VALUE);
        check_status("NtCreateSection", i,
                     NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READONLY,
                                     images[i].attributes, file),
                     images[i].created, images[i].name);
        if (section)
            check_mapping(i, section);
        NtClose(section);
        NtClose(file);
    }
    return check_done();
}
