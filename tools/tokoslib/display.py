"""Chooses the window: what `--display` means to the QEMU that is installed."""
import subprocess

from .errors import EXIT_CUT_SHORT, TokosError
from .qemu import QEMU

PREFERRED = ("gtk", "sdl")


def window():
    """The name of a display type that opens a window; a TokosError when QEMU has none."""
    try:
        answer = subprocess.run([QEMU, "-display", "help"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise TokosError(f"cut short: {QEMU} is not installed; see `make doctor`",
                         EXIT_CUT_SHORT) from None
    offered = answer.stdout.split()
    for name in PREFERRED:
        if name in offered:
            return name
    raise TokosError("this QEMU cannot open a window: install the package qemu-system-gui, or "
                     "leave out --display")
