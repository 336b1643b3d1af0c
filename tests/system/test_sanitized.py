"""The kernel built with UBSan passes its own tests."""
import pytest
from launcher import ROOT, tail, tokos
from tokoslib import elf

KERNEL = ROOT / "build" / "undefined" / "tokos.elf"


@pytest.mark.parametrize("memory", ["16M", "128M", "4G"])
def test_self_tests_find_no_undefined_behaviour(memory):
    assert KERNEL.exists(), "build it with `make SANITIZE=undefined`"
    names = {symbol.name for symbol in elf.symbols(KERNEL)}
    assert "__ubsan_handle_shift_out_of_bounds" in names
    run = tokos("boot", "--kernel", KERNEL, "--memory", memory, "--append", "selftest",
                "--timeout", 120)
    assert run.code == 0, f"{run.err}\n{tail(run.out)}"
