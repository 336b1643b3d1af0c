"""A strict reader of the kernel's KTAP: whatever is not as it must be is an error, in words.

The report starts at the line `KTAP version 1`; then come the plan `1..N`, and N results numbered
in order, each with a name of its own. Between them may stand `# diagnostics` and whatever else the
kernel prints: they belong to the result that follows them. A result may be skipped, with a reason.
"""
import re
from dataclasses import dataclass, field

VERSION = "KTAP version 1"
PLAN = re.compile(r"1\.\.(\d+)")
LOOKS_LIKE_RESULT = re.compile(r"(not )?ok\b")
RESULT = re.compile(r"(?P<bad>not )?ok (?P<number>\d+) (?P<name>[^\s#]+)"
                    r"(?: # SKIP (?P<skip>\S.*))?")


@dataclass
class Result:
    """One test's result; `skipped` is the reason, or None."""

    name: str
    ok: bool
    skipped: str = None
    diagnostics: list = field(default_factory=list)


@dataclass
class Report:
    """What was read. The report can be trusted when `errors` is empty."""

    planned: int = None
    results: list = field(default_factory=list)
    errors: list = field(default_factory=list)


class _Reader:
    def __init__(self):
        self.report = Report()
        self._between = []

    def error(self, words):
        self.report.errors.append(words)

    def take(self, line):
        plan = PLAN.fullmatch(line)
        if plan:
            self._plan(int(plan[1]))
        elif LOOKS_LIKE_RESULT.match(line):
            self._result(line)
        elif line.startswith("Bail out!"):
            self.error(f"the kernel gave up: {line}")
        elif line == VERSION:
            self.error("a second report begins inside the first")
        elif line:
            self._between.append(line)

    def _plan(self, count):
        if self.report.planned is not None:
            self.error("there is a second plan")
        self.report.planned = count

    def _result(self, line):
        match = RESULT.fullmatch(line)
        if not match:
            self.error(f"a malformed result: {line}")
            return
        if self.report.planned is None:
            self.error(f"a result before the plan: {line}")
        expected = len(self.report.results) + 1
        if int(match["number"]) != expected:
            self.error(f"result {match['number']} where {expected} was due: {line}")
        if match["name"] in (result.name for result in self.report.results):
            self.error(f"a second result for {match['name']}")
        self.report.results.append(
            Result(match["name"], not match["bad"], match["skip"], self._between))
        self._between = []

    def end(self):
        planned, found = self.report.planned, len(self.report.results)
        if planned is None:
            self.error("there is no plan")
        elif planned != found:
            self.error(f"{planned} results were planned, {found} are there")


def parse(text):
    """The Report in the serial line's `text`. What stands before its first line is ignored."""
    lines = [line.strip() for line in text.split("\n")]
    reader = _Reader()
    if VERSION not in lines:
        reader.error(f"there is no line `{VERSION}`")
        return reader.report
    for line in lines[lines.index(VERSION) + 1:]:
        reader.take(line)
    reader.end()
    return reader.report
