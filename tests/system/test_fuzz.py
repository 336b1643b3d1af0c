"""The system-call fuzzer, for a short while: a few batches on two machines, and one boot twice. On UBSan's
kernel it runs in test_variants.py."""
import functools

import pytest
from fuzzrun import BATCHES, check_that_nothing_is_found, fuzz
from launcher import BUILD

# Options of tools/fuzz.py.
MACHINES = {
    "small": ("--seed", "1", "--memory", "16M"),
    "special pool": ("--seed", "1001", "--memory", "64M", "--words", "specialpool irqlcheck"),
}


@functools.lru_cache(maxsize=None)
def first_run(machine):
    return fuzz(*MACHINES[machine])


@pytest.mark.parametrize("machine", [
    pytest.param(name, marks=pytest.mark.xdist_group(f"fuzz {name}")) for name in MACHINES])
def test_nothing_is_found(machine):
    check_that_nothing_is_found(first_run(machine), int(MACHINES[machine][1]))


@pytest.mark.xdist_group("fuzz small")
def test_the_same_seed_makes_the_same_calls():
    """All statuses, also those of the threads that race, are in the lines' hashes."""
    again = fuzz(*MACHINES["small"])
    assert again.stdout == first_run("small").stdout


@pytest.mark.xdist_group("fuzz small")
def test_what_is_found_is_told_with_the_line_that_does_it_again():
    """A batch that does not come to its end: the volume has no such program."""
    run = fuzz("--seed", "77", volume=BUILD / "modules" / "tokos.img")
    assert run.returncode == 1
    assert "*** found with seed 77, in batch 1 ***" in run.stdout
    assert (f"make fuzz FUZZ_SEED=77 FUZZ_BATCHES={BATCHES} FUZZ_CALLS=2000 FUZZ_MEMORY=128M FUZZ_CPU=qemu32"
            in run.stdout.splitlines())
