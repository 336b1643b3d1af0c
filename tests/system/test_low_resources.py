"""Running out: requests refused on purpose, by the boot option and one after the other by the kernel's own
sweeps; and programs that take all there is."""
import re
import subprocess
import sys

import ktap
import pytest
from kernelrun import KERNEL
from launcher import BUILD, ROOT, tail, tokos
from programrun import PROGRAMS, run

SECONDS = 120
DLLS = [BUILD / "user" / f"{name}.dll" for name in ("kernel32", "msvcrt", "ntdll", "tokos")]
TAKERS = ("sturdy", "bomb")
SAMPLE = ("exceptions", "faults_section", "files", "heaps", "hello", "sections", "stack_sizes")


# A sample; `make inject` has all requests, more programs, and the bombs on larger machines too.
@pytest.mark.parametrize("suite, programs, memory, count", [
    ("some_requests", TAKERS, "32M", 7), ("some_programs", SAMPLE, "32M", 7), ("bombs", TAKERS, "16M", 20)])
def test_sweep(suite, programs, memory, count, tmp_path):
    image = tmp_path / "tokos.img"
    files = [*DLLS, *(PROGRAMS / f"{name}.exe" for name in programs)]
    subprocess.run([sys.executable, str(ROOT / "tools" / "make_volume.py"), str(image), *map(str, files)],
                   check=True)
    done = tokos("boot", "--kernel", KERNEL, "--module", image, "--memory", memory,
                 "--append", f"selftest=long.{suite}.*", "--timeout", SECONDS)
    report = ktap.parse(done.out)
    assert done.code == 0 and len(report.results) == count, tail(done.out)
    assert all(result.ok and result.skipped is None for result in report.results)


def test_the_book_says_which_programs_are_not_swept():
    listed = re.search(r"^NOT_SWEPT := ((?:.*\\\n)*.*)", (ROOT / "mk" / "inject.mk").read_text(encoding="utf-8"),
                       re.M)
    names = listed[1].replace("\\", " ").split()
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*) \|.*\|$", page.split("| not swept | because |")[1].split("\n\n")[0], re.M)
    assert sorted(names) == sorted(re.findall(r"`(\w+)`", " ".join(rows)))
    programs = {path.stem for path in (ROOT / "tests" / "user").glob("*.c")}
    assert set(names) <= programs


@pytest.mark.parametrize("plan, status", [
    ("handles:1", "0xC000009A STATUS_INSUFFICIENT_RESOURCES"),
    ("stacks:1", "0xC000009A STATUS_INSUFFICIENT_RESOURCES"),
    ("commit:1000000", None),
    ("commit:6+", "0xC000012D STATUS_COMMITMENT_LIMIT"),
])
def test_the_option_refuses(plan, status):
    code, _, err = run(PROGRAMS / "sturdy.exe", "leaf", options=("--append", f"lowresources={plan}"))
    assert (code == 0) == (status is None)
    assert not status or err.splitlines()[-1] == f"exit code {status}"


def test_the_debugger_refuses_and_counts():
    done = tokos("boot", "--kernel", KERNEL, "--append", "break", "--timeout", SECONDS,
                 stdin=b"!lowresources stacks:1+\ng\n!lowresources\n!lowresources nonsense\nq\n")
    assert "no memory for the zero-page thread" in done.out
    assert "stacks:        1 requests, 1 refused" in done.out.replace("\r", "")
    assert "'nonsense' is no plan" in done.out
