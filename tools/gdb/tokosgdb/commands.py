"""The `tokos` commands as GDB sees them: their names, their help, and their failures in a sentence."""
from collections import namedtuple

import gdb

from . import (break_fault, executive, pfn, pte, records, regions, threads, user_code,
               user_symbols, vm)
from .machine import Unavailable

# action(words) yields the lines to print; complete(), if any, lists words for the argument.
Description = namedtuple("Description", "name argument help action complete", defaults=(None,))

COMMANDS = (
    Description("pte", "VA", "show the PDE and PTE of an address, as !pte does", pte.show),
    Description("pfn", "FRAME", "show an entry of the PFN database, as !pfn does", pfn.show),
    Description("vm", "", "show how memory is used, as !vm and !memusage do", vm.show),
    Description("layout", "", "show the address map, as !layout does", regions.layout),
    Description("faults", "", "list the recorded faults, as !faults does", records.show),
    Description("thread", "[VA|ID]", "show a thread and its stack, as !thread does",
                threads.show_thread),
    Description("process", "[VA|ID]", "list processes and their threads, as !process does",
                threads.show_processes),
    Description("ready", "", "show who runs and who is ready to, as !ready does",
                threads.show_ready),
    Description("irql", "", "show the level and what is pending, as !irql does",
                executive.show_irql),
    Description("locks", "", "list the locks that are held, as !locks does", executive.show_locks),
    Description("timer", "", "list the timers on their way, as !timer does",
                executive.show_timers),
    Description("object", "[VA|\\NAME]", "show an object or a directory, as !object does",
                executive.show_object),
    Description("handle", "[HANDLE]", "list the handles, as !handle does",
                executive.show_handles),
    Description("break-fault", "[KIND|VA]", "stop at page faults: all, of a kind, or of a page; "
                "`user`: from user mode", break_fault.set_breakpoint, break_fault.words),
    Description("fault", "", "show the page fault that is being handled", break_fault.show),
    Description("resolve", "", "go on until the instruction that faulted is tried again",
                user_code.resolve),
    Description("user-symbols", "", "load the symbols of the current process's modules",
                user_symbols.load),
    Description("break-user", "WHERE", "stop there, in the current process only",
                user_code.set_breakpoint),
    Description("start", "", "boot to the program's entry point, and load its symbols",
                user_code.start),
)

NOTE = """\
VA and FRAME may be any expression of GDB; eight hexadecimal digits, as the kernel prints addresses,
are taken as such. The kinds of faults are those that `tokos faults` shows."""


def _run(action, words):
    """Print what `action` yields. A failure becomes GDB's error message, without a traceback."""
    try:
        for line in action(words):
            gdb.write(line + "\n")
    except Unavailable as error:
        raise gdb.GdbError(str(error)) from None
    except gdb.MemoryError as error:
        raise gdb.GdbError(f"Nothing is mapped where this looked: {str(error).rstrip('.')}.") from None
    except gdb.error as error:
        raise gdb.GdbError(f"GDB cannot do this now: {str(error).rstrip('.')}.") from None


def _overview(words):
    if words.strip():
        raise Unavailable(f"'{words.split()[0]}' is not a command of tokos; `tokos` lists them.")
    for one in COMMANDS:
        yield f"  tokos {one.name:<12} {one.argument:<10} {one.help}"
    yield NOTE


class _Overview(gdb.Command):
    """Look at the TokOS kernel. Without more words: list the commands."""

    def __init__(self):
        super().__init__("tokos", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, words, _from_tty):
        """Called by GDB."""
        _run(_overview, words)


class _Command(gdb.Command):
    def __init__(self, description):
        self._description = description
        self.__doc__ = (f"{description.help.capitalize()}.\n"
                        f"Usage: tokos {description.name} {description.argument}".rstrip()
                        + f"\n\n{NOTE}")
        super().__init__(f"tokos {description.name}", gdb.COMMAND_DATA)

    def invoke(self, words, _from_tty):
        """Called by GDB."""
        _run(self._description.action, words)

    def complete(self, _text, word):
        """Called by GDB for the words that can follow."""
        if not self._description.complete:
            return gdb.COMPLETE_EXPRESSION
        return [name for name in self._description.complete() if name.startswith(word)]


def register():
    """Add the commands to GDB."""
    _Overview()
    for description in COMMANDS:
        _Command(description)
