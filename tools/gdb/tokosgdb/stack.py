"""Names for addresses, and walks up the stack, as the kernel prints them."""
import re

import gdb

from .machine import read_u32

FRAMES_SHOWN = 24
PLACE = re.compile(r"(\S+)(?: \+ (\d+))? in section")


def symbol(va):
    """"mm_access_fault+0x2c", or "" when `va` has no name."""
    match = PLACE.match(gdb.execute(f"info symbol {va:#x}", to_string=True))
    if not match:
        return ""
    return f"{match[1]}+{int(match[2]):#x}" if match[2] else match[1]


def walk(eip, ebp):
    """The return addresses from `eip` on, by the chain of frame pointers."""
    yield eip
    for _ in range(FRAMES_SHOWN - 1):
        try:
            if not ebp or ebp & 3 or not read_u32(ebp + 4):
                return
            above, back = read_u32(ebp), read_u32(ebp + 4)
        except gdb.MemoryError:
            return
        yield back
        if above <= ebp:
            return
        ebp = above


def lines(eip, ebp):
    """The lines of a stack trace."""
    for number, va in enumerate(walk(eip, ebp)):
        yield f"  {number:02} {va:08x} {symbol(va)}"
