/* See known_dlls.h. On NT the session manager makes them. */
#include "kernel/known_dlls.h"
#include "kernel/image_file.h"
#include "kernel/nt/section.h"
#include "lib/string.h"

#define DIRECTORY   u"\\KnownDlls"
#define SYSTEM_ROOT u"\\??\\C:"
#define PATH_UNITS  64u

static const uint16_t *const dlls[] = {u"\\ntdll.dll", u"\\kernel32.dll", u"\\msvcrt.dll"};

/* Text for as long as one call. */
struct path {
    uint16_t text[PATH_UNITS];
    struct unicode_string string;
};

static const struct unicode_string *join(struct path *path, const uint16_t *first,
                                         const uint16_t *second)
{
    uint32_t units = 0;

    while (*first)
        path->text[units++] = *first++;
    while (*second)
        path->text[units++] = *second++;
    path->text[units] = 0;
    rtl_init_unicode_string(&path->string, path->text);
    return &path->string;
}

static ntstatus insert(void *object, const struct unicode_string *name)
{
    struct object_attributes attributes = {
        .name = name,
        .attributes = OBJ_CASE_INSENSITIVE | OBJ_PERMANENT | OBJ_KERNEL_HANDLE,
    };
    handle_t handle;
    ntstatus status = ob_insert_object(object, &attributes, 0, KERNEL_MODE, &handle);

    if (NT_SUCCESS(status))
        ob_close_handle(handle, KERNEL_MODE);
    return status;
}

static ntstatus make_directory(void)
{
    struct path path;
    struct object_attributes attributes = {
        .name = join(&path, DIRECTORY, u""),
        .attributes = OBJ_CASE_INSENSITIVE | OBJ_PERMANENT | OBJ_KERNEL_HANDLE,
    };
    handle_t handle;
    ntstatus status = ob_create_directory(&attributes, &handle);

    if (NT_SUCCESS(status))
        ob_close_handle(handle, KERNEL_MODE);
    return status;
}

static void make_section(const uint16_t *dll)
{
    struct path path;
    struct mm_page_source *source;
    struct mm_section *section;
    handle_t file;

    if (!NT_SUCCESS(ki_open_page_source(join(&path, SYSTEM_ROOT, dll), &file, &source)))
        return;
    if (NT_SUCCESS(nt_make_section(source, 0, PAGE_EXECUTE, SEC_IMAGE, &section)))
        insert(section, join(&path, DIRECTORY, dll));
    ob_close_handle(file, KERNEL_MODE);
}

void ki_make_known_dlls(void)
{
    if (!NT_SUCCESS(make_directory()))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(dlls); i++)
        make_section(dlls[i]);
}
