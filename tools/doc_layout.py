#!/usr/bin/env python3
"""Writes the address map into the book: boots the kernel with 128 MB, asks its debugger for `!layout`
and replaces what stands between the markers in docs/01-boot-to-first-fault.md.

The limits of the kernel image's parts change with each build, so the book shows their names and
protections only. With --check nothing is written; the exit code is 1 when the page is out of date.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "01-boot-to-first-fault.md"
BEGIN, END = "<!-- layout:begin -->\n", "<!-- layout:end -->\n"
LIMITS = r"([0-9a-f]{8})-([0-9a-f]{8})"
REGION = re.compile(rf"  {LIMITS}  (?P<name>\S.{{13}}) (?P<use>.+)")
PART = re.compile(rf"    {LIMITS}  (?P<name>\S+) +(?P<protection>\S+)")


class LayoutError(Exception):
    """The address map could not be had."""


def ask(kernel):
    """What `!layout` prints on a machine with 128 MB, as a list of lines."""
    done = subprocess.run(
        [str(ROOT / "tools" / "tokos"), "boot", "--kernel", str(kernel), "--memory", "128M",
         "--append", "break", "--timeout", "60"],
        input=b"!layout\nq\n", capture_output=True, check=False)
    answers = done.stdout.decode(errors="replace").replace("\r", "").split("kd> ")
    if done.returncode or len(answers) < 3:
        raise LayoutError(f"no answer to !layout: {done.stderr.decode(errors='replace').strip()}")
    return answers[1].splitlines()[1:]


def _row(line):
    part = PART.fullmatch(line)
    if part:
        return f"{'':19}  {'':14} {part['name']}: {part['protection']}"
    region = REGION.fullmatch(line)
    if not region:
        raise LayoutError(f"a line of !layout that is neither a region nor a part: {line}")
    first, last = region[1].upper(), region[2].upper()
    return f"{first} - {last}  {region['name']} {region['use']}"


def block(kernel):
    """The text that belongs between the markers."""
    return "\n".join(["```text", *map(_row, ask(kernel)), "```", ""])


def replaced(page, text):
    """The contents of the page with `text` between its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise LayoutError(f"{PAGE.name} has no layout markers")
    return before + BEGIN + text + END + after


def main():
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", default=ROOT / "build" / "tokos.elf", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing")
    opts = parser.parse_args()
    try:
        old = PAGE.read_text(encoding="utf-8")
        new = replaced(old, block(opts.kernel))
    except LayoutError as error:
        print(f"doc_layout: {error}", file=sys.stderr)
        return 2
    if opts.check:
        return int(new != old)
    if new != old:
        PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
