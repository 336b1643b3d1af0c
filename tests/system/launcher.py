"""Calls tools/tokos the way people do: as a program."""
import os
import subprocess
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
if not BUILD.is_absolute():
    BUILD = ROOT / BUILD
TOKOS = ROOT / "tools" / "tokos"

# All time limits are this much longer: `make coverage` gives the kernel that counts more time.
PATIENCE = int(os.environ.get("PATIENCE", "1"))
# Above any --timeout that a test gives: the launcher must keep its own time limits.
HOST_TIMEOUT = 300 * PATIENCE

Run = namedtuple("Run", "code out err")


def _with_patience(words):
    """The words of a command, its time limit multiplied."""
    return [f"{float(word) * PATIENCE:g}" if before == "--timeout" else str(word)
            for before, word in zip(("", *words), words)]


def tokos(*arguments, stdin=b""):
    """Run tools/tokos with `arguments`; return its exit code and its two outputs as text."""
    done = subprocess.run([str(TOKOS), *_with_patience(arguments)], input=stdin, capture_output=True,
                          timeout=HOST_TIMEOUT, check=False)
    return Run(done.returncode, done.stdout.decode(errors="replace"),
               done.stderr.decode(errors="replace"))


def tail(text, lines=30):
    """The end of a long output."""
    return "\n".join(text.splitlines()[-lines:])
