#!/usr/bin/env python3
"""Runs the benchmarks of the kernel and of user mode, and prints what an operation costs beside its
floor, its target and what the same costs in other kernels.

Instructions are counted under QEMU's -icount, where they are the same in every run. Host time is
taken in separate runs; the kernel and the floor are measured by turns there, so that their ratio
means more than either. Where a target of user mode is missed, the functions are listed that the
instructions go to. The exit code is 1 when a benchmark failed or a target was missed.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import bench_profile
import bench_user
from bench_table import Failed, number, parse, print_table

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "tests" / "bench" / "peers.json"
MEMORY = "512M"
BOOT_MEMORY = ("16M", "128M", "512M", "2G", "4G")
TIMED_RUNS = 3
BOOT_SECONDS = 1.0      # at the largest memory
FLAT_LIMIT = 1.02       # the dearest mean over a part of a range, by the cheapest median
SECONDS = 120           # a run that takes longer has failed

BOOT = "boot.to_first_test"
FLAT = "flat.to_64000_pages"
POOL_SIZES = (16, 64, 256, 1024, 4096)

# The figures in the order of the table, and what each is.
TITLES = {
    "demand_zero.zeroed_before": "demand-zero fault, page from the zeroed list",
    "demand_zero.zeroed_by_rep": "demand-zero fault, zeroed by rep stos",
    "demand_zero.zeroed_by_sse": "demand-zero fault, zeroed by SSE",
    f"{FLAT}:1000": "demand-zero fault, mean of 1,000",
    f"{FLAT}:4000": "demand-zero fault, mean of 4,000",
    f"{FLAT}:16000": "demand-zero fault, mean of 16,000",
    f"{FLAT}:64000": "demand-zero fault, mean of 64,000",
    "demand_page.module": "demand-page fault, 4 KB copied",
    "trap.interrupt": "interrupt, entry and exit",
    "trap.page_fault": "page fault, entry and exit",
    "tlb.invlpg": "invlpg",
    "tlb.reload_cr3": "CR3 reload",
    "tlb.flush_all": "flush of all, global entries too",
    **{f"pool.allocate_and_free:{size}": f"nonpaged pool, {size} bytes, allocated and freed"
       for size in POOL_SIZES},
    "pte.self_map": "PTE of an address, by the self-map",
    "pte.walk": "PTE of an address, by walking from CR3",
    "large.map": "large page, mapped and zeroed",
    "large.unmap": "large page, unmapped",
    "thread.bare_switch": "thread switch, bare",
    "thread.yield": "yield to an equal",
    "event.set_and_switch_to_waiter": "event set, up to the waiter's return",
    "event.round_trip": "event set and wait, round trip",
    "event.wait_that_need_not": "wait for what is signalled",
    "semaphore.ping_pong": "semaphore ping-pong, round trip",
    "dpc.delivery": "DPC, queued and run",
    "apc.delivery": "kernel APC, queued and run",
    "timer.expiry": "timer expiry with its DPC, from the interrupt on",
    "timer.set_and_cancel": "timer set and cancelled, 1,000 others",
    "handle.look_up:10": "handle look-up among 10",
    "handle.look_up:100000": "handle look-up among 100,000",
    **{f"{BOOT}:{size}": f"boot to the first self-test, {size}" for size in BOOT_MEMORY},
}

# The most instructions a figure may have, by what, and of what: its own number, or a share of
# another column of it.
Target = namedtuple("Target", "limit column words")
TARGETS = {
    "demand_zero.zeroed_before": Target(300, None, "300"),
    "demand_zero.zeroed_by_rep": Target(1350, None, "1,350"),
    "demand_zero.zeroed_by_sse": Target(1349, None, "< 1,350"),
    "demand_page.module": Target(1500, None, "1,500"),
    **{f"pool.allocate_and_free:{size}": Target(200, None, "200") for size in POOL_SIZES[:3]},
    "large.map": Target(1.03, "bare", "zeroing + 3 %"),
    "thread.bare_switch": Target(80, None, "80"),
    "event.set_and_switch_to_waiter": Target(400, None, "400"),
    "semaphore.ping_pong": Target(900, None, "900"),
}


def boot(kernel, memory, pattern, icount):
    """Run the benchmarks that match `pattern`; return figures and notes, the boot's with memory."""
    command = [str(ROOT / "tools" / "tokos"), "boot", "--kernel", str(kernel), "--memory", memory,
               "--append", f"bench={pattern}", "--no-trap-log", "--timeout", str(SECONDS)]
    done = subprocess.run(command + (["--icount"] if icount else []), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace").replace("\r", "")
    if done.returncode:
        raise Failed(f"the run with {memory} ended with exit code {done.returncode}:\n{text}")
    figures, notes = parse(text)
    if BOOT in figures:
        figures[f"{BOOT}:{memory}"] = figures.pop(BOOT) | {"frames": notes["frames"]}
    return figures, notes


def count(kernel):
    """All figures in instructions."""
    figures = {}
    for memory in BOOT_MEMORY:
        figures |= boot(kernel, memory, "*" if memory == MEMORY else "boot.*", icount=True)[0]
    return figures


def time(kernel):
    """All figures in nanoseconds of host time, the medians of some runs, with the median of the
    ratios as a column of its own."""
    samples = {}
    for _ in range(TIMED_RUNS):
        for memory, pattern in ((MEMORY, "*"), (BOOT_MEMORY[-1], "boot.*")):
            figures, notes = boot(kernel, memory, pattern, icount=False)
            scale = 1e6 / notes["stamps_a_millisecond"]
            for name, columns in figures.items():
                samples.setdefault(name, []).append(
                    {key: value * scale for key, value in columns.items()}
                    | {"ratio": columns["kernel"] / max(columns["floor"], 1)})
    return {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            for name, runs in samples.items()}


def met(name, columns):
    """Whether the figure keeps its target; None if it has none. The dearest sample counts."""
    target = TARGETS.get(name)
    if not target:
        return None
    return columns["most"] <= target.limit * (columns[target.column] if target.column else 1)


def is_flat(figures):
    """Whether a fault costs the same however many pages there are, in any part of them."""
    means = [columns for name, columns in figures.items() if name.startswith(FLAT + ":")]
    return bool(means) and (max(columns["most"] for columns in means)
                            <= FLAT_LIMIT * min(columns["kernel"] for columns in means))


def handles_are_flat(figures):
    """Whether a handle is found as quickly among 100,000 as among 10."""
    few, many = figures["handle.look_up:10"], figures["handle.look_up:100000"]
    return many["most"] <= FLAT_LIMIT * few["kernel"]


def boot_growth(figures):
    """Instructions a frame, by memory size."""
    return [figures[f"{BOOT}:{size}"]["kernel"] / figures[f"{BOOT}:{size}"]["frames"]
            for size in BOOT_MEMORY]


def peer_cells(peers, name, unit):
    """What the peers need for the figure; empty cells where there is nothing to compare."""
    entry = peers["figures"].get(name)
    return [number(value) for value in entry[unit]] if entry else [""] * len(peers["peers"])


def print_instructions(figures, peers):
    print("Guest instructions\n")
    rows = []
    for name in (name for name in TITLES if name in figures):
        columns, verdict = figures[name], met(name, figures[name])
        target = TARGETS[name].words if name in TARGETS else ""
        rows.append([TITLES[name], number(columns["kernel"]), number(columns["floor"]),
                     f"{columns['kernel'] / columns['floor']:.2f}", target,
                     "" if verdict is None else "met" if verdict else "MISSED",
                     *peer_cells(peers, name, "instructions")])
    print_table(["operation", "TokOS", "floor", "ratio", "target", "", *peers["peers"]], rows)


def print_times(figures, peers):
    print(f"Host time, nanoseconds; the host's load was {os.getloadavg()[0]:.1f} on "
          f"{os.cpu_count()} processors\n")
    rows = [[TITLES[name], number(columns["kernel"]), number(columns["floor"]),
             f"{columns['ratio']:.2f}", *peer_cells(peers, name, "host_ns")]
            for name, columns in ((name, figures[name]) for name in TITLES if name in figures)]
    print_table(["operation", "TokOS", "floor", "ratio", *peers["peers"]], rows)


def judge(counted, timed):
    """Print the verdict on each target that is not a number of instructions; return whether all
    targets are met."""
    growth = boot_growth(counted)
    verdicts = [
        (is_flat(counted), "a fault costs the same from 1,000 to 64,000 pages"),
        (handles_are_flat(counted), "a handle look-up costs the same among 10 and 100,000"),
        (growth == sorted(growth, reverse=True),
         f"boot grows no faster than memory: {', '.join(f'{n:.0f}' for n in growth)} instructions "
         f"a frame at {', '.join(BOOT_MEMORY)}")]
    if timed:
        seconds = timed[f"{BOOT}:{BOOT_MEMORY[-1]}"]["kernel"] / 1e9
        verdicts.append((seconds < BOOT_SECONDS, f"boot to the first self-test at "
                         f"{BOOT_MEMORY[-1]} takes {seconds:.2f} s, limit {BOOT_SECONDS:g} s"))
    for holds, words in verdicts:
        print(f"{'met   ' if holds else 'MISSED'} {words}")
    return all(holds for holds, _ in verdicts) and all(
        met(name, columns) is not False for name, columns in counted.items())


def kernel_part(kernel, peers, with_time):
    """Run and print the kernel's benchmarks; return whether all targets are met."""
    counted = count(kernel)
    timed = time(kernel) if with_time else {}
    print_instructions(counted, peers)
    if timed:
        print_times(timed, peers)
    met_all = judge(counted, timed)
    print()
    return met_all


def user_part(kernel, peers, with_time):
    """The same for what user mode pays, and where the instructions go that are too many."""
    counted = bench_user.run(kernel, icount=True)
    bench_user.print_instructions(counted, peers)
    if with_time:
        bench_user.print_times(bench_user.time(kernel), peers)
    flat = bench_user.is_flat(counted)
    print(f"{'met   ' if flat else 'MISSED'} a program's fault costs the same from 1,000 to 64,000 "
          "pages\n")
    missed = bench_user.misses(counted)
    for name, regions in missed:
        bench_profile.print_profile(f"MISSED {bench_user.TITLES[name]}, {regions:,} regions",
                                    bench_profile.profile(kernel, name, regions))
    return flat and not missed


PARTS = {"kernel": kernel_part, "user": user_part}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default=ROOT / "build" / "tokos.elf",
                        help="the kernel, build/tokos.elf if not given")
    parser.add_argument("--no-time", action="store_true", help="count instructions only")
    parser.add_argument("--part", choices=PARTS, help="only the kernel's, or only user mode's")
    opts = parser.parse_args()
    peers = json.loads(PEERS.read_text())
    try:
        met_all = [run(opts.kernel, peers, not opts.no_time)
                   for name, run in PARTS.items() if opts.part in (None, name)]
    except Failed as failure:
        sys.exit(f"bench: {failure}")
    return 0 if all(met_all) else 1


if __name__ == "__main__":
    sys.exit(main())
