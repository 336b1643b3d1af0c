/* Objects and handles. Addresses that are given are checked against what exists. */
#include "kernel/kd/kd_internal.h"
#include "kernel/ob/ob.h"
#include "lib/string.h"
#include "mm/mm.h"

#define NAME 80u

/* An address is an object's if its header leads to a type, and the type's to the type of types. */
static bool is_object(uintptr_t va)
{
    uint32_t type;
    uintptr_t header = va - offsetof(struct object_header, body);

    return !(va & 7) && kd_read_u32(header + offsetof(struct object_header, type), &type) &&
           !(type & 7) && mm_is_address_valid(type - offsetof(struct object_header, body)) &&
           mm_is_address_valid(type + sizeof(struct object_type)) &&
           ob_header((void *)(uintptr_t)type)->type == ob_type_type;
}

static void print_type(const struct object_type *type)
{
    char name[NAME];

    rtl_unicode_to_ascii(&type->name, name, sizeof(name));
    dbg_print("%s", name);
}

static void show_object(void *object)
{
    const struct object_header *header = ob_header(object);
    char name[NAME];

    dbg_print("Object: %08x  Type: (%08x) ", (uint32_t)object, (uint32_t)header->type);
    print_type(header->type);
    dbg_print("\n    ObjectHeader: %08x\n    HandleCount: %u  PointerCount: %u%s%s\n",
              (uint32_t)header, header->handle_count, header->pointer_count,
              header->flags & OBJ_PERMANENT ? "  Permanent" : "",
              header->flags & OBJ_EXCLUSIVE ? "  Exclusive" : "");
    ob_query_name_string(object, name, sizeof(name));
    if (name[0])
        dbg_print("    Name: %s\n", name);
}

static void show_entry(struct object_header *header)
{
    char name[NAME];

    rtl_unicode_to_ascii(&header->name->name, name, sizeof(name));
    dbg_print("    %08x  ", (uint32_t)header->body);
    print_type(header->type);
    dbg_print("  %s\n", name);
}

static void show(void *object)
{
    show_object(object);
    if (ob_header(object)->type == ob_directory_type)
        ob_visit_directory(object, show_entry);
}

/* ---- by name: without the name lock, since the machine stands still ---------------------------
 */

static const char *wanted;
static size_t wanted_length;
static struct object_header *found;

static void match(struct object_header *header)
{
    char name[NAME];
    size_t length = rtl_unicode_to_ascii(&header->name->name, name, sizeof(name));

    if (length == wanted_length && !strncmp(name, wanted, length))
        found = header;
}

/* => the object of the path, or NULL after saying how far it led. */
static void *find(const char *path)
{
    void *object = ob_root_directory;

    while (*path == '\\' && path[1]) {
        wanted = ++path;
        while (*path && *path != '\\')
            path++;
        wanted_length = (size_t)(path - wanted);
        found = NULL;
        if (ob_header(object)->type == ob_directory_type)
            ob_visit_directory(object, match);
        if (!found) {
            dbg_print("'%.*s' is not there\n", (int)wanted_length, wanted);
            return NULL;
        }
        object = found->body;
    }
    return object;
}

static void object_command(struct kd_context *context)
{
    const char *argument = context->args;
    uintptr_t va = 0;

    while (*argument == ' ')
        argument++;
    if (!*argument || *argument == '\\') {
        void *object = find(*argument ? argument : "\\");
        if (object)
            show(object);
        return;
    }
    if (!kd_expression(context, &context->args, &va))
        return;
    if (is_object(va))
        show((void *)va);
    else
        dbg_print("%08x is not an object\n", (uint32_t)va);
}

/* ---- handles ----------------------------------------------------------------------------------
 */

static bool show_handle(handle_t handle, const struct handle_entry *entry, void *context)
{
    static const char *const attributes[] = {"", " Protected", " Inherit", " Protected Inherit"};
    uintptr_t only = *(const uintptr_t *)context;
    const struct object_header *header = entry->object;

    if (only && (only & ~3u) != handle)
        return true;
    dbg_print("%04x: Object: %08x  GrantedAccess: %08x%s  Type: ", handle, (uint32_t)header->body,
              ex_handle_access(entry), attributes[ex_handle_attributes(entry)]);
    print_type(header->type);
    dbg_print("\n");
    return true;
}

static void handle_command(struct kd_context *context)
{
    const struct handle_table *table = ob_current_handle_table();
    uintptr_t only = 0;

    if (!kd_optional_expression(context, &context->args, &only))
        return;
    only &= ~KERNEL_HANDLE_BIT;
    dbg_print("Handle table at %08x with %u entries in use\n", (uint32_t)table,
              table->handle_count);
    ex_enum_handle_table(table, show_handle, &only);
}

const struct kd_command kd_ob_commands[] = {
    {"!object", "[VA|\\NAME]", "show an object; of a directory, what is in it", object_command},
    {"!handle", "[HANDLE]", "list the handles, or show one", handle_command},
    {0},
};
