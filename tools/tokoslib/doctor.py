"""`tokos doctor`: each tool with its version, what is missing, and the command that installs it.

Which tools there are is said in tools/packages.txt only; tools/bootstrap.sh reads it too.
"""
import glob
import os
import re
import shutil
import subprocess
from collections import namedtuple

from . import paths
from .run import say

LIST = paths.ROOT / "tools" / "packages.txt"
BOOTSTRAP = paths.ROOT / "tools" / "bootstrap.sh"

# Needed only where a window can be opened.
WINDOW_GROUP = "window"

Tool = namedtuple("Tool", "group name package purpose")


def tools():
    """The tools of the list, in its order."""
    lines = (line for line in LIST.read_text().splitlines() if line and line[0] != "#")
    return [Tool(*line.split(None, 3)) for line in lines]


def _needed(tool):
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return tool.group != WINDOW_GROUP or bool(has_display)


def is_present(tool):
    """Whether the command is on the PATH or, for a name with a slash, such a file exists."""
    return bool(glob.glob(tool.name) if "/" in tool.name else shutil.which(tool.name))


def _output_of(*command):
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout if answer.returncode == 0 else ""


def version(tool):
    """The tool's version: what the command itself says, or the package's for a file."""
    if "/" in tool.name:
        return _output_of("dpkg-query", "-W", "-f", "${Version}", tool.package) or "unknown"
    found = re.search(r"\d+(\.\d+)+", _output_of(tool.name, "--version"))
    return found[0] if found else "unknown"


def _print(tool, quiet):
    present = is_present(tool)
    if present and quiet:
        return present
    state = version(tool) if present else "missing"
    name = tool.name if "/" not in tool.name else f"({tool.package})"
    print(f"{name:26} {state:24} {tool.purpose}")
    return present


def run(install, quiet):
    """Print the report; with `install`, install what is missing, for which this process must be
    root. Return 0 when nothing is missing (any more), else 1."""
    needed = [tool for tool in tools() if _needed(tool)]
    missing = [tool for tool in needed if not _print(tool, quiet)]
    if not missing:
        return 0
    packages = " ".join(sorted({tool.package for tool in missing}))
    say(f"missing: {packages}")
    if install:
        groups = sorted({tool.group for tool in needed})
        return subprocess.run([str(BOOTSTRAP), *groups], check=False).returncode
    say(f"this installs it: su -c 'apt-get update && apt-get install -y --no-install-recommends "
        f"{packages}'")
    return 1
