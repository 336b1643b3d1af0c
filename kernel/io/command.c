/* The module `command`. */
#include "kernel/io/command.h"
#include "kernel/io/module.h"
#include "lib/string.h"
#include "lib/utf8.h"
#include "mm/pool.h"

#define TAG     'dmoC'
#define MAXIMUM 0x20000u /* more bytes than a command line of UTF-16 can come from: 3 a unit */

static const uint16_t dos_devices[] = u"\\??\\";
#define PREFIX_UNITS (ARRAY_SIZE(dos_devices) - 1)

/* BYTES of UTF-8 at FROM, behind PREFIX units that are the caller's to fill, in *TO. */
static ntstatus convert(const char *from, size_t bytes, uint32_t prefix, struct unicode_string *to)
{
    size_t units = rtl_utf8_to_unicode(from, bytes, NULL, 0) + prefix;

    if (units > UNICODE_STRING_MAX_UNITS)
        return STATUS_INVALID_PARAMETER;
    uint16_t *text = ex_allocate_pool_with_tag(PAGED_POOL, (uint32_t)(units + 1) * 2, TAG);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    rtl_utf8_to_unicode(from, bytes, text + prefix, units - prefix);
    text[units] = 0;
    *to = (struct unicode_string){(uint16_t)(units * 2), (uint16_t)(units * 2 + 2), text};
    return STATUS_SUCCESS;
}

ntstatus io_parse_command(const char *text, uint32_t bytes, struct unicode_string *path,
                          struct unicode_string *command_line)
{
    const char *end = memchr(text, '\n', bytes);

    *path = *command_line = (struct unicode_string){0};
    if (!end || end == text)
        return STATUS_INVALID_PARAMETER;
    size_t line = (size_t)(end - text);
    ntstatus status = convert(text, line, PREFIX_UNITS, path);
    if (!NT_SUCCESS(status))
        return status;
    memcpy((void *)path->buffer, dos_devices, PREFIX_UNITS * 2);
    status = convert(end + 1, bytes - line - 1, 0, command_line);
    if (!NT_SUCCESS(status))
        io_free_command(path, command_line);
    return status;
}

void io_free_command(struct unicode_string *path, struct unicode_string *command_line)
{
    if (path->buffer)
        ex_free_pool_with_tag((void *)path->buffer, TAG);
    if (command_line->buffer)
        ex_free_pool_with_tag((void *)command_line->buffer, TAG);
    path->buffer = command_line->buffer = NULL;
}

ntstatus io_read_command(struct unicode_string *path, struct unicode_string *command_line)
{
    const struct boot_module *module = io_find_module("command");
    uint32_t bytes = module ? module->end - module->start : 0;

    if (!module)
        return STATUS_NO_SUCH_DEVICE;
    if (bytes == 0 || bytes > MAXIMUM)
        return STATUS_INVALID_PARAMETER;
    char *text = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    io_module_read(module, 0, text, bytes);
    ntstatus status = io_parse_command(text, bytes, path, command_line);
    ex_free_pool_with_tag(text, TAG);
    return status;
}
