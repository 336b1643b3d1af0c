"""The options that describe a boot, shared by every subcommand that starts QEMU."""
import argparse
import re
from pathlib import Path

from . import display, paths
from .errors import TokosError

GDB_DEFAULT = "localhost:1234"


def _memory(text):
    if not re.fullmatch(r"[1-9]\d*[KMG]?", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 128M or 4G")
    return text


def _seconds(text):
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("the time limit must be more than 0 seconds, and finite")
    return value


def _gdb_address(text):
    if "/" not in text and not re.fullmatch(r"[^:]*:\d+", text):
        raise argparse.ArgumentTypeError(f"'{text}' is neither HOST:PORT nor a path with a slash")
    return text


# Option, then what argparse needs to know about it.
MACHINE_OPTIONS = (
    ("--append", dict(metavar="WORDS", default="",
                      help="words for the kernel's command line, such as 'selftest' or "
                           "'trace=fault maxmem=64M'; with an ISO they reach the kernel through "
                           "GRUB, nothing is rebuilt")),
    ("--memory", dict(metavar="SIZE", default="128M", type=_memory,
                      help="the machine's memory, 128M if not given; a bare number is megabytes")),
    ("--cpu", dict(metavar="NAME", help="QEMU's processor model, such as 486, '486,-pse', pentium "
                                        "or max; qemu32 if not given")),
    ("--machine", dict(choices=("pc", "q35"), default="pc",
                       help="the PC's chipset: pc (1996, the default) or q35 (2009)")),
    ("--disk", dict(metavar="FILE", action="append", default=[],
                    help="attach a raw disk image as an IDE disk; up to four times, three with "
                         "an ISO")),
    ("--module", dict(metavar="FILE", action="append",
                      help="give the kernel this file as a boot module instead of all files in "
                           "modules/ beside the kernel; only with --kernel, may be repeated")),
    ("--icount", dict(action="store_true",
                      help="count instructions instead of time: the run is repeatable and the "
                           "guest's rdtsc counts instructions")),
    ("--seed", dict(metavar="N", type=int,
                    help="seed QEMU's random numbers with N and give the kernel the word seed=N")),
    ("--timeout", dict(metavar="SECONDS", type=_seconds,
                       help="end the run after this time; there is no limit if not given")),
)

CONSOLE_OPTIONS = (
    ("--log", dict(metavar="FILE", help="also write the serial line's bytes to FILE")),
    ("--gdb", dict(metavar="ADDRESS", nargs="?", const=GDB_DEFAULT, type=_gdb_address,
                   help="stand at the first instruction and wait for gdb at ADDRESS, which is "
                        f"HOST:PORT ({GDB_DEFAULT} if not given) or the path of a UNIX socket")),
    ("--display", dict(action="store_true", help="open a window with the VGA screen and a "
                                                 "keyboard")),
    ("--raw", dict(action="store_true", help="give Ctrl-C to the guest too; Ctrl-\\ still ends "
                                             "the run")),
    ("--no-trap-log", dict(dest="trap_log", action="store_false",
                           help="do not keep QEMU's log of exceptions, which names the last ones "
                                "after a triple fault but makes each cost about 7 microseconds; "
                                "for benchmarks")),
    ("--dry-run", dict(action="store_true",
                       help="print a QEMU command for this run that works by itself, and do "
                            "nothing")),
)


def add(parser, *tables):
    """Add the boot medium and the options of `tables` to `parser`."""
    medium = parser.add_mutually_exclusive_group()
    medium.add_argument("--iso", metavar="FILE",
                        help="boot this CD image by GRUB; build/tokos.iso if neither is given")
    medium.add_argument("--kernel", metavar="FILE",
                        help="boot this kernel directly, as multiboot1")
    for table in tables:
        for name, details in table:
            parser.add_argument(name, **details)
    parser.set_defaults(gdb=None, display=False, log=None, trap_log=True)


def settle(opts, default="iso"):
    """Replace the file names in `opts` by those of files that exist, choose the medium when none
    was named, and find the kind of window. A TokosError if something is missing."""
    if not opts.iso and not opts.kernel:
        setattr(opts, default, {"iso": paths.ISO, "kernel": paths.KERNEL}[default])
    if opts.iso and opts.module is not None:
        raise TokosError("--module needs --kernel: the modules of an ISO are in the ISO")
    if len(opts.disk) > (3 if opts.iso else 4):
        raise TokosError("too many disks: there are four IDE places, and an ISO takes one")
    for name in ("iso", "kernel"):
        if getattr(opts, name):
            setattr(opts, name, paths.existing(getattr(opts, name)))
    opts.disk = [paths.existing(path) for path in opts.disk]
    if opts.module is not None:
        opts.module = [paths.existing(path) for path in opts.module]
    if opts.log and not Path(opts.log).absolute().parent.is_dir():
        raise TokosError(f"no such folder for the log: {Path(opts.log).parent}")
    opts.display = display.window() if opts.display else None
    return opts
