#!/usr/bin/env python3
"""Counts the instructions of one operation of the benchmarks of user mode, function by function.

The program runs its work once between marks, which are calls of fixed addresses. A debugger stops
the machine at the first mark and has QEMU log each instruction up to the last one; those between
the inner marks are counted. Nothing is sampled: the sum is the benchmark's own figure, and a few
instructions for the call of the work.
"""
import argparse
import bisect
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import bench_user
from bench_table import Failed
from tokoslib import elf, program

ROOT = Path(__file__).resolve().parents[1]
FIRST, BEGIN, END, LAST = (f"{0x66660000 + number * 16:08x}" for number in range(4))
KERNEL_SPACE = 0x80000000
DLLS = 0x70000000       # above are the DLLs, below the program
PROGRAM = "the program"
NM = "i686-w64-mingw32-nm"
SECONDS = 60
SHOWN = 12              # functions

TRACE = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/")
NAME = re.compile(r"([0-9a-f]{8}) [tT] (\S+)")


def dll_symbols(kernel):
    """The functions of the DLLs, which are where they are linked to be, [(address, name)]."""
    found = []
    for path in sorted((Path(kernel).parent / "user").glob("*.dll.debug")):
        names = subprocess.run([NM, str(path)], stdout=subprocess.PIPE, check=True, text=True).stdout
        dll = path.name.split(".")[0]
        found += [(int(address, 16), f"{dll}!{name.lstrip('_').split('@')[0]}")
                  for address, name in NAME.findall(names) if not name.startswith(".")]
    return found


def symbols(kernel):
    """All functions that have a name, [(address, name)] by address."""
    own = [(symbol.value, symbol.name) for symbol in elf.symbols(kernel)
           if symbol.value >= KERNEL_SPACE]
    return sorted(own + dll_symbols(kernel))


def function_at(address, names):
    """The name of the function that `address` is in."""
    index = bisect.bisect_right(names, (address, "\x7f")) - 1
    return PROGRAM if address < DLLS or index < 0 else names[index][1]


def addresses(lines):
    """The addresses of the instructions between the inner marks in QEMU's log, and how often each
    was executed."""
    counts, inside = Counter(), False
    for match in map(TRACE.match, lines):
        if not match:
            continue
        if match[1] == END:
            break
        if inside:
            counts[match[1]] += 1
        inside = inside or match[1] == BEGIN
    return counts


def by_function(counts, names):
    """Instructions by function, from those by address."""
    functions = Counter()
    for address, count in counts.items():
        functions[function_at(int(address, 16), names)] += count
    return functions


def machine(kernel, folder, words):
    """Start the machine, which waits for a debugger at folder/gdb."""
    images = [str(image) for image in bench_user.images(kernel)]
    opts = argparse.Namespace(prog=str(bench_user.folder(kernel) / "bench.exe"), beside=images,
                              args=["profile", *words], kernel=str(kernel))
    modules = [word for path in program.modules(opts, folder) for word in ("--module", str(path))]
    command = [str(ROOT / "tools" / "tokos"), "boot", "--kernel", str(kernel), "--icount",
               "--memory", bench_user.MEMORY, "--no-trap-log", "--append", "run", "--timeout",
               str(SECONDS), "--gdb", str(folder / "gdb"), *modules]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def record(folder):
    """Have the instructions logged to folder/log."""
    for _ in range(SECONDS * 20):
        if (folder / "gdb").exists():
            break
        time.sleep(0.05)
    script = [f"target remote {folder}/gdb", f"break *0x{FIRST}", f"break *0x{LAST}", "continue",
              f"monitor logfile {folder}/log", "monitor singlestep on",
              "monitor log exec,nochain", "continue", "monitor log none", "kill"]
    subprocess.run(["gdb", "-batch", "-nx", *(word for line in script for word in ("-ex", line))],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)


def profile(kernel, name, regions):
    """The instructions of the operation `name`, by function. Where a call of the work is several
    operations, these are fractions."""
    each = bench_user.run(kernel, True, [str(regions), name])[name][regions]["each"]
    with tempfile.TemporaryDirectory(prefix="tokos-") as place:
        folder = Path(place)
        with machine(kernel, folder, [str(regions), name]):     # its own time limit ends it
            record(folder)
        log = folder / "log"
        if not log.exists():
            raise Failed(f"{name} was not reached")
        with log.open(encoding="ascii", errors="replace") as lines:
            functions = by_function(addresses(lines), symbols(kernel))
    return Counter({function: count / each for function, count in functions.items()})


def print_profile(title, functions):
    """Where the instructions of an operation go."""
    total = sum(functions.values())
    images = Counter()
    for function, count in functions.items():
        images[function.split("!")[0] if "!" in function or function == PROGRAM else "the kernel"] += count
    print(f"{title}: {total:,.0f} instructions; "
          + ", ".join(f"{image} {count:,.0f}" for image, count in images.most_common()))
    shown = functions.most_common(SHOWN)
    for function, count in shown:
        print(f"  {count:9,.0f}  {count / total:4.0%}  {function}")
    rest = total - sum(count for _, count in shown)
    if rest:
        print(f"  {rest:9,.0f}  {rest / total:4.0%}  {len(functions) - len(shown)} others")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default=ROOT / "build" / "tokos.elf",
                        help="the kernel, build/tokos.elf if not given")
    parser.add_argument("--regions", type=int, choices=bench_user.REGIONS, default=10)
    parser.add_argument("name", choices=bench_user.TITLES, metavar="NAME",
                        help=", ".join(bench_user.TITLES))
    opts = parser.parse_args()
    try:
        functions = profile(opts.kernel, opts.name, opts.regions)
    except Failed as failure:
        sys.exit(f"bench: {failure}")
    print_profile(f"{bench_user.TITLES[opts.name]}, {opts.regions:,} regions", functions)


if __name__ == "__main__":
    main()
