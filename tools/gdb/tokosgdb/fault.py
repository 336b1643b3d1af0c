"""One page fault, seen from outside: what happened, what mm_access_fault will make of it, and what
became of it.

The expectation follows the decision list of mm/fault.c; that both agree is tested.
"""
from collections import namedtuple

import gdb

from . import kernel, pte, records
from .constants import (DISPATCH_LEVEL, KF_LARGE_PAGE, MM_SYSTEM_RANGE_START, PF_FETCH, PF_PRESENT,
                        PF_RESERVED, PF_USER, PF_WRITE)
from .machine import register
from .regions import region_of
from .stack import symbol

BY_PTE = {"demand-zero": "demand-zero", "transition": "transition", "subsection": "demand-page"}

# The outcomes that end in a bug check.
FATAL = ("read-only", "not-backed", "raised-irql", "user-address", "in-page-error", "no-memory",
         "no-access")

UNDECIDED = "known when it ends: in user space the VADs decide"

# The entry that decides (None where there is no address space), its name, and the kind that follows
# from it; None where the VADs decide.
Expectation = namedtuple("Expectation", "entry name kind")


def _large_kind(said):
    if said != "demand-zero":
        return "not-backed"
    has_large_pages = int(kernel.variable("ke_feature_bits")) & KF_LARGE_PAGE
    return "large" if has_large_pages else "large-split"


def _has_address_space():
    thread = kernel.variable("ki_initial_pcr")["current_thread"]
    return bool(int(thread) and int(thread["process"]["address_space"]))


def _expect_in_user_space(va):
    if not _has_address_space():
        return Expectation(None, "", "user-address")
    pde, entry = pte.walk(va)
    return Expectation(entry or pde, "PTE" if entry else "PDE", None)


def expect(va, error):
    """The Expectation for a fault at `va` with the error code `error`, taken now."""
    if va < MM_SYSTEM_RANGE_START or error & PF_USER:
        return _expect_in_user_space(va)
    pde, entry = pte.walk(va)
    name = "PTE" if entry else "PDE"
    decisive = entry or pde
    said = pte.kind(decisive.value)
    if said == "valid":
        denied = error & PF_WRITE and not pte.hard(decisive.value)["write"]
        kind = "read-only" if denied else "dismissed"
    elif int(kernel.variable("ki_initial_pcr")["irql"]) >= DISPATCH_LEVEL:
        kind = "raised-irql"
    else:
        kind = BY_PTE.get(said, "not-backed") if entry else _large_kind(said)
    return Expectation(decisive, name, kind)


def access(error):
    """What was tried: a write, a read or an instruction fetch."""
    return "instruction fetch" if error & PF_FETCH else "write" if error & PF_WRITE else "read"


def error_words(error):
    """The error code's bits in words (Intel SDM volume 3, figure 4-12)."""
    words = [access(error), "by user mode" if error & PF_USER else "by the kernel",
             "the page is present: a protection violation" if error & PF_PRESENT
             else "the page is not present"]
    if error & PF_RESERVED:
        words.append("a reserved bit is set in an entry")
    return ", ".join(words)


def entry_words(value):
    """An entry in hexadecimal and in words."""
    said = pte.kind(value)
    if said == "valid":
        return f"{value:08X} (pfn {pte.frame(value):x} {pte.flags(value)})"
    if said in ("zero", "free"):
        return f"{value:08X} ({said})"
    return f"{value:08X} ({said}, {pte.protection(value)})"


def _place(eip):
    """The function, source line and instruction at `eip`."""
    block = gdb.block_for_pc(eip)
    while block and not block.function:
        block = block.superblock
    line = gdb.find_pc_line(eip)
    words = [block.function.name if block else symbol(eip) or "(no symbol)"]
    if line.symtab:
        words.append(f"{line.symtab.filename}:{line.line}")
    try:
        code = gdb.selected_inferior().architecture().disassemble(eip)[0]["asm"]
    except gdb.MemoryError:
        code = "(no instruction can be read there)"
    return ", ".join(words) + "  " + " ".join(code.split())


class Fault:
    """The fault that mm_access_fault has just been entered for: made at its first instruction."""

    def __init__(self):
        arguments = gdb.newest_frame()
        self.va = int(arguments.read_var("va"))
        self.error = int(arguments.read_var("error_code"))
        self.eip = int(arguments.read_var("frame").dereference()["eip"])
        self.expected = expect(self.va, self.error)
        self._counts = records.counts()
        self.announced = False
        self.description = []

    @property
    def from_user(self):
        """Did user mode cause it?"""
        return bool(self.error & PF_USER)

    def explain(self):
        """The lines that say what the fault is."""
        yield f"Page fault: {access(self.error)} at {self.va:08x}"
        yield f"  CR2    {self._cr2()}  {region_of(self.va) or 'between the regions'}"
        yield f"  error  {self.error:04x}      {error_words(self.error)}"
        yield f"  eip    {self.eip:08x}  {_place(self.eip)}"
        if self.expected.entry:
            entry = self.expected.entry
            yield f"  {self.expected.name}    {entry_words(entry.value)}, at {entry.address:08x}"
        else:
            yield "  PTE    none is looked at: nothing is mapped in user space yet"
        ending = "; it ends in a bug check" if self.expected.kind in FATAL else ""
        yield f"  kind   {self.expected.kind or UNDECIDED}{ending}"

    def _cr2(self):
        now = register("cr2")
        return f"{now:08x}" if now == self.va else f"{now:08x} (by now; the fault's was {self.va:08x})"

    def outcome(self):
        """The kind that mm_access_fault counted, None if it counted nothing; asked when it is about
        to return."""
        now = records.counts()
        counted = [kind for kind, before in self._counts.items() if now[kind] > before]
        return self.expected.kind if self.expected.kind in counted else next(iter(counted), None)

    def resolution(self, kind):
        """What became of it, in words, when its outcome is `kind`; asked when mm_access_fault is
        about to return."""
        verb = "failed" if kind in FATAL else "was resolved"
        if not self.expected.entry:
            return f"{verb} as {kind}"
        name = self.expected.name
        pde, entry = pte.walk(self.va)
        after = entry if name == "PTE" and entry else pde
        return (f"{verb} as {kind}: {name} {self.expected.entry.value:08X} -> "
                f"{entry_words(after.value)}")
