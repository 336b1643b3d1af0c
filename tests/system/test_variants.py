"""The kernel built in other ways - with UBSan, by clang - passes its own tests and runs programs; and so does
the ordinary one with each of its pool allocations on pages of its own."""
import pytest
from fuzzrun import check_that_nothing_is_found, fuzz
from launcher import ROOT, tail, tokos
from programrun import HOSTILE, PROGRAMS, check

# What a kernel of each kind has in its file: a function that only UBSan calls, a compiler's name.
MARKS = {"undefined": b"__ubsan_handle_shift_out_of_bounds", "clang": b"clang version"}

# Self-tests with the special pool are in configurations.py. What 4 GB add is the arithmetic of frames.
SELF_TESTS = [("undefined", "16M", "selftest"), ("undefined", "128M", "selftest specialpool irqlcheck"),
              ("undefined", "4G", "selftest=p*"), ("clang", "128M", "selftest")]

# Programs that go far into the kernel. Those that count all faults or frames of the machine are not for
# the special pool, whose pages come by faults too.
COUNTING = ("faults_image", "faults_memory", "faults_section", "faults_service")
OTHERS = ("clone", "exceptions", "files", "process", "sections", "status_exhausted", "sync", "threads")

# What nobody means to write is where C leaves most undefined: values that no program that is well would
# pass, and the other end of a debugger.
FOR_UNDEFINED = (*HOSTILE, "debugger", "debug_attach", "debug_rules", "fuzz_finds")


def kernel(variant):
    path = ROOT / "build" / variant / "tokos.elf"
    assert path.exists(), f"no {path}: `make check` builds it"
    return path


@pytest.mark.parametrize("variant, memory, words", SELF_TESTS)
def test_self_tests(variant, memory, words):
    assert MARKS[variant] in kernel(variant).read_bytes()
    run = tokos("boot", "--kernel", kernel(variant), "--memory", memory, "--append", words,
                "--timeout", 120)
    assert run.code == 0, f"{run.err}\n{tail(run.out)}"


@pytest.mark.parametrize("name", COUNTING + OTHERS)
@pytest.mark.parametrize("variant", MARKS)
def test_programs(variant, name):
    check(PROGRAMS / f"{name}.exe", "--kernel", kernel(variant))


@pytest.mark.parametrize("name", FOR_UNDEFINED)
def test_programs_that_try_what_is_undefined(name):
    check(PROGRAMS / f"{name}.exe", "--kernel", kernel("undefined"))


def test_the_fuzzer_finds_nothing_undefined():
    run = fuzz("--seed", "2001", "--memory", "64M", "--cpu", "max", "--words", "irqlcheck userva=3072",
               kernel=kernel("undefined"))
    check_that_nothing_is_found(run, 2001)


@pytest.mark.parametrize("name", OTHERS)
def test_programs_with_special_pool(name):
    check(PROGRAMS / f"{name}.exe", "--append", "specialpool")
