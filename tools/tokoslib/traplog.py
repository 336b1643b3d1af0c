"""QEMU's log of exceptions (`-d int,cpu_reset`): the post-mortem of a triple fault.

The log grows by about a kilobyte per exception, so QEMU writes it into a FIFO and only its tail is
kept here. It makes an exception cost about 7 microseconds of host time instead of about half of
one; `--no-trap-log` leaves only the reset messages, which are enough to recognise a triple fault.
"""
import re
from collections import namedtuple

KEEP = 64 * 1024
TRIPLE_FAULT = b"Triple fault"

Exception_ = namedtuple("Exception_", "vector error cpl eip cr2")

ENTRY = re.compile(
    rb"^ *\d+: v=(?P<v>[0-9a-f]{2}) e=(?P<e>[0-9a-f]{4}) i=\d cpl=(?P<cpl>\d) "
    rb"IP=[0-9a-f]{4}:(?P<ip>[0-9a-f]+).*?(?:CR2=(?P<cr2>[0-9a-f]+))?\s*$", re.M)

# Intel SDM volume 3, table 6-1.
NAMES = {
    0x00: "#DE divide error", 0x01: "#DB debug", 0x02: "NMI", 0x03: "#BP breakpoint",
    0x04: "#OF overflow", 0x05: "#BR bound range", 0x06: "#UD invalid opcode",
    0x07: "#NM no coprocessor", 0x08: "#DF double fault", 0x0A: "#TS invalid TSS",
    0x0B: "#NP segment not present", 0x0C: "#SS stack fault", 0x0D: "#GP general protection",
    0x0E: "#PF page fault", 0x10: "#MF x87 error", 0x11: "#AC alignment", 0x12: "#MC machine check",
}
PAGE_FAULT = 0x0E
HAS_ERROR_CODE = {0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x11}


class TrapLog:
    """The tail of the log, and whether a triple fault was ever in it."""

    def __init__(self):
        self._tail = b""
        self.triple_fault = False

    def feed(self, data):
        """Take the next bytes of the log."""
        overlap = self._tail[-len(TRIPLE_FAULT):]
        self.triple_fault = self.triple_fault or TRIPLE_FAULT in overlap + data
        self._tail = (self._tail + data)[-KEEP:]

    def last_exceptions(self, count=8):
        """The last `count` exceptions, the oldest first."""
        return [Exception_(int(m["v"], 16), int(m["e"], 16), int(m["cpl"]), int(m["ip"], 16),
                           int(m["cr2"] or b"0", 16))
                for m in list(ENTRY.finditer(self._tail))[-count:]]


def page_fault_words(error):
    """Page-fault error bits in words (Intel SDM volume 3, section 4.7)."""
    return " ".join(("user" if error & 4 else "kernel", "write" if error & 2 else "read",
                     "protection" if error & 1 else "not present"))


def describe(exception, names):
    """One line about `exception`; `names` is the SymbolMap for its address."""
    words = NAMES.get(exception.vector, f"interrupt {exception.vector:#04x}")
    if exception.vector in HAS_ERROR_CODE:
        words += f", error {exception.error:04x}"
    if exception.vector == PAGE_FAULT:
        words += f" ({page_fault_words(exception.error)}), CR2={exception.cr2:08x}"
    return f"{words}, at {exception.eip:08x} {names.name(exception.eip)}".rstrip()
