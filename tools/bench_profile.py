#!/usr/bin/env python3
"""Counts the instructions of one operation of the benchmarks of user mode, function by function.

The program runs its work once between marks, which are calls of fixed addresses. A debugger stops
the machine at the first mark and has QEMU log each instruction up to the last one; those between
the inner marks are counted. Nothing is sampled: the sum is the benchmark's own figure, and a few
instructions for the call of the work.
"""
import argparse
import bisect
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, namedtuple
from pathlib import Path

import bench_user
from bench_table import Failed
from tokoslib import program

ROOT = Path(__file__).resolve().parents[1]
FIRST, BEGIN, END, LAST = (f"{0x66660000 + number * 16:08x}" for number in range(4))
DLLS = 0x70000000       # above are the DLLs, below the program
SECONDS = 60
SHOWN = 12              # functions
SHOWN_PARTS = 8

TRACE = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/")
NAME = re.compile(r"([0-9a-f]{8}) [tT] (\S+)")

# A function's home is the source file, of the kernel's functions, or the DLL.
Function = namedtuple("Function", "name home")
PROGRAM = Function("all of it", "the program")


def output(*command, text=""):
    """What a command prints when it is given `text`."""
    return subprocess.run([str(word) for word in command], input=text, stdout=subprocess.PIPE,
                          check=True, text=True).stdout


def kernel_functions(kernel):
    """The kernel's functions, [(address, Function)]."""
    found = NAME.findall(output("i686-linux-gnu-nm", kernel))
    lines = output("i686-linux-gnu-addr2line", "-e", kernel,
                   text="".join(f"{address}\n" for address, _ in found)).splitlines()
    homes = [os.path.relpath(line.rpartition(":")[0], ROOT) for line in lines]
    return [(int(address, 16), Function(name, home))
            for (address, name), home in zip(found, homes)]


def dll_functions(kernel):
    """The functions of the DLLs, which are where they are linked to be, [(address, Function)]."""
    return [(int(address, 16), Function(name.lstrip("_").split("@")[0], path.name.split(".")[0]))
            for path in sorted((Path(kernel).parent / "user").glob("*.dll.debug"))
            for address, name in NAME.findall(output("i686-w64-mingw32-nm", path))
            if not name.startswith(".")]


def function_at(address, functions):
    """The Function that `address` is in, of those sorted by address."""
    index = bisect.bisect_right(functions, address, key=lambda entry: entry[0]) - 1
    return PROGRAM if address < DLLS or index < 0 else functions[index][1]


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


def by_function(counts, functions):
    """Instructions by Function, from those by address."""
    found = Counter()
    for address, count in counts.items():
        found[function_at(int(address, 16), functions)] += count
    return found


def by_part(functions):
    """Instructions by folder of the kernel, and by DLL."""
    parts = Counter()
    for function, count in functions.items():
        parts[os.path.dirname(function.home) or function.home] += count
    return parts


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
            counts = addresses(lines)
    functions = sorted(kernel_functions(kernel) + dll_functions(kernel))
    return Counter({function: count / each
                    for function, count in by_function(counts, functions).items()})


def print_profile(title, functions):
    """Where the instructions of an operation go."""
    total = sum(functions.values())
    print(f"{title}: {total:,.0f} instructions")
    parts = by_part(functions).most_common(SHOWN_PARTS)
    print("  " + ", ".join(f"{part} {count:,.0f}" for part, count in parts))
    shown = functions.most_common(SHOWN)
    for function, count in shown:
        print(f"  {count:9,.0f}  {count / total:4.0%}  {function.name} ({function.home})")
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
