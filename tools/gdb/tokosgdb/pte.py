"""Page-table entries: found by walking from CR3 in physical memory, decoded, and shown as `!pte` does.

The walk needs neither the self-map nor a mapped page, so it works from the moment paging is on; it is
also a second opinion on what the kernel reads through its self-map.
"""
from collections import namedtuple

from . import kernel
from .constants import LARGE_PAGE_PAGES, LARGE_PAGE_SHIFT, PAGE_SHIFT, PDE_BASE, PTE_BASE
from .expressions import number
from .machine import read_physical_u32, register, require_paging

PTE_BYTES = 4
FRAME_MASK = 0xFFFFF000
PROTECTIONS = ("NoAccess", "ReadOnly", "Execute", "ExecuteRead", "ReadWrite", "WriteCopy",
               "ExecuteReadWrite", "ExecuteWriteCopy")

# An entry's contents, and its address in the self-map.
Entry = namedtuple("Entry", "value address")

# Both entries of an address; pte is None when the PDE leads to no page table.
Walk = namedtuple("Walk", "pde pte")


def hard(value):
    """The bits of the entry `value` as the processor reads it."""
    return kernel.bits("mmpte_hardware", value)


def walk(va):
    """The Walk for the virtual address `va`."""
    index = va >> LARGE_PAGE_SHIFT
    directory = register("cr3") & FRAME_MASK
    pde = Entry(read_physical_u32(directory + index * PTE_BYTES), PDE_BASE + index * PTE_BYTES)
    if not hard(pde.value)["valid"] or hard(pde.value)["large_page"]:
        return Walk(pde, None)
    index = va >> PAGE_SHIFT
    table = pde.value & FRAME_MASK
    value = read_physical_u32(table + index % LARGE_PAGE_PAGES * PTE_BYTES)
    return Walk(pde, Entry(value, PTE_BASE + index * PTE_BYTES))


def kind(value):
    """What the entry says, as mi_pte_kind asks it: a name such as "demand-zero"."""
    soft = kernel.bits("mmpte_software", value)
    if soft["valid"]:
        return "valid"
    if not value:
        return "zero"
    if soft["prototype"]:
        return "subsection"
    if soft["transition"]:
        return "transition"
    if not soft["protection"]:
        return "free"
    return "page-file" if soft["page_file_low"] or soft["page_file_high"] else "demand-zero"


def flags(value):
    """The bits of a valid entry in WinDbg's letters."""
    h = hard(value)
    letters = (("global", "G-"), ("large_page", "L-"), ("dirty", "D-"), ("accessed", "A-"),
               ("cache_disable", "N-"), ("write_through", "T-"), ("owner", "UK"), ("write", "WR"))
    return ("C" if h["copy_on_write"] else "") + "".join(
        yes_no[not h[name]] for name, yes_no in letters) + "V"


def frame(value):
    """The frame that a valid entry names."""
    return hard(value)["page_frame_number"]


def protection(value):
    """The name of the protection that an invalid entry promises."""
    return PROTECTIONS[kernel.bits("mmpte_software", value)["protection"] & 7]


def subsection(value):
    """The address of the struct subsection that the entry names (mi_subsection_of)."""
    fields = kernel.bits("mmpte_subsection", value)
    units = fields["subsection_high"] << 4 | fields["subsection_low"]
    pool = "MM_REGION_NONPAGED_POOL" if fields["which_pool"] else "MM_REGION_SPECIAL_POOL"
    region = kernel.enumerators("mm_region_id")[pool]
    return int(kernel.variable("mm_regions")[region]["start"]) + units * 8


def _promise(value):
    soft = kernel.bits("mmpte_software", value)
    said = kind(value)
    if said in ("valid", "zero"):
        return
    if said == "free":
        yield f"          Free system PTE, next {kernel.bits('mmpte_list', value)['next_entry']:x}"
        return
    if said == "demand-zero":
        yield "          DemandZero"
    elif said == "transition":
        yield f"          Transition: {kernel.bits('mmpte_transition', value)['page_frame_number']:x}"
    elif said == "subsection":
        yield f"          Subsection: {subsection(value):08x}"
    else:
        yield f"          PageFile {soft['page_file_low']:x}"
        yield f"          Offset {soft['page_file_high']:x}"
    yield f"          Protect: {soft['protection']:x} - {protection(value)}"


def _second_column(va, pde, pte):
    if pte is None:
        valid = hard(pde.value)["valid"]
        small = (va >> PAGE_SHIFT) % LARGE_PAGE_PAGES
        return ("LARGE PAGE" if valid else "unavailable",
                f"    pfn {frame(pde.value) + small:x}" if valid else "")
    state = f"pfn {frame(pte.value):x} {flags(pte.value)}" if hard(pte.value)["valid"] else "not valid"
    return f"contains {pte.value:08X}", f"    {state}"


def show(words):
    """The lines of `tokos pte`, in the form of `!pte`."""
    va = number(words, "an address")
    require_paging()
    pde, pte = walk(va)
    contains, state = _second_column(va, pde, pte)
    first = f"pfn {frame(pde.value):x} {flags(pde.value)}" if hard(pde.value)["valid"] else "not valid"
    pte_address = PTE_BASE + (va >> PAGE_SHIFT) * PTE_BYTES
    yield f"{va:08X}  - PDE at {pde.address:08X}        PTE at {pte_address:08X}"
    yield f"          contains {pde.value:08X}      {contains}"
    yield f"        {first}{state}"
    yield from _promise((pte or pde).value)
