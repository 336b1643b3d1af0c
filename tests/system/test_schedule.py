"""The scheduler under -icount: the same seed gives the same record of context switches in every run,
other seeds give others."""
import functools
import re

import pytest
from kernelrun import KERNEL
from launcher import tail, tokos

SECONDS = 120
SEEDS = tuple(range(1, 13))
NOTE = re.compile(r"# schedule: seed (\d+), (\d+) switches, (\d+) turns, sum ([0-9a-f]{8})")


def boot(seed):
    run = tokos("boot", "--kernel", KERNEL, "--icount", "--no-trap-log",
                "--append", f"selftest=schedule.* seed={seed}", "--timeout", SECONDS)
    assert run.code == 0, f"{run.err}\n{tail(run.out)}"
    return run.out


@functools.lru_cache(maxsize=None)
def first_run(seed):
    return boot(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_facts_hold(seed):
    note = NOTE.search(first_run(seed))
    assert note and int(note[1]) == seed
    assert int(note[2]) > 40 and int(note[3]) > 0


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_same_seed_gives_the_same_run(seed):
    assert boot(seed) == first_run(seed)


def test_other_seeds_give_other_runs():
    assert len({NOTE.search(first_run(seed))[4] for seed in SEEDS[:3]}) == 3
