"""The list of seeded bugs, tests/mutants/: a file each, and how it is put into a source file.

    A sentence or two: what a programmer got wrong, and what comes of it.

    file: mm/protect_virtual.c
    try: protect.*

    --- old
        mi_change_valid_pte(pte, value, va);
    --- new
        mi_write_pte(pte, value);

`file` is what is changed. `try` (any number of lines) names tests that are likely to notice, which
are asked first: cases of the self-test by a pattern, maybe `in` one of the configurations of
mutant_tests.py; `program NAME`, of tests/user; `fatal CASE`, `host NAME`, of tests/host. Whole lines of the file,
which must be there exactly once, become others, or none; there may be several such pairs.
"""
import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "mutants"
FIELD = re.compile(r"(file|try): *(\S.*)")
OLD, NEW = "--- old\n", "--- new\n"


class MutantError(Exception):
    """What is wrong with a mutant, in words; its name is the first of them."""


@dataclass
class Mutant:
    """A seeded bug: `changes` are pairs of old and new text, of whole lines."""

    name: str
    words: str
    file: str
    tries: list
    changes: list = field(default_factory=list)

    def error(self, words):
        """The exception that says so of this mutant."""
        return MutantError(f"{self.name}: {words}")

    def apply(self, source):
        """`source`, the contents of the file, with the bug in it."""
        text = "\n" + source
        for old, new in self.changes:
            count = text.count("\n" + old)
            if count != 1:
                raise self.error(f"{self.file} has {'no' if not count else count} such lines, "
                                 f"instead of one:\n{old}")
            text = text.replace("\n" + old, "\n" + new)
        return text[1:]

    def patch(self, root=ROOT):
        """The bug as a unified diff, for `git apply`."""
        before = (root / self.file).read_text(encoding="utf-8")
        lines = difflib.unified_diff(before.splitlines(True), self.apply(before).splitlines(True),
                                     f"a/{self.file}", f"b/{self.file}")
        return "".join(lines)


def _changes(name, text):
    """The pairs of old and new text in `text`, which begins with the first of them."""
    pairs = []
    for part in text.split(OLD)[1:]:
        old, mark, new = part.partition(NEW)
        if not mark or not old.strip() or old == new:
            raise MutantError(f"{name}: each `{OLD.strip()}`, with some text, needs a "
                              f"`{NEW.strip()}` with another")
        pairs.append((old, new))
    if not pairs:
        raise MutantError(f"{name}: nothing is changed")
    return pairs


def parse(name, text):
    """The Mutant that `text` describes."""
    head, _, rest = text.partition(OLD)
    words, tries, files = [], [], []
    for line in head.splitlines():
        match = FIELD.fullmatch(line.strip())
        if match:
            (files if match[1] == "file" else tries).append(match[2])
        elif tries or files:
            if line.strip():
                raise MutantError(f"{name}: neither `file: PATH` nor `try: TESTS`: {line}")
        else:
            words.append(line.strip())
    if len(files) != 1:
        raise MutantError(f"{name}: it needs one line `file: PATH`")
    sentence = " ".join(filter(None, words))
    if not sentence.endswith("."):
        raise MutantError(f"{name}: it needs a sentence that says what the bug is")
    return Mutant(name, sentence, files[0], tries, _changes(name, OLD + rest if rest else ""))


def read_all(folder=FOLDER):
    """Every mutant of the list, by name."""
    return [parse(path.stem, path.read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*.txt"), key=lambda path: path.stem)]


def problems(mutants, root=ROOT):
    """What is wrong with `mutants` as the source is now: a list of words, empty if all apply."""
    found = []
    for mutant in mutants:
        try:
            path = root / mutant.file
            if not path.is_file():
                raise mutant.error(f"there is no file {mutant.file}")
            mutant.apply(path.read_text(encoding="utf-8"))
        except MutantError as error:
            found.append(str(error))
    return found
