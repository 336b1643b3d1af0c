/*
 * Looking at memory, registers and the stack. Memory is read only where mm_is_address_valid says
 * that it can be; a device page is shown like any other.
 */
#include "kernel/kd/kd_internal.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/stack_trace.h"
#include "kernel/ke/symbols.h"
#include "mm/mm.h"

#define ROW           16u
#define BYTES_DEFAULT 128u
#define BYTES_LIMIT   0x10000u

bool kd_read_u8(uintptr_t va, uint8_t *value)
{
    if (!mm_is_address_valid(va))
        return false;
    *value = *(const volatile uint8_t *)va;
    return true;
}

bool kd_read_u32(uintptr_t va, uint32_t *value)
{
    uint8_t byte[4];

    for (uint32_t i = 0; i < 4; i++)
        if (!kd_read_u8((uint32_t)(va + i), &byte[i]))
            return false;
    *value = byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
    return true;
}

static void show_bytes(uintptr_t va, uint32_t count)
{
    char text[ROW + 1];
    uint8_t byte;

    dbg_print("%08x ", (uint32_t)va);
    for (uint32_t i = 0; i < ROW; i++) {
        bool readable = i < count && kd_read_u8((uint32_t)(va + i), &byte);
        if (i >= count)
            dbg_print("   ");
        else if (readable)
            dbg_print(" %02x", byte);
        else
            dbg_print(" ??");
        text[i] = readable && byte >= ' ' && byte < 0x7F ? (char)byte : i < count ? '.' : ' ';
    }
    text[ROW] = '\0';
    dbg_print("  %s\n", text);
}

static void show_words(uintptr_t va, uint32_t count)
{
    uint32_t value;

    dbg_print("%08x ", (uint32_t)va);
    for (uint32_t i = 0; i < ROW && i < count; i += 4)
        if (kd_read_u32((uint32_t)(va + i), &value))
            dbg_print(" %08x", value);
        else
            dbg_print(" ????????");
    dbg_print("\n");
}

static void dump(struct kd_context *context, void (*row)(uintptr_t va, uint32_t count))
{
    static uintptr_t next; /* a bare d goes on where the last one stopped */
    uintptr_t va = next, bytes = BYTES_DEFAULT;

    if (!kd_optional_expression(context, &context->args, &va) ||
        !kd_optional_expression(context, &context->args, &bytes))
        return;
    if (bytes > BYTES_LIMIT) {
        dbg_print("at most %x bytes at a time\n", BYTES_LIMIT);
        return;
    }
    for (uintptr_t done = 0; done < bytes; done += ROW)
        row((uint32_t)(va + done), (uint32_t)(bytes - done));
    next = va + bytes;
}

static void dump_bytes(struct kd_context *context)
{
    dump(context, show_bytes);
}

static void dump_words(struct kd_context *context)
{
    dump(context, show_words);
}

static void registers(struct kd_context *context)
{
    ke_print_registers(context->frame);
}

static void stack(struct kd_context *context)
{
    ke_print_stack(context->frame);
}

static void evaluate(struct kd_context *context)
{
    uintptr_t value;

    if (!kd_expression(context, &context->args, &value))
        return;
    dbg_print("%08x = %u ", (uint32_t)value, (uint32_t)value);
    ke_print_symbol(value);
    dbg_print("\n");
}

const struct kd_command kd_memory_commands[] = {
    {"d", "[VA [BYTES]]", "show memory, as bytes and text", dump_bytes},
    {"dd", "[VA [BYTES]]", "show memory, as 32-bit words", dump_words},
    {"r", "", "show the registers", registers},
    {"k", "", "show the stack", stack},
    {"?", "EXPRESSION", "evaluate", evaluate},
    {0},
};
