"""docs/mutants.md: which test kills which mutant. What stands between the markers is written here;
the rest is prose."""
import re
from collections import namedtuple
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "mutants.md"
BEGIN, END = "<!-- mutants:begin -->\n", "<!-- mutants:end -->\n"
HEAD = "| mutant | file | the bug | killed by | how |\n|---|---|---|---|---|\n"
MORE = re.compile(r" and \d+ more")
CONFIGURATION = re.compile(r" \(in (\w+)\)")

Row = namedtuple("Row", "name file words by how")


def _prose(text):
    return re.sub(r"([|*_<>])", r"\\\1", text)


def _code(text):
    return "`" + text.replace("|", "\\|") + "`"


def _text(cell):
    return re.sub(r"\\([|*_<>])", r"\1", cell.strip().replace("`", ""))


def _line(row):
    """The row as it stands in the page. The test is code up to what is said of it behind a space."""
    name, behind = re.fullmatch(r"((?:program |host )?\S+)(.*)", row.by).groups()
    cells = (row.name, _code(row.file), _prose(row.words), _code(name) + behind, _code(row.how))
    return "| " + " | ".join(cells) + " |\n"


def row_of(mutant, kill):
    """The row that says that KILL ended MUTANT."""
    trial = kill.trial
    by = f"{trial.kind} {kill.by[0]}" if trial.kind in ("program", "host") else kill.by[0]
    if len(kill.by) > 1:
        by += f" and {len(kill.by) - 1} more"
    if trial.configuration != "plain":
        by += f" (in {trial.configuration})"
    return Row(mutant.name, mutant.file, mutant.words, by, kill.how)


def killer(row):
    """The test that ROW names: a case, `program NAME` or `host NAME`; and its configuration."""
    where = CONFIGURATION.search(row.by)
    name = CONFIGURATION.sub("", MORE.sub("", row.by))
    return name, where[1] if where else "plain"


def _split(page):
    before, begin, rest = page.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no markers for the table")
    return before + BEGIN, table, END + after


def read(page):
    """The rows of the table in the page's text."""
    lines = _split(page)[1].splitlines()[2:]
    return [Row(*map(_text, re.split(r"(?<!\\)\|", line)[1:-1])) for line in lines]


def replaced(page, rows):
    """The page's text with ROWS, in the order of their names, as its table."""
    before, _, after = _split(page)
    return before + HEAD + "".join(map(_line, sorted(rows))) + after
