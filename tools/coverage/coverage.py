#!/usr/bin/env python3
"""Which lines of the kernel are reached: `coverage.py run` runs a command and counts in each QEMU that it
starts, `coverage.py report` says what that came to. docs/testing.md describes how it works."""
import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path, PurePath

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import counters  # noqa: E402
import counts    # noqa: E402
import lines     # noqa: E402
from tokoslib.errors import TokosError  # noqa: E402

ALL = "all"
BEGIN, END = "<!-- coverage:begin -->\n", "<!-- coverage:end -->\n"
LAST_SECONDS = 60               # to read the counters of the last machines


def _source_note(opts):
    """The file that says which source was counted."""
    return Path(f"{opts.counts}.source")


def _note_source(opts):
    done = subprocess.run(["git", "log", "-1", "--format=commit %h of %cs"], capture_output=True, text=True,
                          check=False)
    _source_note(opts).write_text(done.stdout.strip() or "unknown source", encoding="utf-8")


def run(opts):
    """Run the command, counting from 0; return its exit code once all machines are counted."""
    counters.Kernel(opts.kernel)
    memories = Path(f"{opts.counts}.memory")
    memories.mkdir(parents=True, exist_ok=True)
    opts.counts.unlink(missing_ok=True)
    _note_source(opts)
    for left_over in memories.iterdir():
        left_over.unlink()
    code = subprocess.call(opts.command, env={
        **os.environ, "PATH": f"{HERE}{os.pathsep}{os.environ['PATH']}",
        "COVERAGE_KERNEL": str(opts.kernel), "COVERAGE_COUNTS": str(opts.counts)})
    deadline = time.monotonic() + LAST_SECONDS
    while any(memories.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    if any(memories.iterdir()):
        raise TokosError("not all machines could be counted: their memories are not free")
    return code


def folder(name):
    """The part of the kernel that a file belongs to: its folder."""
    return f"{PurePath(name).parent.as_posix()}/"


def table(files):
    """{part: (lines reached, lines)}, one a folder, and all."""
    parts = defaultdict(lambda: [0, 0])
    for name, found in files.items():
        for part in (folder(name), ALL):
            parts[part][0] += sum(1 for count in found.values() if count)
            parts[part][1] += len(found)
    return parts


def rows(parts):
    """The table as lines of text."""
    last = parts[ALL]
    yield f"{'folder':20} {'lines':>7} {'reached':>8} {'percent':>8}"
    for part, (hit, of) in [*sorted(item for item in parts.items() if item[0] != ALL), (ALL, last)]:
        yield f"{part:20} {of:7} {hit:8} {100 * hit / of:8.1f}"


def write_page(page, parts, source):
    """Put the table between the markers of the Markdown file `page`."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    table_text = "\n".join(["```text", *rows(parts), "```", f"\nMeasured on {source}.\n"])
    page.write_text(before + BEGIN + table_text + END + after, encoding="utf-8")


def annotate(files, root):
    """Write each source file with its counts before its lines, below the folder `root`."""
    for name, found in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        source = Path(name).read_text(encoding="utf-8").splitlines()
        target.write_text("".join(
            f"{(found[number] or '#####') if number in found else '':>12} {number:5}  {line}\n"
            for number, line in enumerate(source, 1)), encoding="utf-8")


def report(opts):
    """Print the table; 1 if a part is below its floor."""
    kernel = counters.Kernel(opts.kernel)
    found = lines.reached(kernel, counts.read(opts.counts, kernel.size()))
    files = {name: found[name] for name in sorted(found) if not name.startswith(("/", "tests/"))}
    parts = table(files)
    print(*rows(parts), sep="\n")
    if opts.lines:
        annotate(files, opts.lines)
        print(f"each line with its count: {opts.lines}/")
    if opts.page:
        write_page(opts.page, parts, _source_note(opts).read_text(encoding="utf-8"))
    return below(parts, opts.floor)


def below(parts, floors):
    """1 if a part is not above its floor, which is said; else 0."""
    code = 0
    for part, floor in (text.split("=") for text in floors):
        hit, of = parts[part]
        if 100 * hit <= float(floor) * of:
            print(f"coverage: {part} must be above {floor} %", file=sys.stderr)
            code = 1
    return code


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, does in (("run", run), ("report", report)):
        command = commands.add_parser(name, help=does.__doc__)
        command.set_defaults(does=does)
        command.add_argument("--kernel", type=Path, required=True, help="built with `make COVERAGE=1`")
        command.add_argument("--counts", type=Path, required=True, help="the file that the sums are kept in")
        if does is run:
            command.add_argument("command", nargs=argparse.REMAINDER)
        else:
            command.add_argument("--lines", type=Path, help="folder for the annotated source")
            command.add_argument("--page", type=Path, help="Markdown file that the table is written into")
            command.add_argument("--floor", metavar="FOLDER/=PERCENT", action="append", default=[],
                                 help="fail unless more than this is reached; `all` means everything")
    opts = parser.parse_args()
    opts.kernel, opts.counts = opts.kernel.absolute(), opts.counts.absolute()
    try:
        return opts.does(opts)
    except TokosError as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
