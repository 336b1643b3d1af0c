"""The machine as GDB sees it: registers, virtual and physical memory, and whether paging is on."""
import contextlib

import gdb

CR0_PAGING = 1 << 31
MASK = 0xFFFFFFFF


class Unavailable(Exception):
    """What was asked for cannot be had now; the text is a sentence that says why."""


def register(name):
    """The value of the control or general register `name`, as an unsigned number."""
    value = gdb.parse_and_eval(f"${name}")
    if value.type.code == gdb.TYPE_CODE_VOID:
        raise Unavailable("There is no running machine; connect to one with `target remote`.")
    return int(value) & MASK


def paging_is_on():
    """Whether the processor translates addresses at this moment."""
    return bool(register("cr0") & CR0_PAGING)


def require_paging():
    """Unavailable unless the kernel's addresses mean something by now."""
    if not paging_is_on():
        raise Unavailable("Paging is off: the kernel has not been entered yet, so nothing of it can "
                          "be read. `break ki_system_startup` and `continue` go to its start.")


def read_u32(va):
    """The word at the virtual address `va`; gdb.MemoryError when nothing is mapped there."""
    return int.from_bytes(gdb.selected_inferior().read_memory(va, 4).tobytes(), "little")


def read_physical_u32(address):
    """The word at the physical `address`, whatever is mapped."""
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        return read_u32(address)
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


@contextlib.contextmanager
def reading_constants_from_the_file():
    """Within this, text and constants come from the ELF file: they are there before paging is."""
    gdb.execute("set trust-readonly-sections on")
    try:
        yield
    finally:
        gdb.execute("set trust-readonly-sections off")
