"""Where the repository's files are, and clear words when one of them is missing."""
from pathlib import Path

from .errors import TokosError

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
ISO = BUILD / "tokos.iso"
KERNEL = BUILD / "tokos.elf"

# The make target that produces a file, by the file's last suffix.
MAKE_TARGET = {".iso": "make iso", ".elf": "make"}


def existing(path):
    """Return `path` as an absolute Path; a TokosError that names the make target if it is not
    there. The launcher never builds anything itself."""
    path = Path(path)
    if path.is_file():
        return path.absolute()
    target = MAKE_TARGET.get(path.suffix)
    hint = f"; build it with `{target}`" if target else ""
    raise TokosError(f"no such file: {path}{hint}")


def symbol_file(opts):
    """The ELF file whose symbols name the addresses of this run, or None when there is none."""
    if opts.kernel:
        return Path(opts.kernel)
    beside_iso = Path(opts.iso).with_name("tokos.elf")
    return beside_iso if beside_iso.is_file() else None
