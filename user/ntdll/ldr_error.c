/*
 * What the user reads when a program cannot start: one line on standard error, which names the
 * first thing that is missing.
 */
#include "lib/format.h"
#include "user/ntdll/ldr_internal.h"
#include "user/ntdll/utf8.h"

#define LINE_BYTES 512
#define NAME_BYTES 200

static bool told;

static void write_line(const char *line, size_t bytes)
{
    IO_STATUS_BLOCK io;
    HANDLE error = current_peb()->process_parameters->standard_error;

    if (error &&
        !nt_failed(NtWriteFile(error, NULL, NULL, NULL, &io, line, (ULONG)bytes, NULL, NULL)))
        return;
    DbgPrint("%s", line);
}

static const char *to_utf8(const UNICODE_STRING *name, char *text)
{
    size_t bytes = utf8_from_unicode(text, NAME_BYTES - 1, name->Buffer, name->Length / 2u);

    text[bytes < NAME_BYTES ? bytes : NAME_BYTES - 1] = 0;
    return text;
}

/* Only while the program's own imports are bound: afterwards the caller gets the status. */
static bool may_tell(void)
{
    bool may = !told && !ldrp_data.initialized && ldrp_image;

    told = told || may;
    return may;
}

void ldrp_complain_dll(const UNICODE_STRING *name, NTSTATUS status)
{
    char line[LINE_BYTES], program[NAME_BYTES], dll[NAME_BYTES];

    if (!may_tell())
        return;
    to_utf8(&ldrp_image->entry.base_dll_name, program);
    to_utf8(name, dll);
    if (status == STATUS_DLL_NOT_FOUND)
        snformat(line, sizeof(line), "%s: %s was not found\n", program, dll);
    else if (status == STATUS_DLL_INIT_FAILED)
        snformat(line, sizeof(line), "%s: %s could not be initialized\n", program, dll);
    else
        snformat(line, sizeof(line), "%s: %s could not be loaded (status %08X)\n", program, dll,
                 (unsigned)status);
    write_line(line, strlen(line));
}

void ldrp_complain_import(const struct ldr_module *module, const char *name, uint32_t ordinal)
{
    char line[LINE_BYTES], program[NAME_BYTES], dll[NAME_BYTES];

    if (!may_tell())
        return;
    to_utf8(&ldrp_image->entry.base_dll_name, program);
    to_utf8(&module->entry.base_dll_name, dll);
    if (name)
        snformat(line, sizeof(line), "%s: the entry point %.200s was not found in %s\n", program,
                 name, dll);
    else
        snformat(line, sizeof(line), "%s: the ordinal %u was not found in %s\n", program,
                 (unsigned)ordinal, dll);
    write_line(line, strlen(line));
}
