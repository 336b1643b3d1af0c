"""The host tests, which make has built: each binary is an item."""
import subprocess
import sys

import pytest
from launcher import ROOT

SOURCES = ROOT / "tests" / "host"
BINARIES = ROOT / "build" / "host"
SECONDS = 120
FUZZ_RUNS = 20000


def _binary(name):
    path = BINARIES / name
    assert path.exists(), f"{path} is missing: build it with `make host-test`"
    return path


def _run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=SECONDS, check=False, errors="replace")
    if done.returncode:
        pytest.fail(f"exit code {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.mark.parametrize("name", sorted(path.stem for path in SOURCES.glob("test_*.c")))
def test_unit(name):
    _run(_binary(name))


@pytest.mark.parametrize("name", sorted(path.stem for path in SOURCES.glob("fuzz_*.c")))
def test_fuzz(name, tmp_path):
    """A short run, from the seeds if there are any; `make host-fuzz` is the long one."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    seeds = SOURCES / f"{name.removeprefix('fuzz_')}_seeds.py"
    if seeds.exists():
        _run(sys.executable, seeds, corpus)
    _run(_binary(name), f"-runs={FUZZ_RUNS}", "-seed=1", "-timeout=5", "-max_len=1024",
         f"-artifact_prefix={tmp_path}/", corpus)
