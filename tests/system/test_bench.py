"""The benchmarks, once each under -icount, where their figures are the same in every run: each must
pass its own checks, and the numbers of instructions must keep their targets. Nothing is timed."""
import functools

import bench
import ktap
import pytest
from kernelrun import KERNEL
from launcher import tail, tokos
from tokoslib import elf

pytestmark = pytest.mark.xdist_group("bench")

SECONDS = 120


def symbol_names():
    return {symbol.name for symbol in elf.symbols(KERNEL)} if KERNEL.exists() else set()


def bench_names():
    """The names of the benchmarks that are in the kernel, from its symbols."""
    prefix = "bench_case__"
    symbols = elf.symbols(KERNEL) if KERNEL.exists() else ()
    return sorted(symbol.name[len(prefix):].replace("__", ".") for symbol in symbols
                  if symbol.name.startswith(prefix) and symbol.kind == elf.STT_OBJECT)


as_shipped = pytest.mark.skipif(any(name.startswith("__ubsan_handle") for name in symbol_names()),
                                reason="the sanitizer's checks cost instructions of their own")


@functools.lru_cache(maxsize=None)
def benchmarks():
    """The run of all benchmarks, its KTAP report and its figures."""
    run = tokos("boot", "--kernel", KERNEL, "--memory", bench.MEMORY, "--append", "bench",
                "--icount", "--no-trap-log", "--timeout", SECONDS)
    return run, ktap.parse(run.out), bench.parse(run.out.replace("\r", ""))[0]


def test_all_run_and_pass():
    run, report, _ = benchmarks()
    assert report.errors == [], tail(run.out)
    assert [result.name for result in report.results if not result.ok] == [], tail(run.out)
    assert [result.name for result in report.results if result.skipped] == []
    assert sorted(result.name for result in report.results) == bench_names()
    assert run.code == 0, run.err


def test_every_figure_has_its_floor():
    figures = benchmarks()[2]
    expected = {name for name in bench.TITLES if not name.startswith(bench.BOOT)} | {bench.BOOT}
    assert set(figures) == expected
    assert [name for name, columns in figures.items() if not columns.get("floor")] == []


@as_shipped
@pytest.mark.parametrize("name", sorted(bench.TARGETS))
def test_target(name):
    columns = benchmarks()[2].get(name)
    assert columns, "it was not measured"
    assert bench.met(name, columns), f"{columns}, target {bench.TARGETS[name].words}"


def test_a_fault_costs_the_same_however_many_pages():
    assert bench.is_flat(benchmarks()[2])
