/*
 * !pte: both entries of an address in WinDbg's form, and for an invalid one what it promises.
 *
 *      F0000000  - PDE at C0300F00        PTE at C03C0000
 *                contains 0010C063      contains 0010D163
 *              pfn 10c --DA--KWV    pfn 10d G-DA--KWV
 */
#include "kernel/kd/kd_internal.h"
#include "mm/mi.h"
#include "mm/view.h"

/* [C]GLDANT(K|U)(R|W)V; C only when set. */
static void flags(struct mmpte pte)
{
    struct mmpte_hardware h = pte.hard;

    dbg_print("%s%c%c%c%c%c%c%c%cV", h.copy_on_write ? "C" : "", h.global ? 'G' : '-',
              h.large_page ? 'L' : '-', h.dirty ? 'D' : '-', h.accessed ? 'A' : '-',
              h.cache_disable ? 'N' : '-', h.write_through ? 'T' : '-', h.owner ? 'U' : 'K',
              h.write ? 'W' : 'R');
}

static void explain(struct mmpte pte)
{
    static const char *const protections[] = {"NoAccess",         "ReadOnly",        "Execute",
                                              "ExecuteRead",      "ReadWrite",       "WriteCopy",
                                              "ExecuteReadWrite", "ExecuteWriteCopy"};
    uint32_t protection = pte.soft.protection;

    switch (mi_pte_kind(pte)) {
    case MI_PTE_VALID:
    case MI_PTE_ZERO:
        return;
    case MI_PTE_DEMAND_ZERO:
        dbg_print("          DemandZero\n");
        break;
    case MI_PTE_TRANSITION:
        dbg_print("          Transition: %x\n", pte.trans.page_frame_number);
        break;
    case MI_PTE_SUBSECTION:
        dbg_print("          Subsection: %p\n", mi_subsection_of(pte));
        break;
    case MI_PTE_PAGE_FILE:
        dbg_print("          PageFile %x\n          Offset %x\n", pte.soft.page_file_low,
                  pte.soft.page_file_high);
        break;
    default:
        dbg_print("          Free system PTE, next %x\n", pte.list.next_entry);
        return;
    }
    dbg_print("          Protect: %x - %s\n", protection, protections[protection & 7]);
}

void kd_show_pte(uintptr_t va)
{
    const struct mmpte *pde_at = mi_get_pde_address(va), *pte_at = mi_get_pte_address(va);
    struct mmpte pde = mi_read_pte(pde_at);
    bool table = pde.hard.valid && !pde.hard.large_page;
    struct mmpte pte = table ? mi_read_pte(pte_at) : pde;

    dbg_print("%08X  - PDE at %08X        PTE at %08X\n", (uint32_t)va, (uint32_t)pde_at,
              (uint32_t)pte_at);
    dbg_print("          contains %08X      ", pde.value);
    if (table)
        dbg_print("contains %08X\n", pte.value);
    else
        dbg_print(pde.hard.valid ? "LARGE PAGE\n" : "unavailable\n");
    dbg_print("        ");
    if (pde.hard.valid) {
        dbg_print("pfn %x ", pde.hard.page_frame_number);
        flags(pde);
    } else {
        dbg_print("not valid");
    }
    if (table && pte.hard.valid) {
        dbg_print("    pfn %x ", pte.hard.page_frame_number);
        flags(pte);
    } else if (table) {
        dbg_print("    not valid");
    } else if (pde.hard.valid) {
        dbg_print("    pfn %x",
                  pde.hard.page_frame_number + (((uint32_t)va >> PAGE_SHIFT) & 0x3FF));
    }
    dbg_print("\n");
    explain(pte);
}
