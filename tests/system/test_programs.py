"""Win32 programs, made by Debian's mingw-w64 from ordinary C, run on TokOS by `tools/tokos run`."""
import re

import pytest
from launcher import BUILD, ROOT
from programrun import HOSTILE, PROGRAMS, check, run

pytestmark = pytest.mark.xdist_group("programs")

SOURCES = ROOT / "tests" / "user"
CRT = BUILD / "user" / "crt"

# Programs that check themselves; the others are for tests of their own.
OTHERS = {"bomb", "crash", "echo", "hello", "lab1_handlers", "lab1_solution", "mapped"}
WIN32_TESTS = sorted({path.stem for path in SOURCES.glob("*.c")} - OTHERS - set(HOSTILE))

# These return from ring 3 to ring 3, or call far. QEMU 7.2 reads and writes the stack as the kernel
# then, which with SMAP may not (docs/hostile.md).
FAR_TRANSFERS = {"hostile_flags", "hostile_instructions", "hostile_selectors", "hostile_virtual"}

CRT_TESTS = sorted(path.stem for path in (SOURCES / "crt").glob("*.c"))


@pytest.mark.parametrize("options", [(), ("--memory", "16M"), ("--cpu", "max"), ("--cpu", "pentium3"),
                                     ("--append", "userva=3072"), ("--append", "slowpager=1"),
                                     ("--append", "specialpool irqlcheck", "--memory", "64M")],
                         ids=lambda options: " ".join(options) or "plain")
def test_hello(options):
    code, out, err = run(PROGRAMS / "hello.exe", "one", "two words", 'a "quote"', options=options)
    assert code == 4, err
    assert out == b'hello from a Win32 program\r\n1: one\r\n2: two words\r\n3: a "quote"\r\n'
    assert err == "3 arguments\r\n"


def test_input_reaches_the_program():
    code, out, err = run(PROGRAMS / "echo.exe", stdin=b"Line one\nline two\n")
    assert (code, out, err) == (0, b"LINE ONE\r\nLINE TWO\r\n", "")


@pytest.mark.parametrize("mode, said, expected", [
    (0, b"one\ntwo", b"[one\ntwo]\r\n"),
    (2, b"one\n\ntwo", b"[one\r\n][\r\n][two]\r\n"),
    (3, b"onex\b\ntwo", b"[one\r\n][two]\r\n"),
    (6, b"one\ntwo\n", b"one\n[one\r\n]two\n[two\r\n]\r\n"),
], ids=("bytes", "lines", "edited lines", "echo"))
def test_console_input_modes(mode, said, expected):
    code, out, err = run(PROGRAMS / "console.exe", mode, stdin=said)
    assert (code, err) == (0, "")
    if mode:
        assert out == expected
    else:    # as they come
        assert re.sub(rb"\]\[|\r", b"", out) == expected.replace(b"\r", b"")


def test_what_a_program_says_to_who_debugs_is_marked_as_its_own(tmp_path):
    trace = tmp_path / "log"
    code, out, err = run(PROGRAMS / "console.exe", "debug", options=("--trace", trace))
    assert (code, out, err) == (0, b"", "")
    lines = trace.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if re.match(r"process \d+: ", line)]
    assert len({line.split(":")[0] for line in said}) == 1
    assert [line.split(": ", 1)[1] for line in said] == [
        "first", "", "PROGRAM EXIT 0x00000007", "last", r"\x20AC\x001B[2J",
        "x" * 100, "x" * 100, "x" * 50]
    assert [line for line in lines if line.startswith("PROGRAM EXIT")] == ["PROGRAM EXIT 0x00000000"]


@pytest.mark.parametrize("which, status, name", [
    (1, 0xC0000005, "STATUS_ACCESS_VIOLATION"),
    (2, 0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO"),
    (3, 0xC00000FD, "STATUS_STACK_OVERFLOW"),
    (4, 0xC0000096, "STATUS_PRIVILEGED_INSTRUCTION"),
    (5, 0xE0001234, ""),
    (6, 300, ""),
])
def test_unhandled_exceptions_are_exit_codes(which, status, name):
    code, out, err = run(PROGRAMS / "crash.exe", which)
    assert code == status & 0xFF
    assert out == b""
    assert err.splitlines()[-1].strip() == f"exit code 0x{status:08X} {name}".strip()


@pytest.mark.parametrize("cpu", ["pentium3", "pentium3,-sep"])    # SYSENTER, INT 2Eh
def test_steps(cpu):
    check(PROGRAMS / "step.exe", "--cpu", cpu)


@pytest.mark.parametrize("memory", ["128M", "16M"])
@pytest.mark.parametrize("name", CRT_TESTS)
def test_c_library(name, memory):
    check(CRT / f"{name}.exe", "--memory", memory, "--with", CRT / "data")


@pytest.mark.parametrize("memory", ["128M", "16M"])
@pytest.mark.parametrize("name", WIN32_TESTS)
def test_win32(name, memory):
    check(PROGRAMS / f"{name}.exe", "--memory", memory)


# test_variants.py has them on the ordinary processor with 128 MB.
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_in_little_memory(name):
    check(PROGRAMS / f"{name}.exe", "--memory", "16M")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_on_the_newest_processor(name):
    """SMEP, UMIP, and SMAP: the kernel touches user space in its windows only."""
    check(PROGRAMS / f"{name}.exe", "--cpu", "max,-smap" if name in FAR_TRANSFERS else "max")


@pytest.mark.parametrize("name", ["hostile_ranges", "hostile_services"])
def test_hostile_where_user_space_may_have_3_gb(name):
    check(PROGRAMS / f"{name}.exe", "--append", "userva=3072", arguments=("wide",))


# What some tests find only on another machine: slow reads, the third gigabyte.
@pytest.mark.parametrize("name, options", [
    ("address_limit", ("--append", "userva=3072")),
    ("faults_private", ("--cpu", "max")),
    ("faults_private", ("--append", "userva=3072")),
    ("faults_section", ("--append", "slowpager=1")),
    ("faults_image", ("--append", "slowpager=1")),
    ("faults_large_address", ("--append", "userva=3072")),
    ("faults_memory", ("--append", "slowpager=1")),
    ("faults_threads", ("--append", "slowpager=100")),
], ids=lambda value: value if isinstance(value, str) else value[1])
def test_faults_elsewhere(name, options):
    check(PROGRAMS / f"{name}.exe", "--memory", "16M", *options)
