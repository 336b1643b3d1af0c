"""`tokos start`, `tokos break-user`, `tokos resolve`: to the program, into it, and back to it.

QEMU keeps breakpoints itself, by virtual address, and writes none into memory. So one can stand in a
page that is not present; it is there when the instruction comes to be executed. But every process has
the same user addresses: the breakpoints here ask whose turn it is.
"""
import gdb

from . import break_fault, kernel, threads, user_symbols
from .constants import MM_SYSTEM_RANGE_START
from .lists import pointer_to
from .machine import Unavailable, reading_constants_from_the_file, register

PROCESS_STARTS = "ps_create_process_thread"
USER_MODE = 3       # in the low bits of cs


def _current_thread():
    return int(kernel.variable("ki_initial_pcr")["current_thread"])


class _Here(gdb.Breakpoint):
    """Stops at `address` if `holds()`. An `internal` one is not listed, and stops without a word."""

    def __init__(self, address, holds, internal=True):
        super().__init__(f"*{address:#x}", internal=internal)
        self.silent = internal
        self._holds = holds

    def stop(self):
        """Whether to stop; called by GDB."""
        return self._holds()


def _in_process(one):
    return lambda: int(kernel.variable("ki_initial_pcr")["current_thread"]["process"]) == one


def _go_to(*breakpoints):
    """Let the machine go on until it stops, and take the breakpoints away."""
    try:
        gdb.execute("continue")
    finally:
        for one in breakpoints:
            if one.is_valid():
                one.delete()


def _run_to(address, holds, what):
    """Run to `address` without a word; Unavailable if the machine stops elsewhere."""
    try:
        _go_to(_Here(address, holds))
    except gdb.error as error:      # the machine is gone
        raise Unavailable(f"{what} was not reached: {error}. The serial line says why.") from None
    if not gdb.selected_inferior().pid or register("pc") != address:
        raise Unavailable(f"{what} was not reached.")


def start(_words):
    """Do what `tokos start` is asked to do; yield what to say about it."""
    _run_to(int(kernel.variable(PROCESS_STARTS).address), lambda: True, "The start of a program")
    one = gdb.newest_frame().read_var("process")
    entry = int(one["image_base"]) + int(one["image"]["entry_point"])
    _run_to(entry, _in_process(int(one)), "The program's entry point")
    yield f"The program is at its entry point, {entry:08x}. Its modules:"
    yield from user_symbols.load("")


def _addresses(words):
    """The addresses in user space that the GDB location `words` means. The code that GDB looks at for
    them may not be present, so it is read from the file."""
    with reading_constants_from_the_file():
        _, found = gdb.decode_line(words)
    return [one.pc for one in found or () if one.pc < MM_SYSTEM_RANGE_START]


def set_breakpoint(words):
    """Do what `tokos break-user` is asked to do; yield what to say about it."""
    words = words.strip()
    if not words:
        raise Unavailable("Say where: a function, or any location of GDB's.")
    one = user_symbols.process()
    addresses = _addresses(words)
    if not addresses:
        raise Unavailable(f"There is no {words} in user space.")
    for address in addresses:
        _Here(address, _in_process(int(one)), internal=False)
        yield f"Stops at {words}, {address:08x}, in process {int(one['unique_process_id']):04x}."


def _user_frame(thread):
    """What the last trap from user mode pushed: at the top of the thread's kernel stack."""
    kind = gdb.lookup_type("struct kuser_frame")
    return pointer_to(int(thread["initial_stack"]) - kind.sizeof, "struct kuser_frame")["trap"]


def _again():
    """Where the fault that is being handled will be tried again, and whether user mode does. At the
    first instructions of the handler no Fault is known yet, but user mode's frame is."""
    fault = break_fault.innermost()
    if fault and not fault.from_user:
        return fault.eip, False
    thread = threads.pcr()["current_thread"]
    if register("cs") & USER_MODE == USER_MODE or not int(thread["npx_state"]):
        raise Unavailable("No fault is being handled here.")
    return int(_user_frame(thread)["eip"]), True


def resolve(_words):
    """Do what `tokos resolve` is asked to do. A fault of user mode that fails ends in ntdll's exception
    dispatcher instead."""
    eip, from_user = _again()
    thread = _current_thread()
    places = [eip]
    if from_user:
        places.append(int(threads.pcr()["current_thread"]["process"]["user_exception_dispatcher"]))
    _go_to(*[_Here(place, lambda: _current_thread() == thread) for place in places])
    if register("pc") in places:
        gdb.execute("frame")
    return ()
