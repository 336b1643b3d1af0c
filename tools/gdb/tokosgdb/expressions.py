"""Turns the words of a command into numbers."""
import re

import gdb

from .machine import MASK, Unavailable

EIGHT_DIGITS = re.compile(r"[0-9A-Fa-f]{8}")
HAVE_AN_ADDRESS = (gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_STRUCT,
                   gdb.TYPE_CODE_UNION)


def number(words, what):
    """The value of the GDB expression `words`, 32 bits wide. Functions, arrays and structures stand
    for their addresses, and eight hexadecimal digits, as the kernel prints addresses, need no 0x.
    `what` names the argument in the complaint when there is none."""
    words = words.strip()
    if not words:
        raise Unavailable(f"Say {what}: any expression of GDB.")
    if EIGHT_DIGITS.fullmatch(words):
        return int(words, 16)
    try:
        value = gdb.parse_and_eval(words)
        if value.type.strip_typedefs().code in HAVE_AN_ADDRESS:
            value = value.address
        result = int(value)
    except gdb.MemoryError:
        raise
    except (gdb.error, TypeError) as error:
        reason = str(error).rstrip(".")
        raise Unavailable(f"'{words}' is not {what}: {reason}.") from None
    if not -(1 << 31) <= result <= MASK:
        raise Unavailable(f"'{words}' is {result:#x}, which does not fit 32 bits.")
    return result & MASK
