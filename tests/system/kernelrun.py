"""One boot of the kernel with its self-tests, on one configuration, kept for all its test items."""
import functools
import re
from dataclasses import dataclass

import ktap
from configurations import CONFIGURATIONS
from launcher import BUILD, Run, tail, tokos
from tokoslib import elf

KERNEL = BUILD / "tokos.elf"
ISO = BUILD / "tokos.iso"
BOOT_SECONDS = 120

CASE_SYMBOL = re.compile(r"ktest_case__(?P<suite>.+?)__(?P<name>.+)")
BY_NAME = {configuration.name: configuration for configuration in CONFIGURATIONS}


def test_names():
    """The names of the self-tests that are in the kernel, from its symbols: a test is an object
    that names its function."""
    if not KERNEL.exists():
        return []
    matches = (CASE_SYMBOL.fullmatch(symbol.name) for symbol in elf.symbols(KERNEL)
               if symbol.kind == elf.STT_OBJECT)
    return sorted({f"{match['suite']}.{match['name']}" for match in matches if match})


def boot(configuration, *words, seconds=BOOT_SECONDS, stdin=b""):
    """Boot `configuration` with `words` on the kernel's command line."""
    medium = ("--iso", ISO) if configuration.loader == "iso" else ("--kernel", KERNEL)
    return tokos("boot", *medium, "--machine", configuration.machine, "--cpu", configuration.cpu,
                 "--memory", configuration.memory, "--append", " ".join((*words, configuration.words)),
                 "--timeout", seconds, stdin=stdin)


@dataclass
class SelfTest:
    """A run of all self-tests. `broken` says why its report cannot be trusted, or is empty."""

    run: Run
    report: ktap.Report
    results: dict
    broken: str

    def explain(self):
        """Everything a person needs to see first when the boot went wrong."""
        return f"{self.broken}\n{self.run.err.strip()}\n--- serial line ---\n{tail(self.run.out)}"


def _why_broken(run, report):
    if report.errors:
        return "; ".join(report.errors)
    expected = 0 if all(result.ok for result in report.results) else 1
    if run.code != expected:
        return f"the results mean exit code {expected}, but it is {run.code}"
    return ""


@functools.lru_cache(maxsize=None)
def self_test(name):
    """Run all self-tests on the configuration called `name`, once; return the SelfTest."""
    run = boot(BY_NAME[name], "selftest")
    report = ktap.parse(run.out)
    return SelfTest(run, report, {result.name: result for result in report.results},
                    _why_broken(run, report))
