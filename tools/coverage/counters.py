"""Where gcov's counters are in a kernel built with COVERAGE=1, and what they stand at.

gcc describes the counters of each object in a struct gcov_info (libgcov's gcov.h, version 12), and
each of those is pointed to from between __gcov_info_start and __gcov_info_end. The kernel never looks
at them: this reads the descriptions in the ELF file, and the counters in the memory of a machine that
ran it.
"""
import array
import struct
from collections import namedtuple
from pathlib import Path

from tokoslib import elf
from tokoslib.errors import TokosError

PT_LOAD = 1
KINDS = 8                       # of counters in gcov_info; the first, arcs, is the only one used
INFO = struct.Struct(f"<5I{KINDS}I2I")
FUNCTION = struct.Struct("<6I")
VALUE_BYTES = 8

Object = namedtuple("Object", "data version stamp checksum functions")
# `address` is the physical address of `count` counters.
Function = namedtuple("Function", "ident line_checksum graph_checksum address count")
Segment = namedtuple("Segment", "offset virtual physical size writable")


class Kernel:
    """The counters of one kernel. `objects` are in the order of the file, as are their functions."""

    def __init__(self, path):
        self._image = Path(path).read_bytes()
        self._segments = [self._segment(number) for number in range(*self._headers())]
        places = {symbol.name: symbol.value for symbol in elf.symbols(path)}
        start, end = places.get("__gcov_info_start", 0), places.get("__gcov_info_end", 0)
        self.objects = [self._object(info) for info in self._words(start, (end - start) // 4)]
        if not self.objects:
            raise TokosError(f"{path} has no counters; build it with `make COVERAGE=1`")

    def _headers(self):
        start, = struct.unpack_from("<I", self._image, 28)
        size, count = struct.unpack_from("<HH", self._image, 42)
        return start, start + size * count, size

    def _segment(self, header):
        kind, offset, virtual, physical, size, _, flags, _ = struct.unpack_from("<8I", self._image, header)
        return Segment(offset, virtual, physical, size if kind == PT_LOAD else 0, bool(flags & 2))

    def _place(self, address):
        """The segment with `address`; what only memory has belongs to the one before it."""
        return max((one for one in self._segments if one.virtual <= address), key=lambda one: one.virtual)

    def _offset(self, address):
        segment = self._place(address)
        return address - segment.virtual + segment.offset

    def _words(self, address, count):
        return struct.unpack_from(f"<{count}I", self._image, self._offset(address)) if count else ()

    def _string(self, address):
        start = self._offset(address)
        return self._image[start:self._image.index(b"\0", start)].decode()

    def _object(self, info):
        fields = INFO.unpack_from(self._image, self._offset(info))
        version, _, stamp, checksum, name = fields[:5]
        count, table = fields[-2:]
        functions = (self._function(one, info) for one in self._words(table, count))
        return Object(Path(self._string(name)), version, stamp, checksum, [one for one in functions if one])

    def _function(self, address, info):
        """None for one that another object keeps."""
        if not address:
            return None
        key, ident, line, graph, count, values = FUNCTION.unpack_from(self._image, self._offset(address))
        if key != info:
            return None
        segment = self._place(values)
        return Function(ident, line, graph, values - segment.virtual + segment.physical, count)

    def _functions(self):
        return (function for one in self.objects for function in one.functions)

    def size(self):
        """How many counters there are."""
        return sum(function.count for function in self._functions())

    def runs_in(self, memory):
        """Is this the kernel that has run in `memory`? Its text and constants are there."""
        text = [one for one in self._segments if one.size and not one.writable]
        return bool(text) and all(
            memory[one.physical:one.physical + one.size] == self._image[one.offset:one.offset + one.size]
            for one in text)

    def values_in(self, memory):
        """All counters, as they stand in `memory`."""
        found = array.array("Q")
        for function in self._functions():
            found.frombytes(memory[function.address:function.address + function.count * VALUE_BYTES])
        return found

    def each(self, values):
        """Each object and, of `values`, those of each of its functions."""
        at = 0
        for one in self.objects:
            parts = []
            for function in one.functions:
                parts.append(values[at:at + function.count])
                at += function.count
            yield one, parts
