/*
 * What the boot loader left behind, in one form for every loader: the hand-over from boot/ to the
 * kernel. Strings are copied and cut to size, so nothing points into loader memory, which the
 * memory manager may hand out again. Filled by boot/ before paging, read only afterwards.
 */
#pragma once

#include "lib/types.h"

#define BOOT_MAX_RANGES  128u
#define BOOT_MAX_MODULES 8u
#define BOOT_STRING      1024u
#define BOOT_NAME        64u

/* Why a range of physical memory may or may not be used; ordered from least to most restrictive,
 * so that where two ranges overlap the higher number wins. */
enum boot_range_type {
    BOOT_RANGE_USABLE,   /* ordinary RAM */
    BOOT_RANGE_ACPI,     /* ACPI tables; reclaimable in principle, left alone here */
    BOOT_RANGE_NVS,      /* ACPI non-volatile storage: never touch */
    BOOT_RANGE_RESERVED, /* firmware, devices, and every type we do not know */
    BOOT_RANGE_BAD,      /* defective RAM */
};

struct boot_range {
    uint64_t base;   /* first byte */
    uint64_t length; /* bytes; never 0 after normalisation */
    enum boot_range_type type;
};

struct boot_module {
    uint32_t start; /* physical address of the first byte */
    uint32_t end;   /* physical address behind the last byte */
    char name[BOOT_NAME];
};

struct boot_info {
    char loader[BOOT_NAME]; /* the loader's own name, "" when it gave none */
    char protocol[16];      /* "multiboot1" or "multiboot2" */
    char command_line[BOOT_STRING];
    uint32_t range_count;
    struct boot_range ranges[BOOT_MAX_RANGES]; /* sorted, disjoint, page edges not yet rounded */
    uint32_t module_count;
    struct boot_module modules[BOOT_MAX_MODULES];
    uint32_t ranges_dropped; /* ranges that found no room: reported, treated as reserved */
    uint32_t modules_dropped;
    uint64_t start_tsc; /* time stamp at the kernel's first instruction, 0 without TSC */
};

/* Empties everything but start_tsc, which comes from elsewhere, and sets the protocol's name. */
void boot_info_initialize(struct boot_info *info, const char *protocol);

/* => a new module with an empty name, or NULL (and modules_dropped grows) when there is no room. */
struct boot_module *boot_info_add_module(struct boot_info *info, uint32_t start, uint32_t end);
