"""`tokos break-fault`: a breakpoint on page faults, of one kind, of one page, or all.

It stands on mm_access_fault's first instruction. There the kind follows from the page-table entry,
except for outcomes that only trying can tell (no memory, a file that cannot be read, a large page
that has to be split): for these GDB stops where the fault ends. That is also where the entry's new
contents are printed, by internal breakpoints on mm_access_fault's return instructions and on the bug
check from which it does not return.
"""
import gdb

from . import kernel, records
from .constants import PAGE_SHIFT
from .expressions import number
from .fault import Fault
from .machine import Unavailable, reading_constants_from_the_file, register

HANDLER = "mm_access_fault"
STACK_BYTES = 0x3000        # at most, of a kernel stack
FROM_USER_MODE = "user"     # the word that means this instead of a kind
BUG_CHECK = "ke_bug_check_with_frame"


def _say(lines):
    for line in lines:
        gdb.write(line + "\n")


def _explaining_failures(stop):
    """Wrap a method that GDB asks whether to stop: when it cannot tell, GDB stops and says why."""
    def wrapped(self):
        try:
            return stop(self)
        except (Unavailable, gdb.error) as error:
            _say([f"This fault cannot be explained: {error}"])
            return True
    return wrapped


def _return_instructions():
    start = int(kernel.variable(HANDLER).address)
    end = gdb.block_for_pc(start).end
    with reading_constants_from_the_file():
        code = gdb.selected_inferior().architecture().disassemble(start, end - 1)
    return [one["addr"] for one in code if one["asm"].split()[0] in ("ret", "retl")]


class _End(gdb.Breakpoint):
    """On an instruction with which faults end."""

    def __init__(self, address, owner):
        super().__init__(f"*{address:#x}", internal=True)
        self.silent = True
        self._owner = owner

    @_explaining_failures
    def stop(self):
        """Whether to stop here; called by GDB."""
        return self._owner.ends()


class FaultBreakpoint(gdb.Breakpoint):
    """Stops at faults of `kind`, or in the page of `va`, or at all when both are None; if
    `from_user`, only at those that user mode caused."""

    def __init__(self, kind=None, va=None, from_user=False):
        super().__init__(f"*{HANDLER}")
        self._kind = kind
        self._va = va
        self._from_user = from_user
        self._open = {}         # faults under way, by the stack pointer at the entry
        ends = [*_return_instructions(), int(kernel.variable(BUG_CHECK).address)]
        self.internal_ones = [_End(address, self) for address in ends]

    def _wanted(self, fault, kind):
        if self._from_user and not fault.from_user:
            return False
        if self._va is not None:
            return fault.va >> PAGE_SHIFT == self._va >> PAGE_SHIFT
        return self._kind in (None, kind)

    def under_way(self):
        """The announced faults that are not over yet, with the stack pointer at the entry."""
        return [(esp, fault) for esp, fault in self._open.items() if fault.announced]

    @_explaining_failures
    def stop(self):
        """Whether to stop at the handler's entry; called by GDB."""
        fault = Fault()
        fault.announced = self._wanted(fault, fault.expected.kind)
        self._open[register("esp")] = fault
        if fault.announced:
            fault.description = list(fault.explain())
            _say(fault.description)
        return fault.announced

    def ends(self):
        """Say what became of the fault that ends here; return whether to stop."""
        stack = register("esp")
        entry = min((esp for esp in self._open if esp >= stack), default=None)
        fault = self._open.pop(entry, None)
        # Going backwards, this is the end of an earlier fault: nothing has been counted since.
        kind = fault and fault.outcome()
        if not kind:
            return False
        late = not fault.announced and self._wanted(fault, kind)
        if late:
            _say(fault.explain())
        if late or fault.announced:
            _say([f"The fault at {fault.va:08x} {fault.resolution(kind)}"])
        return late


def _forget(breakpoint_):
    """A FaultBreakpoint goes. Its internal ones are only switched off, since GDB is walking its list
    of breakpoints."""
    for one in getattr(breakpoint_, "internal_ones", ()):
        one.enabled = False


gdb.events.breakpoint_deleted.connect(_forget)


def innermost():
    """The announced Fault that the processor is in the middle of, or None."""
    stack = register("esp")
    found = [one for breakpoint_ in gdb.breakpoints() if isinstance(breakpoint_, FaultBreakpoint)
             for one in breakpoint_.under_way() if stack <= one[0] < stack + STACK_BYTES]
    return min(found, key=lambda one: one[0])[1] if found else None


def show(_words):
    """The lines of `tokos fault`."""
    fault = innermost()
    if not fault:
        raise Unavailable("No fault that `tokos break-fault` stopped at is being handled.")
    yield from fault.description


def words():
    """What can be asked for."""
    return [*records.kind_names()[1:], FROM_USER_MODE]


def set_breakpoint(argument):
    """Do what `tokos break-fault` is asked to do; yield what to say about it."""
    word = argument.strip()
    names = words()
    if not word:
        FaultBreakpoint()
        yield "Stops at every page fault."
    elif word == FROM_USER_MODE:
        FaultBreakpoint(from_user=True)
        yield "Stops at every page fault from user mode."
    elif word in names:
        FaultBreakpoint(kind=word)
        yield f"Stops at every {word} fault."
    else:
        try:
            va = number(word, "an address")
        except Unavailable as error:
            raise Unavailable(f"{error} Nor is it a kind of fault, which are: "
                              f"{', '.join(names)}.") from None
        FaultBreakpoint(va=va)
        yield f"Stops at every page fault in the page of {va:08x}."
