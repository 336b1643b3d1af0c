"""`make coverage`'s tool, on a kernel of a few lines that is compiled as the kernel is for coverage: what it
counted is found when its machine has ended, added up, and reported line by line."""
import os
import subprocess
from pathlib import Path

import fakes
import pytest
from launcher import HOST_TIMEOUT, ROOT, TOKOS

TOOL = ROOT / "tools" / "coverage" / "coverage.py"

SOURCE = """int counted(int n);
int counted(int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++)
        sum += i ^ sum;
    if (sum == 12345)
        return 1;
    return sum;
}
"""
COUNTS = {"        sum += i ^ sum;": 7, "        return 1;": 0, "    return sum;": 1}    # of one run

ENDS = {"passes": "verdict 0x10", "crashes": "lidt no_idt\nud2\nno_idt: .word 0\n.long 0"}

SCRIPT = """
ENTRY(_start)
PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); }
SECTIONS {
    . = 0x100000;
    .text : {
        *(.text .text.* .rodata .rodata.*)
        . = ALIGN(4);
        __gcov_info_start = .; KEEP(*(.gcov_info)) __gcov_info_end = .;
    } :text
    . = ALIGN(4096);
    .data : { *(.data .data.*) } :data
    .bss : { *(.bss .bss.*) } :data
    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }
}
"""


def _flags():
    """How the kernel is compiled and linked when it counts."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    rule = "flags:; @echo '$(CC) $(KCFLAGS) $(STACK) $(COVER)'; echo '$(COVER_LINK)'"
    done = subprocess.run(["make", "-s", "-C", str(ROOT), "COVERAGE=1", "--eval", rule, "flags"],
                          env=environment, capture_output=True, text=True, check=True)
    compile_words, link_words = done.stdout.splitlines()
    return compile_words.split(), [f"-Wl,{word}" for word in link_words.split()]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory):
    """A folder with two kernels that call counted(7): one passes, one ends in a triple fault."""
    folder = tmp_path_factory.mktemp("coverage")
    compile_words, link_words = _flags()
    (folder / "counted.c").write_text(SOURCE)
    (folder / "page.md").write_text("<!-- coverage:begin -->\n<!-- coverage:end -->\n")
    (folder / "script.ld").write_text(SCRIPT)
    subprocess.run([*compile_words, "-c", "counted.c", "-o", "counted.c.o"], cwd=folder, check=True)
    for name, end in ENDS.items():
        (folder / f"{name}.S").write_text(f"{fakes.PRELUDE}\npush $7\ncall counted\n{end}\nhang\n")
        subprocess.run(["i686-linux-gnu-gcc", "-nostdlib", "-static", "-Wl,--build-id=none",
                        "-Wl,-z,noexecstack", "-Wl,-T,script.ld", *link_words, f"{name}.S",
                        "counted.c.o", "-o", f"{name}.elf"], cwd=folder, check=True)
    return folder


def _tool(folder, command, kernel, *words):
    return subprocess.run([str(TOOL), command, "--kernel", f"{kernel}.elf", "--counts", "counts",
                           *map(str, words)], cwd=folder, capture_output=True, text=True,
                          timeout=HOST_TIMEOUT, check=False)


def _boot(folder, kernel):
    return f"{TOKOS} boot --kernel {folder / kernel}.elf --timeout 60; "


def _lines(folder):
    """{line: count} of the annotated source; None for one that makes no code."""
    done = {}
    for line in (folder / "lines" / "counted.c").read_text().splitlines():
        count = line[:12].strip()
        done[line[20:]] = int(count.replace("#####", "0")) if count else None
    return done


@pytest.mark.parametrize("kernel, other, code", [("passes", "crashes", 0), ("crashes", "passes", 122)])
def test_runs_are_added_up_however_they_end(folder, kernel, other, code):
    twice = _boot(folder, other) + 2 * _boot(folder, kernel)
    done = _tool(folder, "run", kernel, "sh", "-c", twice)
    assert done.returncode == code, done.stderr
    assert not list(Path(folder / "counts.memory").iterdir())
    done = _tool(folder, "report", kernel, "--lines", "lines", "--floor", "./=80", "--floor",
                 "all=80", "--page", "page.md")
    assert (done.returncode, done.stderr) == (0, "")
    lines = _lines(folder)
    assert {line: lines[line] for line in COUNTS} == {line: 2 * count for line, count in COUNTS.items()}
    assert lines["int counted(int n);"] is None
    assert (folder / "page.md").read_text().splitlines()[3].split()[:1] == ["./"]


def test_too_little_is_a_failure(folder):
    done = _tool(folder, "run", "passes", "true")
    assert done.returncode == 0
    done = _tool(folder, "report", "passes", "--lines", "lines", "--floor", "all=10")
    assert (done.returncode, done.stderr) == (1, "coverage: all must be above 10 %\n")
    assert done.stdout.splitlines()[2].split()[2:] == ["0", "0.0"]


def test_kernel_without_counters_is_refused(folder):
    done = _tool(folder, "run", fakes.build("passed", folder).with_suffix(""), "true")
    assert done.returncode == 2
    assert "has no counters; build it with `make COVERAGE=1`" in done.stderr
