"""The system-call fuzzer, for a short while: a few batches on two machines, and one boot twice."""
import functools
import re
import subprocess
import sys

import pytest
from launcher import BUILD, HOST_TIMEOUT, ROOT

FUZZ = ROOT / "tools" / "fuzz.py"
KERNEL = BUILD / "tokos.elf"
VOLUME = BUILD / "user" / "fuzz" / "tokos.img"
BATCHES, CALLS = 6, 2000
LINE = re.compile(r"seed (\d+): (\d+) calls, (\d+) succeeded, 0 wrong, (\d+) lives, .*hash (.*)")

# Options of tools/fuzz.py.
MACHINES = {
    "small": ("--seed", "1", "--memory", "16M"),
    "special pool": ("--seed", "1001", "--memory", "64M", "--words", "specialpool irqlcheck"),
}


def fuzz(*options, kernel=KERNEL, volume=VOLUME):
    return subprocess.run([sys.executable, str(FUZZ), "--kernel", str(kernel), "--volume", str(volume),
                           "--batches", str(BATCHES), "--calls", str(CALLS), *options],
                          capture_output=True, text=True, timeout=HOST_TIMEOUT, check=False)


@functools.lru_cache(maxsize=None)
def first_run(machine):
    return fuzz(*MACHINES[machine])


@pytest.mark.parametrize("machine", [
    pytest.param(name, marks=pytest.mark.xdist_group(f"fuzz {name}")) for name in MACHINES])
def test_nothing_is_found(machine):
    run = first_run(machine)
    assert run.returncode == 0, run.stdout + run.stderr
    batches = [LINE.fullmatch(line) for line in run.stdout.splitlines()]
    assert len(batches) == BATCHES and all(batches), run.stdout
    first = int(MACHINES[machine][1])
    assert [int(batch[1]) for batch in batches] == list(range(first, first + BATCHES))
    for batch in batches:
        assert int(batch[2]) == CALLS
        assert int(batch[3]) > CALLS // 10    # arguments are good often enough
    assert len({batch[5] for batch in batches}) == BATCHES


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
    assert ("make fuzz FUZZ_SEED=77 FUZZ_BATCHES=1 FUZZ_CALLS=2000 FUZZ_MEMORY=128M FUZZ_CPU=qemu32"
            in run.stdout.splitlines())
