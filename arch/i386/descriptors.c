/*
 * The global and interrupt descriptor tables and the two tasks. Segments are flat and do no
 * protecting: pages do. A double fault switches tasks in hardware, because the usual cause is a
 * kernel stack that cannot take another byte, and a task gate brings its own.
 */
#include "arch/i386/descriptors.h"
#include "arch/i386/registers.h"
#include "arch/i386/trap.h"

#define ACCESS_CODE_R0     0x9A /* present, ring 0, code, readable */
#define ACCESS_DATA_R0     0x92 /* present, ring 0, data, writable */
#define ACCESS_CODE_R3     0xFA /* present, ring 3, code, readable */
#define ACCESS_DATA_R3     0xF2 /* present, ring 3, data, writable */
#define ACCESS_TSS         0x89 /* present, ring 0, available 32-bit TSS */
#define ACCESS_INTERRUPT   0x8E /* present, ring 0, 32-bit interrupt gate: clears IF */
#define ACCESS_USER_GATE   0xEE /* the same, and user mode may call it by INT n */
#define ACCESS_TASK_GATE   0x85
#define FLAGS_FLAT         0xC /* 4 KB granularity, 32-bit */
#define FLAGS_BYTES        0x4 /* byte granularity, 32-bit */
#define VECTORS            256
#define DOUBLE_FAULT_STACK 8192

struct descriptor_pointer {
    uint16_t limit;
    uint32_t base;
} __attribute__((packed));

extern const uint32_t ki_trap_stubs[VECTORS];

struct ki_task ki_task;
struct ktss ki_double_fault_tss;
static uint64_t gdt[KGDT_DF_TSS / 8 + 1];
static uint64_t idt[VECTORS];
static uint8_t double_fault_stack[DOUBLE_FAULT_STACK] __attribute__((aligned(16)));

/* INT n of any other vector is a general protection fault in user mode. */
static const uint8_t user_vectors[] = {VECTOR_BREAKPOINT, VECTOR_OVERFLOW, VECTOR_SYSTEM_SERVICE};

static uint64_t segment(uint32_t base, uint32_t limit, uint32_t access, uint32_t flags)
{
    uint32_t low = (limit & 0xFFFF) | base << 16;
    uint32_t high =
        (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 | (base & 0xFF000000);
    return (uint64_t)high << 32 | low;
}

static uint64_t gate(uint16_t selector, uint32_t offset, uint32_t access)
{
    return (uint64_t)((offset & 0xFFFF0000) | access << 8) << 32 |
           ((uint32_t)selector << 16 | (offset & 0xFFFF));
}

static void load_tables(void)
{
    struct descriptor_pointer gdt_pointer = {sizeof(gdt) - 1, (uint32_t)gdt};
    struct descriptor_pointer idt_pointer = {sizeof(idt) - 1, (uint32_t)idt};

    __asm__ volatile("lgdt %0\n\t"
                     "ljmp %2, $1f\n"
                     "1:\n\t"
                     "mov %3, %%ds\n\tmov %3, %%es\n\tmov %3, %%ss\n\t"
                     "mov %4, %%fs\n\tmov %4, %%gs\n\t"
                     "lidt %1\n\t"
                     "lldt %w4\n\t" /* none: from reset it is 64 KB at address 0 */
                     "ltr %w5"
                     :
                     : "m"(gdt_pointer), "m"(idt_pointer), "i"(KGDT_R0_CODE), "r"(KGDT_R0_DATA),
                       "r"(0), "r"(KGDT_TSS)
                     : "memory");
}

void ki_init_descriptors(void)
{
    gdt[KGDT_R0_CODE / 8] = segment(0, 0xFFFFF, ACCESS_CODE_R0, FLAGS_FLAT);
    gdt[KGDT_R0_DATA / 8] = segment(0, 0xFFFFF, ACCESS_DATA_R0, FLAGS_FLAT);
    gdt[KGDT_R3_CODE / 8] = segment(0, 0xFFFFF, ACCESS_CODE_R3, FLAGS_FLAT);
    gdt[KGDT_R3_DATA / 8] = segment(0, 0xFFFFF, ACCESS_DATA_R3, FLAGS_FLAT);
    ki_set_teb_segment(0);
    gdt[KGDT_TSS / 8] = segment((uint32_t)&ki_tss, sizeof(ki_tss) - 1, ACCESS_TSS, 0);
    gdt[KGDT_DF_TSS / 8] =
        segment((uint32_t)&ki_double_fault_tss, sizeof(ki_double_fault_tss) - 1, ACCESS_TSS, 0);
    for (int vector = 0; vector < VECTORS; vector++)
        idt[vector] = gate(KGDT_R0_CODE, ki_trap_stubs[vector], ACCESS_INTERRUPT);
    for (uint32_t i = 0; i < ARRAY_SIZE(user_vectors); i++)
        idt[user_vectors[i]] = gate(KGDT_R0_CODE, ki_trap_stubs[user_vectors[i]], ACCESS_USER_GATE);
    idt[VECTOR_DOUBLE_FAULT] = gate(KGDT_DF_TSS, 0, ACCESS_TASK_GATE);
    ki_tss.ss0 = KGDT_R0_DATA;
    ki_tss.io_map_base = sizeof(ki_tss);
    ki_init_double_fault();
    load_tables();
}

void ki_set_processor_segment(void *block, uint32_t bytes)
{
    gdt[KGDT_R0_PCR / 8] = segment((uint32_t)block, bytes - 1, ACCESS_DATA_R0, FLAGS_BYTES);
    __asm__ volatile("mov %0, %%fs" : : "r"(KGDT_R0_PCR) : "memory");
}

void ki_set_teb_segment(uint32_t base)
{
    gdt[KGDT_R3_TEB / 8] = segment(base, PAGE_SIZE - 1, ACCESS_DATA_R3, FLAGS_BYTES);
}

void ki_init_double_fault(void)
{
    ki_double_fault_tss = (struct ktss){
        .cr3 = read_cr3(),
        .eip = (uint32_t)ki_double_fault_task,
        .esp = (uint32_t)double_fault_stack + sizeof(double_fault_stack) - 16,
        .eflags = 2,
        .cs = KGDT_R0_CODE,
        .ds = KGDT_R0_DATA,
        .es = KGDT_R0_DATA,
        .ss = KGDT_R0_DATA,
        .fs = KGDT_R0_PCR,
        .io_map_base = sizeof(ki_double_fault_tss),
    };
}
