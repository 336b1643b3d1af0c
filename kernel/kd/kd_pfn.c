/* !pfn: one entry of the PFN database in WinDbg's form. */
#include "kernel/kd/kd_internal.h"
#include "mm/pfn.h"

void kd_show_pfn(uint32_t frame)
{
    if (frame > mm_highest_physical_page) {
        dbg_print("PFN %x is beyond the highest, %x\n", frame, mm_highest_physical_page);
        return;
    }
    const struct mmpfn *pfn = mi_pfn(frame);
    dbg_print("    PFN %08X at address %08X\n", frame, (uint32_t)pfn);
    if (pfn->rom) {
        dbg_print("    not usable RAM\n");
        return;
    }
    dbg_print("    flink       %08X  blink / share count %08X  pteaddress %08X\n", pfn->u1.flink,
              pfn->u2.blink, (uint32_t)pfn->pte_address);
    dbg_print("    reference count %04X                                color %x\n",
              pfn->reference_count, pfn->page_color);
    dbg_print("    restore pte %08X  containing page        %05X  %-10s %c%c%c\n",
              pfn->original_pte.value, pfn->containing_page,
              mi_page_location_names[pfn->page_location], pfn->modified ? 'M' : ' ',
              pfn->read_in_progress ? 'R' : ' ', pfn->write_in_progress ? 'W' : ' ');
}
