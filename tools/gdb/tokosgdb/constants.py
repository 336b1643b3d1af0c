"""The kernel's macros that are in no symbol table, by the headers that define them.

This module does not need GDB: a test compiles the table against the headers.
"""

HEADERS = {
    "lib/types.h": {
        "PAGE_SHIFT": 12,
        "LARGE_PAGE_SHIFT": 22,
        "LARGE_PAGE_PAGES": 1024,
    },
    "mm/layout.h": {
        "MM_SYSTEM_RANGE_START": 0x80000000,
        "PTE_BASE": 0xC0000000,
        "PDE_BASE": 0xC0300000,
        "MM_PFN_DATABASE": 0xF0000000,
        "MM_PEB": 0x7FFDF000,
    },
    "mm/pte.h": {
        "MM_ZERO_ACCESS": 0,
        "MM_READWRITE": 4,
    },
    "mm/pfn.h": {
        "PFN_NONE": 0xFFFFFFFF,
    },
    "arch/i386/pte_bits.h": {
        "PF_PRESENT": 0x01,
        "PF_WRITE": 0x02,
        "PF_USER": 0x04,
        "PF_RESERVED": 0x08,
        "PF_FETCH": 0x10,
    },
    "arch/i386/cpu.h": {
        "KF_LARGE_PAGE": 0x0002,
    },
    "kernel/ke/irql.h": {
        "DISPATCH_LEVEL": 2,
    },
}

for _table in HEADERS.values():
    globals().update(_table)
