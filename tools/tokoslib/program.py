"""What a program needs to be run: a volume with it and all that it may load, and its command line."""
import subprocess
from pathlib import Path, PureWindowsPath

from . import fatimage, paths
from .errors import TokosError

VOLUME = "C:\\"
SUFFIXES = (".dll", ".exe")
IMAGE, COMMAND = "tokos.img", "command"


def own_files(kernel):
    """The programs and DLLs that were built for TokOS's own volume, beside `kernel`."""
    folder = Path(kernel).parent / "user"
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)


def _beside(name):
    """The file `name`, or all files of the folder `name`, each with its name on the volume."""
    path = Path(name).resolve()
    if path.is_dir():
        return [(file, file.relative_to(path.parent).as_posix())
                for file in sorted(path.rglob("*")) if file.is_file()]
    if not path.is_file():
        raise TokosError(f"no such file: {name}")
    return [(Path(name), Path(name).name)]


def _find_own(name, files):
    """The file of TokOS's own volume that `name` means; `.exe` may be left out."""
    for wanted in (name.lower(), f"{name}.exe".lower()):
        for path in files:
            if path.name.lower() == wanted:
                return path
    raise TokosError(f"no such file, and no such program on TokOS's own volume: {name}")


def files_for(prog, beside, kernel):
    """The program's name on the volume, and the files to put there."""
    own = own_files(kernel)
    files = [(path, path.name) for path in own]
    files += [pair for name in beside for pair in _beside(name)]
    if Path(prog).is_file():
        path = Path(prog)
        files.append((path, path.name))
    else:
        path = _find_own(PureWindowsPath(prog).name if prog.upper().startswith(VOLUME) else prog,
                         own)
    return path.name, files


def command_line(path, arguments):
    """The command line of the program `path`, from which the C runtime makes these arguments again.
    The rules are those of Microsoft's C runtime, which Python knows too."""
    return subprocess.list2cmdline([path, *arguments])


def modules(opts, folder):
    """Write the boot modules for `opts.prog` and `opts.args` into `folder`; return their paths."""
    name, files = files_for(opts.prog, opts.beside, opts.kernel or paths.KERNEL)
    image, command = folder / IMAGE, folder / COMMAND
    fatimage.create(image, files)
    path = VOLUME + name
    text = f"{path}\n{command_line(path, opts.args)}"
    command.write_bytes(text.encode("utf-8", "surrogateescape"))
    return [image, command]
