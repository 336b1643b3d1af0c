/*
 * From the loader to the kernel: check the magic, turn the loader's information into a struct
 * boot_info, build the first page directory and enter the higher half.
 *
 *      _start -> boot_main -> boot_enter_kernel -> ki_system_startup (kernel/init_startup.c)
 */
#include "boot/boot.h"
#include "boot/magic.h"
#include "boot/multiboot.h"
#include "arch/i386/cpu.h"
#include "arch/i386/registers.h"
#include "kernel/startup.h"
#include "lib/string.h"
#include "mm/layout.h"
#include "mm/system_directory.h"

/* The kernel's variables, reached at the physical address they were loaded to. */
#define PHYSICAL(variable) ((__typeof__(&(variable)))((uintptr_t) & (variable)-KERNEL_BASE))

void boot_main(uint32_t magic, uint32_t information);

static bool read_physical(void *context, uint32_t address, void *to, size_t bytes)
{
    (void)context;
    if (address + bytes < address)
        return false;
    memcpy(to, (const void *)address, bytes);
    return true;
}

static const char *parse(uint32_t magic, uint32_t information, struct boot_info *info)
{
    static const struct phys_reader reader = {.read = read_physical};

    if (magic == MULTIBOOT2_BOOT_MAGIC)
        return multiboot2_parse((const void *)information, MULTIBOOT2_LIMIT, info);
    if (magic == MULTIBOOT1_BOOT_MAGIC)
        return multiboot1_parse(&reader, information, info);
    return "the loader's magic number is neither multiboot1 (2BADB002) nor multiboot2 (36D76289)";
}

void boot_main(uint32_t magic, uint32_t information)
{
    struct boot_info *info = PHYSICAL(boot_information);
    uint32_t features = ki_cpuid_features();
    uint64_t start = features & CPUID_TSC ? rdtsc() : 0;
    const char *error = parse(magic, information, info);

    if (error)
        boot_fail(error);
    info->start_tsc = start;
    boot_map((uint32_t *)PHYSICAL(mm_system_page_directory),
             (features & CPUID_PSE) && !boot_option_present(info, "nopse"));
    boot_enter_kernel((uint32_t)PHYSICAL(mm_system_page_directory),
                      (uintptr_t)ki_startup_stack + sizeof(ki_startup_stack),
                      (uintptr_t)ki_system_startup);
}
