/*
 * What a faulting process says of itself: its image is searched for the section that describes it,
 * as the PE format has it. Everything is read from the process and checked before it is believed.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

#define MOST_SECTIONS 96
#define MOST_BYTES    0x1000000u /* of a range */

bool launch_read(struct launch *l, const void *address, void *to, uint32_t bytes)
{
    SIZE_T done;

    return ReadProcessMemory(l->program.hProcess, address, to, bytes, &done) && done == bytes;
}

/* => where the section NAME lies in the program's process, if it has at least BYTES; or NULL. */
static const char *find_section(struct launch *l, const char *name, uint32_t bytes)
{
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS32 nt;
    IMAGE_SECTION_HEADER section;

    if (!launch_read(l, l->image, &dos, sizeof(dos)) || dos.e_magic != IMAGE_DOS_SIGNATURE ||
        !launch_read(l, l->image + dos.e_lfanew, &nt, sizeof(nt)) ||
        nt.Signature != IMAGE_NT_SIGNATURE || nt.FileHeader.NumberOfSections > MOST_SECTIONS)
        return NULL;
    const char *at = l->image + dos.e_lfanew + offsetof(IMAGE_NT_HEADERS32, OptionalHeader) +
                     nt.FileHeader.SizeOfOptionalHeader;
    for (unsigned i = 0; i < nt.FileHeader.NumberOfSections; i++, at += sizeof(section)) {
        if (!launch_read(l, at, &section, sizeof(section)))
            return NULL;
        if (!memcmp(section.Name, name, sizeof(section.Name)) && section.Misc.VirtualSize >= bytes)
            return l->image + section.VirtualAddress;
    }
    return NULL;
}

static bool is_range(uint32_t base, uint32_t bytes)
{
    return base && bytes && !((base | bytes) & (PAGE_BYTES - 1)) && bytes <= MOST_BYTES &&
           base + bytes > base;
}

static bool is_sound(const struct faulting_program *program)
{
    return program->magic == FAULTING_MAGIC && program->version == FAULTING_VERSION &&
           program->size == sizeof(*program) && is_range(program->code, program->code_bytes) &&
           is_range(program->stack, program->stack_bytes);
}

static void *allocate(size_t bytes)
{
    return VirtualAlloc(NULL, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
}

static bool set_range(struct range *range, const char *name, uint32_t base, uint32_t bytes,
                      uint32_t protection)
{
    uint32_t pages = bytes / PAGE_BYTES;

    *range = (struct range){
        .name = name, .base = (char *)base, .bytes = bytes, .protection = protection};
    range->pages = allocate(2 * pages * sizeof(*range->pages));
    range->found = range->pages + pages;
    return range->pages != NULL;
}

static bool read_description(struct launch *l, struct faulting_program *program)
{
    const char *section = find_section(l, FAULTING_SECTION, sizeof(*program));

    if (section && launch_read(l, section, program, sizeof(*program)) && is_sound(program))
        return true;
    launch_fail(l, TOKOS_LAUNCH_NOT_FAULTING,
                "the program has no section " FAULTING_SECTION
                " that describes a faulting process of version %u, or it is not filled in yet",
                FAULTING_VERSION);
    return false;
}

/* The pages as they are before the first fault. */
static bool note_pages(struct launch *l, struct range *range)
{
    if (!launch_look_at(l, range))
        return false;
    memcpy(range->pages, range->found, range->bytes / PAGE_BYTES * sizeof(*range->pages));
    return true;
}

/* The handler is given the contents too, and must not be able to change what is right. */
static bool read_contents(struct launch *l, const struct faulting_program *program)
{
    DWORD old;

    l->code_contents = allocate(program->code_bytes);
    return l->code_contents &&
           launch_read(l, (void *)program->code_source, l->code_contents, program->code_bytes) &&
           VirtualProtect(l->code_contents, program->code_bytes, PAGE_READONLY, &old);
}

bool launch_read_target(struct launch *l)
{
    struct faulting_program program;

    if (!read_description(l, &program))
        return false;
    if (set_range(&l->code, "code", program.code, program.code_bytes, PAGE_EXECUTE_READWRITE) &&
        set_range(&l->stack, "stack", program.stack, program.stack_bytes, PAGE_READWRITE) &&
        read_contents(l, &program) && note_pages(l, &l->code) && note_pages(l, &l->stack))
        return true;
    launch_fail(l, TOKOS_LAUNCH_FAILED, "the program's code could not be read, error %lu",
                GetLastError());
    return false;
}

void launch_forget_target(struct launch *l)
{
    void *blocks[] = {l->code_contents, l->code.pages, l->stack.pages};

    for (unsigned i = 0; i < COUNT_OF(blocks); i++)
        if (blocks[i])
            VirtualFree(blocks[i], 0, MEM_RELEASE);
}
