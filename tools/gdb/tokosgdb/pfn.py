"""The PFN database: `tokos pfn`."""
import gdb

from . import kernel
from .constants import MM_PFN_DATABASE
from .expressions import number
from .machine import require_paging


def _fields(pfn):
    state = kernel.text(kernel.variable("mi_page_location_names")[int(pfn["page_location"])])
    marks = "".join(letter if int(pfn[name]) else " " for name, letter in (
        ("modified", "M"), ("read_in_progress", "R"), ("write_in_progress", "W")))
    yield (f"    flink       {int(pfn['u1']['flink']):08X}  blink / share count "
           f"{int(pfn['u2']['blink']):08X}  pteaddress {int(pfn['pte_address']):08X}")
    yield (f"    reference count {int(pfn['reference_count']):04X}                                "
           f"color {int(pfn['page_color']):x}")
    yield (f"    restore pte {int(pfn['original_pte']['value']):08X}  containing page        "
           f"{int(pfn['containing_page']):05X}  {state:<10} {marks}")


def show(words):
    """The lines of `tokos pfn`, in the form of `!pfn`."""
    frame = number(words, "a frame number")
    require_paging()
    kernel.require_memory_manager()
    highest = int(kernel.variable("mm_highest_physical_page"))
    if frame > highest:
        yield f"PFN {frame:x} is beyond the highest, {highest:x}"
        return
    entry_type = gdb.lookup_type("struct mmpfn")
    address = MM_PFN_DATABASE + frame * entry_type.sizeof
    pfn = gdb.Value(address).cast(entry_type.pointer()).dereference()
    yield f"    PFN {frame:08X} at address {address:08X}"
    if int(pfn["rom"]):
        yield "    not usable RAM"
    else:
        yield from _fields(pfn)
