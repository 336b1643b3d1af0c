"""Reads the symbol table of a 32-bit little-endian ELF file."""
import bisect
import struct
from collections import namedtuple
from pathlib import Path

from .errors import TokosError

Symbol = namedtuple("Symbol", "value size name kind")

SHT_SYMTAB = 2
STT_OBJECT = 1
STT_SECTION = 3
STT_FILE = 4
SHN_UNDEF = 0

# Past this distance a symbol without a size does not explain an address any more.
FARTHEST = 0x10000


def _sections(image):
    offset, = struct.unpack_from("<I", image, 32)
    size, count = struct.unpack_from("<HH", image, 46)
    return [struct.unpack_from("<10I", image, offset + i * size) for i in range(count)]


def symbols(path):
    """All named, defined symbols of the ELF file `path`, ordered by address. A TokosError if the
    file is not a 32-bit ELF file."""
    image = Path(path).read_bytes()
    if image[:6] != b"\x7fELF\x01\x01":
        raise TokosError(f"{path} is not a 32-bit little-endian ELF file")
    sections = _sections(image)
    found = []
    for section in sections:
        if section[1] == SHT_SYMTAB:
            found += _table(image, section, sections[section[6]])
    return sorted(found)


def _table(image, section, strings):
    offset, size = section[4], section[5]
    for name, value, length, info, _, index in struct.iter_unpack(
            "<IIIBBH", image[offset:offset + size]):
        if name and index != SHN_UNDEF and info & 15 not in (STT_SECTION, STT_FILE):
            start = strings[4] + name
            text = image[start:image.index(b"\0", start)].decode()
            yield Symbol(value, length, text, info & 15)


class SymbolMap:
    """Names addresses as `function+0x12`."""

    def __init__(self, path=None):
        """`path` is an ELF file, or None for a map that knows no names."""
        self._symbols = symbols(path) if path else []
        self._starts = [symbol.value for symbol in self._symbols]

    def name(self, address):
        """`symbol+0xoffset` for the symbol that holds `address`, or an empty string."""
        index = bisect.bisect_right(self._starts, address) - 1
        if index < 0:
            return ""
        symbol = self._symbols[index]
        offset = address - symbol.value
        if offset >= (symbol.size or FARTHEST):
            return ""
        return f"{symbol.name}+{offset:#x}"
