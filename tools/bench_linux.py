#!/usr/bin/env python3
"""Runs the benchmarks of user mode in TokOS and in Debian's i386 kernels, on the same emulated
machine, and prints both side by side with their ratio.

The kernels run by turns, so that the host's load is the same for all; a ratio of host times is the
median of the ratios of the turns.
"""
import argparse
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import bench_user
from bench_table import Failed, number, print_table

ROOT = Path(__file__).resolve().parents[1]
LINUX = ROOT / "build" / "linux"
KERNELS = ("686", "686-pae")
WORDS = "console=ttyS0 quiet nokaslr norandmaps mitigations=off panic=-1"
TURNS = 3
SECONDS = 300           # a run that takes longer has failed
SHOWN = (bench_user.REGIONS[0], bench_user.REGIONS[-1])


def archive(files):
    """The files, {name: contents}, as an initial file system of Linux: a cpio archive, "newc"."""
    blob = b""
    for inode, (name, data) in enumerate([*files.items(), ("TRAILER!!!", b"")], 1):
        fields = (inode, 0o100755, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        blob += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        blob += bytes(-len(blob) % 4) + data
        blob += bytes(-len(blob) % 4)
    return blob


def kernel_file(version):
    """Debian's kernel `version`, as it was fetched."""
    found = sorted((LINUX / "root" / "boot").glob(f"vmlinuz-*[0-9]-{version}"))
    if not found:
        raise Failed(f"there is no kernel {version} in {LINUX}")
    return found[-1]


def run_linux(version, initrd, icount):
    """The figures of Debian's kernel `version`, {name: {regions: columns}}."""
    command = ["qemu-system-i386", "-accel", "tcg", "-m", bench_user.MEMORY, "-nodefaults",
               "-no-reboot", "-display", "none", "-serial", "stdio", "-kernel",
               str(kernel_file(version)), "-initrd", str(initrd), "-append", WORDS]
    if icount:
        command += ["-icount", "shift=0,sleep=off", "-rtc", "base=2000-01-01,clock=vm"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    text = done.stdout.decode(errors="replace").replace("\r", "")
    if "# note done=1" not in text:
        raise Failed(f"Linux {version} did not finish:\n{text}")
    return bench_user.figures_in(text, icount)


def run_all(kernel, initrd, icount):
    """One turn: {kernel's name: figures}."""
    return {"TokOS": bench_user.run(kernel, icount),
            **{version: run_linux(version, initrd, icount) for version in KERNELS}}


def cells(turns, version, name, regions):
    """TokOS's cost, the other's, and the ratio: medians of the turns."""
    pairs = [(turn["TokOS"][name][regions]["cost"], turn[version][name][regions]["cost"])
             for turn in turns if regions in turn[version].get(name, {})]
    if not pairs:
        return ["", "", ""]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    return [*(number(statistics.median(column)) for column in zip(*pairs)), f"{ratio:.2f}"]


def print_side_by_side(turns, version, unit):
    """A table with few regions and with many."""
    heads = ["operation"]
    for regions in SHOWN:
        heads += [f"TokOS, {regions:,}", f"{version}, {regions:,}", "ratio"]
    print(f"{unit}, with {SHOWN[0]:,} and with {SHOWN[1]:,} regions\n")
    print_table(heads, [[title, *(cell for regions in SHOWN
                                  for cell in cells(turns, version, name, regions))]
                        for name, title in bench_user.TITLES.items()
                        if name in turns[0][version]])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default=ROOT / "build" / "tokos.elf",
                        help="TokOS, build/tokos.elf if not given")
    parser.add_argument("--no-time", action="store_true", help="count instructions only")
    opts = parser.parse_args()
    with tempfile.NamedTemporaryFile(prefix="tokos-", suffix=".cpio") as initrd:
        initrd.write(archive({name: (LINUX / name).read_bytes() for name in ("init", "minimal")}))
        initrd.flush()
        try:
            counted = [run_all(opts.kernel, initrd.name, icount=True)]
            timed = [run_all(opts.kernel, initrd.name, icount=False)
                     for _ in range(0 if opts.no_time else TURNS)]
        except (Failed, subprocess.TimeoutExpired) as failure:
            sys.exit(f"bench: {failure}")
    for turns, unit in ((counted, "Guest instructions"), (timed, "Host time, nanoseconds")):
        for version in KERNELS if turns else ():
            print_side_by_side(turns, version, unit)


if __name__ == "__main__":
    main()
