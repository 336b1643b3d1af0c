"""Runs the system-call fuzzer, for a short while: one boot and a few batches."""
import re
import subprocess
import sys

from launcher import BUILD, HOST_TIMEOUT, ROOT

FUZZ = ROOT / "tools" / "fuzz.py"
KERNEL = BUILD / "tokos.elf"
VOLUME = BUILD / "user" / "fuzz" / "tokos.img"
BATCHES, CALLS = 6, 2000
LINE = re.compile(r"seed (\d+): (\d+) calls, (\d+) succeeded, 0 wrong, (\d+) lives, .*hash (.*)")


def fuzz(*options, kernel=KERNEL, volume=VOLUME):
    """Run it with the options of tools/fuzz.py."""
    return subprocess.run([sys.executable, str(FUZZ), "--kernel", str(kernel), "--volume", str(volume),
                           "--batches", str(BATCHES), "--calls", str(CALLS), *options],
                          capture_output=True, text=True, timeout=HOST_TIMEOUT, check=False)


def check_that_nothing_is_found(run, first):
    """A run whose first seed was given has made all calls of all its batches, and all is well."""
    assert run.returncode == 0, run.stdout + run.stderr
    batches = [LINE.fullmatch(line) for line in run.stdout.splitlines()]
    assert len(batches) == BATCHES and all(batches), run.stdout
    assert [int(batch[1]) for batch in batches] == list(range(first, first + BATCHES))
    for batch in batches:
        assert int(batch[2]) == CALLS
        assert int(batch[3]) > CALLS // 10    # arguments are good often enough
    assert len({batch[5] for batch in batches}) == BATCHES
