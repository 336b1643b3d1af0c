"""The benchmarks of user mode: a Win32 program measures what programs pay, with more and more
regions in its address space. tests/bench/user/bench.h says how."""
import statistics
import subprocess
from pathlib import Path

from bench_table import Failed, number, parse, print_table

ROOT = Path(__file__).resolve().parents[1]
MEMORY = "512M"
SECONDS = 120           # a run that takes longer has failed
TIMED_RUNS = 3
REGIONS = (10, 1000, 10000, 60000)
PREFIX = "user."

REGIONS_LIMIT = 1.3     # the cost with most regions, by that with fewest
FLAT_LIMIT = 1.02       # the dearest mean of the demand-zero faults, by the cheapest
FLAT = [f"demand_zero.mean_of_{pages}" for pages in (1000, 16000, 64000)]

# The operations in the order of the table, and what each is.
TITLES = {
    "null_call.sysenter": "null system call, sysenter",
    "null_call.int_2e": "null system call, int 2Eh",
    "demand_zero.ready": "demand-zero fault, page ready",
    "demand_zero.zeroed_in_fault": "demand-zero fault, zeroed in the fault",
    "demand_zero.in_any_region": "demand-zero fault, in any of the regions",
    FLAT[0]: "demand-zero fault, mean of 1,000",
    FLAT[1]: "demand-zero fault, mean of 16,000",
    FLAT[2]: "demand-zero fault, mean of 64,000",
    "soft_fault.image": "soft fault, image page",
    "soft_fault.section": "soft fault, section page",
    "copy_on_write": "copy-on-write fault",
    "guard_page.stack": "guard-page fault, the stack grows",
    "guard_page.exception": "guard-page fault, exception to a handler",
    "exception.repaired_by_protect": "exception, the handler changes the protection",
    "exception.repaired_in_context": "exception, the handler changes a register",
    "allocate_and_free.page": "VirtualAlloc and VirtualFree, a page",
    "allocate_and_free.megabyte": "VirtualAlloc and VirtualFree, 1 MB",
    "protect_toggle": "VirtualProtect, by turns",
    "process.minimal": "process, create to exit",
    "process.with_kernel32": "process with kernel32, create to exit",
    "thread": "thread, create to exit",
}

# The most instructions that an operation may take with fewest regions.
TARGETS = {
    "null_call.sysenter": 120,
    "null_call.int_2e": 120,
    "demand_zero.ready": 400,
    "demand_zero.zeroed_in_fault": 1450,
    "soft_fault.image": 500,
    "soft_fault.section": 500,
    "copy_on_write": 1600,
    "exception.repaired_by_protect": 2500,
    "exception.repaired_in_context": 2500,
    "allocate_and_free.page": 3000,
    "protect_toggle": 1000,
    "process.minimal": 80000,
}


def folder(kernel):
    """Where the programs are."""
    return Path(kernel).parent / "user" / "bench"


def images(kernel):
    """The images that the program starts."""
    return sorted(folder(kernel).glob("minimal*.exe"))


def figures_in(text, icount):
    """The figures of user mode in a run's output, {name: {regions: columns}}: instructions, or
    nanoseconds."""
    figures, notes = parse(text)
    scale = 1 if icount else 1e6 / notes["stamps_a_millisecond"]
    found = {}
    for name, columns in figures.items():
        if name.startswith(PREFIX):
            operation, regions = name[len(PREFIX):].rsplit(":", 1)
            found.setdefault(operation, {})[int(regions)] = {
                key: value * scale for key, value in columns.items()}
    return found


def run(kernel, icount, words=()):
    """The figures of one run of the program with the arguments `words`."""
    beside = [word for image in images(kernel) for word in ("--with", str(image))]
    command = [str(ROOT / "tools" / "tokos"), "run", "--kernel", str(kernel), "--memory", MEMORY,
               "--timeout", str(SECONDS), *(["--icount"] if icount else []), *beside,
               str(folder(kernel) / "bench.exe"), *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace").replace("\r", "")
    if done.returncode:
        raise Failed(f"the benchmarks of user mode ended with {done.returncode}:\n{text}")
    return figures_in(text, icount)


def time(kernel):
    """The figures in nanoseconds: medians of some runs. The operation's cost by that of zeroing a
    page beside it is a column of its own."""
    runs = [run(kernel, icount=False) for _ in range(TIMED_RUNS)]
    medians = {}
    for name, by_regions in runs[0].items():
        for regions in by_regions:
            samples = [one[name][regions] for one in runs]
            medians.setdefault(name, {})[regions] = {
                "cost": statistics.median(one["cost"] for one in samples),
                "ratio": statistics.median(one["cost"] / one["pair"] for one in samples)}
    return medians


def growth(by_regions):
    """The cost with most regions, by that with fewest."""
    return by_regions[REGIONS[-1]]["cost"] / by_regions[REGIONS[0]]["cost"]


def met(name, by_regions):
    """Whether the operation keeps its target; None if it has none."""
    if name not in TARGETS:
        return None
    return by_regions[REGIONS[0]]["cost"] <= TARGETS[name]


def is_flat(figures):
    """Whether a demand-zero fault costs the same however many there are."""
    return all(max(costs) <= FLAT_LIMIT * min(costs) for costs in (
        [figures[name][regions]["cost"] for name in FLAT] for regions in REGIONS))


def misses(figures):
    """What misses its target, [(name, regions)]: with most regions if it grows too much."""
    missed = [(name, REGIONS[0]) for name in TITLES if met(name, figures[name]) is False]
    return missed + [(name, REGIONS[-1]) for name in TITLES
                     if growth(figures[name]) > REGIONS_LIMIT]


def verdict(holds):
    """In a table: whether a target is kept, empty if there is none."""
    return "" if holds is None else "met" if holds else "MISSED"


def peer_cells(peers, name, unit):
    """What Linux needs, lean and Debian's: the first two of the peers."""
    entry = peers["figures"].get(PREFIX + name)
    return [number(value) for value in entry[unit][:2]] if entry else ["", ""]


def print_instructions(figures, peers):
    """The table of instructions."""
    print(f"User mode: guest instructions, with so many regions; {REGIONS[-1]:,} may cost "
          f"{REGIONS_LIMIT} times as much as {REGIONS[0]}\n")
    rows = [[title, *(number(figures[name][regions]["cost"]) for regions in REGIONS),
             f"{growth(figures[name]):.2f}", verdict(growth(figures[name]) <= REGIONS_LIMIT),
             number(TARGETS.get(name)), verdict(met(name, figures[name])),
             *peer_cells(peers, name, "instructions")] for name, title in TITLES.items()]
    print_table(["operation", *(f"{regions:,}" for regions in REGIONS), "ratio", "", "target", "",
                 *peers["peers"][:2]], rows)


def print_times(figures, peers):
    """The table of host time."""
    print("User mode: host time, nanoseconds, and by the time of zeroing a page (rep stos)\n")
    rows = [[title, *(cell for regions in (REGIONS[0], REGIONS[-1])
                      for cell in (number(figures[name][regions]["cost"]),
                                   f"{figures[name][regions]['ratio']:.2f}")),
             *peer_cells(peers, name, "host_ns")] for name, title in TITLES.items()]
    heads = [head for regions in (REGIONS[0], REGIONS[-1])
             for head in (f"{regions:,} regions", "pages")]
    print_table(["operation", *heads, *peers["peers"][:2]], rows)
