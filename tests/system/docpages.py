"""Reads the book: the pages' prose, what they name in backticks, their links and marked outputs.

An output that is marked by `<!-- output -->` is what the last `sh` block before it prints, standard
error included. It may leave lines out (a line of dots) and parts of lines (dots in a line); numbers
are compared by their presence only, since addresses and frames differ from build to build. After
`<!-- output exact -->` numbers count too.
"""
import re
from dataclasses import dataclass

from launcher import ROOT

INDENTED = re.compile(r"^ {4}.*$", re.M)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
OUTPUT = re.compile(r"^<!-- output( exact)? -->\n```text\n(.*?)^```$", re.M | re.S)
TICKS = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
ADDRESS = re.compile(r"\b[0-9A-Fa-f]{8}\b")
NUMBER = re.compile(r"\bpfn [0-9a-f]+|\b0x[0-9A-Fa-f]+|\b(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]+\b")


def pages():
    """README.md and the pages of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def prose(text):
    """The page without its blocks and comments; the lines stay where they are."""
    text = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
    return INDENTED.sub("", COMMENT.sub("", text))


def quoted(text):
    """What stands between backticks in the prose."""
    return TICKS.findall(prose(text))


def shell_commands(text):
    """The contents of the page's `sh` blocks."""
    return [block[2] for block in FENCE.finditer(text) if block[1] == "sh"]


@dataclass
class Output:
    """A marked output: the shell command that prints it, the lines shown, and how to compare."""

    command: str
    lines: list
    exact: bool

    def _key(self, line):
        line = " ".join(line.split())
        return line if self.exact else NUMBER.sub("#", line)

    def missing(self, printed):
        """The first line shown that is not in the text `printed`, behind those before it; or None."""
        rest = iter([self._key(line) for line in printed.replace("\r", "").split("\n")])
        for line in self.lines:
            parts = [re.escape(part.strip()) for part in re.split(r"\.{3,}", self._key(line))]
            pattern = re.compile(" ?.*".join(parts))
            if not any(pattern.fullmatch(candidate) for candidate in rest):
                return line
        return None


def outputs(text):
    """The page's marked outputs, in order."""
    found = []
    for match in OUTPUT.finditer(text):
        commands = shell_commands(text[:match.start()])
        assert commands, f"an output without a command: {match[2][:60]}"
        lines = [line for line in match[2].split("\n") if line.strip(" .")]
        found.append(Output(commands[-1], lines, bool(match[1])))
    return found


def anchors(text):
    """The page's headings as link targets, by GitHub's rule."""
    headings = HEADING.findall(FENCE.sub("", text))
    names = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {name.replace(" ", "-") for name in names}
