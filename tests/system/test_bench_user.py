"""The benchmarks of user mode: each runs once under -icount and does its work. What `make bench` and
`make bench-linux` make of such figures is tested on its own. Nothing is timed, and no target is
checked here: `make bench` tells which are missed."""
import functools

import bench_linux
import bench_profile
import bench_user
import pytest
from kernelrun import KERNEL

pytestmark = pytest.mark.xdist_group("bench")

FEW, MANY = bench_user.REGIONS[0], bench_user.REGIONS[-1]


@functools.lru_cache(maxsize=None)
def benchmarks():
    return bench_user.run(KERNEL, icount=True)


def test_each_is_measured_with_each_number_of_regions():
    figures = benchmarks()
    assert set(figures) == set(bench_user.TITLES)
    assert {tuple(by_regions) for by_regions in figures.values()} == {bench_user.REGIONS}
    assert [name for name, by_regions in figures.items() if not by_regions[FEW]["cost"]] == []


def test_a_fault_costs_the_same_however_many_pages():
    assert bench_user.is_flat(benchmarks())


def test_a_profile_has_all_the_instructions():
    functions = bench_profile.profile(KERNEL, "null_call.int_2e", FEW)
    measured = benchmarks()["null_call.int_2e"][FEW]["cost"]
    assert functions[bench_profile.Function("nt_tokos_null", "kernel/nt/tokos.c")] >= 1
    assert measured <= sum(functions.values()) <= measured + 2     # the call of the work


def figures(**costs):
    """Figures that keep every target, but for these: {name: (with few regions, with many)}."""
    made = {}
    for name in bench_user.TITLES:
        few, many = costs.get(name, (1, 1))
        made[name] = {regions: {"cost": few} for regions in bench_user.REGIONS}
        made[name][MANY] = {"cost": many}
    return made


def test_output_becomes_figures():
    text = ("# note stamps_a_millisecond=2000000\nnoise\n# figure kernel.other kernel=1 floor=1\n"
            "# figure user.thread:10 cost=8.00 pair=2.00\n# figure user.thread:1000 cost=9.00 pair=2.00\n")
    assert bench_user.figures_in(text, icount=True) == {
        "thread": {10: {"cost": 8, "pair": 2}, 1000: {"cost": 9, "pair": 2}}}
    assert bench_user.figures_in(text, icount=False)["thread"][10]["cost"] == 4


def test_a_target_counts_with_few_regions():
    limit = bench_user.TARGETS["protect_toggle"]
    assert bench_user.misses(figures(protect_toggle=(limit, limit))) == []
    assert bench_user.misses(figures(protect_toggle=(limit + 1, limit))) == [("protect_toggle", FEW)]


def test_what_grows_with_the_regions_is_missed_too():
    assert bench_user.misses(figures(thread=(100, 130))) == []
    assert bench_user.misses(figures(thread=(100, 131))) == [("thread", MANY)]


def test_flat_is_every_mean_like_every_other():
    first, last = bench_user.FLAT[0], bench_user.FLAT[-1]
    assert bench_user.is_flat(figures(**{name: (100, 300) for name in (first, bench_user.FLAT[1], last)}))
    assert not bench_user.is_flat(figures(**{first: (100, 300), bench_user.FLAT[1]: (100, 300),
                                             last: (103, 300)}))


def test_tables_have_a_row_for_each_operation(capsys):
    peers = {"peers": ["one", "two", "three"],
             "figures": {"user.thread": {"instructions": [5, 1234567, None]}}}
    bench_user.print_instructions(figures(thread=(100, 200), protect_toggle=(5000, 5000)), peers)
    out = capsys.readouterr().out
    rows = {row.split("|")[1].strip(): row for row in out.splitlines() if row.startswith("| ")}
    assert set(bench_user.TITLES.values()) <= set(rows)
    assert "2.00 | MISSED" in rows["thread, create to exit"]
    assert "1,234,567" in rows["thread, create to exit"]
    assert "1,000 | MISSED" in rows["VirtualProtect, by turns"]


TRACE = """\
Trace 0: 0x7f00 [00000000/66660000/004002b0/ff020e01] main
Trace 0: 0x7f00 [00000000/e0100000/004002b0/ff020e01]
Trace 0: 0x7f00 [00000000/66660010/004002b0/ff020e01]
cpu_io_recompile: rewound execution of TB to e0100004
Trace 0: 0x7f00 [00000000/00401000/004002b0/ff020e01]
Trace 0: 0x7f00 [00000000/e0100004/004002b0/ff020e01] some_name
Trace 0: 0x7f00 [00000000/e0100004/004002b0/ff020e01]
Trace 0: 0x7f00 [00000000/e0100010/004002b0/ff020e01]
Trace 0: 0x7f00 [00000000/7c901004/004002b0/ff020e01]
Trace 0: 0x7f00 [00000000/66660020/004002b0/ff020e01]
Trace 0: 0x7f00 [00000000/e0100000/004002b0/ff020e01]
"""


def test_a_profile_counts_between_the_inner_marks():
    counts = bench_profile.addresses(TRACE.splitlines())
    assert counts == {"00401000": 1, "e0100004": 2, "e0100010": 1, "7c901004": 1}
    f, g, h = (bench_profile.Function(*names) for names in (("f", "ntdll"), ("g", "mm/a.c"), ("h", "mm/b.c")))
    functions = bench_profile.by_function(counts, [(0x7C901000, f), (0xE0100000, g), (0xE0100010, h)])
    assert functions == {bench_profile.PROGRAM: 1, f: 1, g: 2, h: 1}
    assert bench_profile.by_part(functions) == {"the program": 1, "ntdll": 1, "mm": 3}


def test_side_by_side_ratios_are_of_the_same_turn():
    turns = [{"TokOS": {"thread": {10: {"cost": ours}}}, "686": {"thread": {10: {"cost": theirs}}}}
             for ours, theirs in ((100, 200), (300, 300), (1000, 4000))]
    assert bench_linux.cells(turns, "686", "thread", 10) == ["300", "300", "0.50"]
    assert bench_linux.cells(turns, "686", "thread", 60000) == ["", "", ""]


def test_archive_is_aligned_and_ends():
    blob = bench_linux.archive({"init": b"12345", "x": b""})
    assert blob.count(b"070701") == 3 and len(blob) % 4 == 0
    assert blob.index(b"12345") % 4 == 0
    assert blob.endswith(b"TRAILER!!!\0" + bytes(-(110 + 11) % 4))
