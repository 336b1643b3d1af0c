/*
 * Device and file objects. A name that leads to a device, or on behind it, makes a new file object
 * if the caller said in what way it wants to open one; to all others the device is an object like
 * any other.
 */
#include "kernel/io/io.h"
#include "kernel/ke/bugcheck.h"

struct object_type *io_device_type, *io_file_type;

/* A file object on DEVICE for what PATH stands for there. */
static ntstatus open_path(struct device_object *device, const struct unicode_string *path,
                          struct io_open_packet *packet, void **found)
{
    ntstatus status = ob_create_object(io_file_type, found);

    if (!NT_SUCCESS(status))
        return status;
    struct file_object *file = *found;
    ob_reference_object(device);
    file->device = device;
    file->access = packet->access;
    file->share = packet->share;
    file->options = packet->options;
    ke_initialize_event(&file->event, EVENT_NOTIFICATION_OBJECT, true);
    ex_initialize_push_lock(&file->lock, "file object");
    status = device->driver->create(file, path, packet);
    if (!NT_SUCCESS(status))
        ob_dereference_object(file);
    return status;
}

static ntstatus parse_device(void *object, const struct unicode_string *rest, void *context,
                             void **found)
{
    return context ? open_path(object, rest, context, found) : STATUS_OBJECT_TYPE_MISMATCH;
}

/* A path relative to a directory that is open; nothing at all opens it again. */
static ntstatus parse_file(void *object, const struct unicode_string *rest, void *context,
                           void **found)
{
    const struct file_object *file = object;
    struct unicode_string path;

    if (!context || !file->file)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (rest->length && rest->buffer[0] == '\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    ntstatus status = io_join_path(&file->name, rest, &path);
    if (!NT_SUCCESS(status))
        return status;
    status = open_path(file->device, &path, context, found);
    io_free_name(&path);
    return status;
}

static void close_file(void *object, uint32_t access, bool last)
{
    struct file_object *file = object;

    (void)access;
    if (last && file->device->driver->cleanup)
        file->device->driver->cleanup(file);
}

static void delete_file(void *object)
{
    struct file_object *file = object;

    if (file->device->driver->close)
        file->device->driver->close(file);
    io_free_name(&file->pattern);
    ex_delete_push_lock(&file->lock);
    ob_dereference_object(file->device);
}

static void make_types(void)
{
    static const struct object_type_initializer device = {
        .mapping = {0x120089, 0x120116, 0x1200A0, FILE_ALL_ACCESS},
        .valid_access = FILE_ALL_ACCESS,
        .body_bytes = sizeof(struct device_object),
        .pool = NONPAGED_POOL,
        .parse = parse_device,
    };
    static const struct object_type_initializer file = {
        .mapping = {0x120089, 0x120116, 0x1200A0, FILE_ALL_ACCESS},
        .valid_access = FILE_ALL_ACCESS,
        .body_bytes = sizeof(struct file_object),
        .pool = NONPAGED_POOL,
        .waitable = true,
        .close = close_file,
        .delete = delete_file,
        .parse = parse_file,
    };

    if (!NT_SUCCESS(ob_create_object_type(u"Device", &device, &io_device_type)) ||
        !NT_SUCCESS(ob_create_object_type(u"File", &file, &io_file_type)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 0, 0, 0);
}

struct device_object *io_create_device(const uint16_t *text, const struct device_object *pattern)
{
    struct unicode_string name;
    struct object_attributes attributes = {.name = &name, .attributes = OBJ_PERMANENT};
    void *object;

    rtl_init_unicode_string(&name, text);
    if (!NT_SUCCESS(ob_create_object(io_device_type, &object)))
        return NULL;
    *(struct device_object *)object = *pattern;
    if (!NT_SUCCESS(ob_insert_object(object, &attributes, 0, KERNEL_MODE, NULL)))
        return NULL;
    return object;
}

void io_create_symbolic_link(const uint16_t *from, const uint16_t *to)
{
    struct unicode_string name, target;
    struct object_attributes attributes = {.name = &name, .attributes = OBJ_PERMANENT};

    rtl_init_unicode_string(&name, from);
    rtl_init_unicode_string(&target, to);
    if (!NT_SUCCESS(ob_create_symbolic_link(&attributes, &target, NULL)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 1, 0, 0);
}

static void make_directory(const uint16_t *text)
{
    struct unicode_string name;
    struct object_attributes attributes = {.name = &name, .attributes = OBJ_PERMANENT};

    rtl_init_unicode_string(&name, text);
    if (!NT_SUCCESS(ob_create_directory(&attributes, NULL)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 2, 0, 0);
}

void io_init_system(void)
{
    make_types();
    make_directory(u"\\Device");
    make_directory(u"\\??");
    io_create_symbolic_link(u"\\DosDevices", u"\\??");
    io_init_null_device();
    io_init_volumes();
    io_init_consoles();
}
