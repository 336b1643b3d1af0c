"""The KTAP reader: a good report is read rightly, and each way of being broken is noticed."""
import ktap
import pytest

GOOD = """\
TokOS says hello
KTAP version 1
1..3
# first diagnostics
ok 1 mm.first
something the kernel prints
not ok 2 mm.second
ok 3 mm.third # SKIP no PSE here
the end
"""


def test_good_report():
    report = ktap.parse(GOOD)
    assert report.errors == []
    assert report.planned == 3
    assert [(r.name, r.ok, r.skipped) for r in report.results] == [
        ("mm.first", True, None), ("mm.second", False, None),
        ("mm.third", True, "no PSE here")]
    assert report.results[0].diagnostics == ["# first diagnostics"]
    assert report.results[1].diagnostics == ["something the kernel prints"]


def test_carriage_returns_do_not_matter():
    assert ktap.parse(GOOD.replace("\n", "\r\n")).errors == []


# What is wrong, what in GOOD is replaced by what, and what must be said about it.
BROKEN = (
    ("no version", "KTAP version 1", "KTAP version 2", "there is no line"),
    ("no plan", "1..3\n", "", "there is no plan"),
    ("plan too large", "1..3", "1..4", "4 results were planned, 3 are there"),
    ("plan too small", "1..3", "1..2", "2 results were planned, 3 are there"),
    ("second plan", "the end", "1..3", "a second plan"),
    ("late plan", "1..3\n# first diagnostics\nok 1 mm.first", "ok 1 mm.first\n1..3",
     "a result before the plan"),
    ("duplicate number", "not ok 2", "not ok 1", "result 1 where 2 was due"),
    ("missing number", "ok 3", "ok 4", "result 4 where 3 was due"),
    ("duplicate name", "mm.second", "mm.first", "a second result for mm.first"),
    ("truncated", "ok 3 mm.third # SKIP no PSE here\nthe end\n", "ok 3", "a malformed result"),
    ("cut before the last", "ok 3 mm.third # SKIP no PSE here\nthe end\n", "", "2 are there"),
    ("no number", "not ok 2 mm.second", "not ok mm.second", "a malformed result"),
    ("unknown directive", "# SKIP no PSE here", "# TODO later", "a malformed result"),
    ("skip without a reason", " # SKIP no PSE here", " # SKIP", "a malformed result"),
    ("glued lines", "ok 1 mm.first\n", "ok 1 mm.first ", "a malformed result"),
    ("second report", "the end", "KTAP version 1", "a second report"),
    ("gave up", "the end", "Bail out! no memory", "the kernel gave up"),
    ("empty", GOOD, "", "there is no line"),
)


@pytest.mark.parametrize("old, new, words", [broken[1:] for broken in BROKEN],
                         ids=[broken[0].replace(" ", "-") for broken in BROKEN])
def test_broken_report(old, new, words):
    assert old in GOOD
    errors = ktap.parse(GOOD.replace(old, new)).errors
    assert any(words in error for error in errors), errors
