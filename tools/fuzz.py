#!/usr/bin/env python3
"""Fuzzes the system services: boots the kernel with its case fuzz.batches, which runs the program
tests/user/fuzz a batch after the other and checks the kernel after each.

    tools/fuzz.py --kernel FILE --volume FILE --seed N          one boot, always the same
    tools/fuzz.py --kernel FILE --volume FILE --minutes N       boots with seeds of their own

A line a batch on standard output. Exit code 0: nothing was found. 1: what was found, and the line that
does it again, are printed.
"""
import argparse
import contextlib
import os
import re
import secrets
import shlex
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

sys.dont_write_bytecode = True

from tokoslib import verdict  # noqa: E402

TOKOS = Path(__file__).resolve().parent / "tokos"
PROGRAM = "C:\\fuzz.exe"
BOOT_SECONDS = 900
SHIFT = 3                       # an instruction takes 8 ns: waits, which are not skipped, are over sooner
KERNEL, VOLUME, COMMAND, LOG = "tokos.elf", "tokos.img", "command", "log"

Machine = namedtuple("Machine", "memory cpu words")
# What boots with seeds of their own run on, in turns.
MACHINES = (
    Machine("128M", "qemu32", ""),
    Machine("64M", "qemu32", "specialpool irqlcheck"),
    Machine("16M", "qemu32", ""),
    Machine("64M", "max", "irqlcheck userva=3072"),
    Machine("32M", "486", "slowpager=1"),
    Machine("512M", "pentium3", "specialpool"),
)

BATCH = re.compile(r"# batch (\d+): ")
DONE = re.compile(r"process \d+: (seed [1-9]\d*: .*)")
TROUBLE = re.compile(r"\*\*\* STOP|#.*(leak|failed|mm_verify|last call|processes? \d)|"
                     r"process \d+: (last call|must have failed|[0-9a-f, ]+\)$)|[A-Z_]{12,}$|tokos:")


def command(opts, seed):
    """The boot module: the program, and a line a batch."""
    lines = [f"fuzz {seed + batch} {opts.calls}" for batch in range(opts.batches)]
    return "\n".join([PROGRAM, *lines, ""])


def qemu(opts, seed, machine):
    """The launcher's command, in a folder with links to the files: the kernel is told their names as they
    are given here, and reading other names would take it another time."""
    said = subprocess.run(
        [str(TOKOS), "boot", "--kernel", opts.kernel, "--icount", "--memory", machine.memory, "--cpu",
         machine.cpu, "--append", f"selftest=fuzz.* jitter={seed} {machine.words}".strip(),
         "--module", opts.volume, "--module", COMMAND, "--dry-run"],
        capture_output=True, check=True, text=True).stdout
    for path, name in ((opts.kernel, KERNEL), (opts.volume, VOLUME), (os.path.realpath(COMMAND), COMMAND)):
        said = said.replace(path, f"./{name}")
    args = shlex.split(said.replace("shift=0", f"shift={SHIFT}"))
    args[args.index("-serial") + 1] = f"file:{LOG}"
    return args


def boot(opts, seed, machine):
    """Run the batches of one boot; => whether all is well, and the log."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path(KERNEL).symlink_to(opts.kernel)
        Path(VOLUME).symlink_to(opts.volume)
        Path(COMMAND).write_text(command(opts, seed), encoding="utf-8")
        try:
            code = subprocess.run(qemu(opts, seed, machine), stdin=subprocess.DEVNULL,
                                  timeout=BOOT_SECONDS, check=False).returncode
        except subprocess.TimeoutExpired:
            code = None
        text = Path(LOG).read_text(encoding="utf-8", errors="replace").replace("\r", "")
    if code is None:
        text += f"tokos: no verdict after {BOOT_SECONDS} seconds\n"
    return code == verdict.STATUS_PASSED and "# SKIP" not in text, text


def replay_line(opts, seed, machine, batches):
    """What to type to have the same again."""
    values = {"SEED": seed, "BATCHES": batches, "CALLS": opts.calls, "MEMORY": machine.memory,
              "CPU": machine.cpu, "WORDS": machine.words}
    return "make fuzz " + " ".join(f"FUZZ_{name}={shlex.quote(str(value))}"
                                   for name, value in values.items() if value != "")


def tell(opts, seed, machine, log):
    """Say what was found, and how it is found again."""
    batches = [int(number) for number in BATCH.findall(log)] or [1]
    print(f"*** found with seed {seed}, in batch {batches[-1]} ***")
    lines = log[log.rfind("# batch "):].splitlines() if "# batch " in log else log.splitlines()[-30:]
    print(*(line for line in lines if TROUBLE.search(line)), sep="\n")
    print("The same again:", replay_line(opts, seed, machine, batches[-1]), sep="\n", flush=True)


def run(opts, seed, machine):
    """One boot and its report; => whether all is well."""
    well, log = boot(opts, seed, machine)
    for line in DONE.findall(log):
        print(line, flush=True)
    if opts.log:
        Path(opts.log).write_text(log, encoding="utf-8")
    if not well:
        tell(opts, seed, machine, log)
    return well


def run_on(opts):
    """Boot after boot, until something is found or the time is over."""
    end = time.monotonic() + opts.minutes * 60 if opts.minutes else None
    turn = 0
    while not end or time.monotonic() < end:
        seed, machine = 1 + secrets.randbelow(1 << 30), MACHINES[turn % len(MACHINES)]
        print(f"# seed {seed}, {machine.memory}, {machine.cpu}, {machine.words or 'no words'}", flush=True)
        if not run(opts, seed, machine):
            return False
        turn += 1
    return True


def parse():
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kernel", required=True, type=os.path.realpath)
    parser.add_argument("--volume", required=True, type=os.path.realpath,
                        help="the boot module tokos.img, with fuzz.exe")
    parser.add_argument("--seed", type=int, help="one boot, with this seed and those that follow it")
    parser.add_argument("--calls", type=int, default=2000, help="of a batch")
    parser.add_argument("--batches", type=int, default=10, help="of a boot")
    parser.add_argument("--minutes", type=float, help="without a seed: how long; 0: until it is stopped")
    parser.add_argument("--memory", default=MACHINES[0].memory)
    parser.add_argument("--cpu", default=MACHINES[0].cpu)
    parser.add_argument("--words", default="", help="further words for the kernel's command line")
    parser.add_argument("--log", help="write the last boot's log to this file")
    return parser.parse_args()


def main():
    """Do it; => the exit code."""
    opts = parse()
    try:
        if opts.seed is None:
            return 0 if run_on(opts) else 1
        return 0 if run(opts, opts.seed, Machine(opts.memory, opts.cpu, opts.words)) else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
