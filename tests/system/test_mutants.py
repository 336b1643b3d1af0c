"""The seeded bugs of tests/mutants/ as far as text tells: each still applies, and docs/mutants.md has a
row for each that names a test which exists. `make mutants` builds and runs them."""
from fnmatch import fnmatchcase

import kernelrun
import mutant_list
import mutant_table
import mutant_tests
import mutants
import pytest
from launcher import ROOT
from test_fatal import EXPECTED

CASES = set(kernelrun.test_names())
MUTANTS = mutant_list.read_all()
ROWS = mutant_table.read(mutant_table.PAGE.read_text(encoding="utf-8"))
SOURCE = "int a;\n    a = 1;\n    b = 1;\n    a = 1;\n"
HEAD = "It is wrong.\n\nfile: mm/x.c\ntry: vad.*\n\n"


def _exists(name):
    kind, _, what = name.rpartition(" ")
    if kind == "program":
        return (ROOT / "tests" / "user" / f"{what}.c").is_file()
    if kind == "host":
        return (ROOT / "tests" / "host" / f"{what}.c").is_file()
    return name in CASES | {mutant_tests.BOOT} or name.removeprefix("fatal.") in EXPECTED


def _tried(trial):
    """What a mutant wants to be tried first, as names."""
    if trial.kind == "kernel":
        return [name for name in CASES if fnmatchcase(name, trial.what)]
    return [f"fatal.{trial.what}" if trial.kind == "fatal" else f"{trial.kind} {trial.what}"]


def test_there_are_mutants_and_all_apply():
    assert len(MUTANTS) >= 40
    assert mutant_list.problems(MUTANTS) == []


def test_what_they_want_to_be_tried_exists():
    missing = [f"{mutant.name}: {words}" for mutant in MUTANTS for words in mutant.tries
               if not any(map(_exists, _tried(mutant_tests.trial_of(words))))]
    assert missing == []


def test_each_has_its_row_and_each_row_its_mutant():
    listed = [(mutant.name, mutant.file, mutant.words) for mutant in MUTANTS]
    assert [(row.name, row.file, row.words) for row in ROWS] == listed, "run `make mutants`"


def test_the_tests_that_notice_exist():
    killers = {row.name: mutant_table.killer(row) for row in ROWS}
    assert {name: killer for name, killer in killers.items()
            if not _exists(killer[0]) or killer[1] not in mutant_tests.CONFIGURATIONS} == {}


def _mutant(old, new="    a = 2;\n"):
    return mutant_list.parse("m", f"{HEAD}--- old\n{old}--- new\n{new}")


def test_whole_lines_become_others():
    assert _mutant("    b = 1;\n").apply(SOURCE) == SOURCE.replace("b = 1", "a = 2")
    assert _mutant("    b = 1;\n", "").apply(SOURCE) == SOURCE.replace("    b = 1;\n", "")


@pytest.mark.parametrize("old, words", [("    c = 1;\n", "has no such lines"), ("    a = 1;\n", "has 2 such"),
                                        ("b = 1;\n", "has no such lines")])
def test_one_that_does_not_apply_says_so(old, words):
    with pytest.raises(mutant_list.MutantError, match=f"m: mm/x.c {words}"):
        _mutant(old).apply(SOURCE)


def test_one_whose_file_is_gone_says_so():
    assert mutant_list.problems([_mutant("    b = 1;\n")]) == ["m: there is no file mm/x.c"]


@pytest.mark.parametrize("text, words", [
    ("", "one line `file: PATH`"),
    ("It is wrong.\n\nfile: mm/x.c\nfile: mm/y.c\n--- old\na\n--- new\nb\n", "one line `file: PATH`"),
    ("file: mm/x.c\n--- old\na\n--- new\nb\n", "a sentence"),
    (HEAD, "nothing is changed"),
    (f"{HEAD}--- old\na\n", "each `--- old`"),
    (f"{HEAD}--- old\n--- new\na\n", "each `--- old`"),
    (f"{HEAD}--- old\na\n--- new\na\n", "each `--- old`"),
    (f"{HEAD}wrong: line\n--- old\na\n--- new\nb\n", "neither `file: PATH`"),
])
def test_a_malformed_one_is_refused(text, words):
    with pytest.raises(mutant_list.MutantError, match=f"m: .*{words}"):
        mutant_list.parse("m", text)


def test_the_table_is_read_as_it_is_written():
    row = mutant_table.Row("m", "mm/x.c", "It | is *wrong*.", "vad.a_case and 2 more (in 16M)", "a_b < 1")
    page = f"head\n{mutant_table.BEGIN}{mutant_table.END}tail\n"
    page = mutant_table.replaced(page, [row])
    assert mutant_table.read(page) == [row]
    assert mutant_table.killer(row) == ("vad.a_case", "16M")
    assert mutant_table.replaced(page, []).endswith(f"{mutant_table.END}tail\n")


def test_what_was_not_noticed_has_no_row(tmp_path, monkeypatch):
    page = tmp_path / "mutants.md"
    page.write_text(mutant_table.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(mutant_table, "PAGE", page)
    new = ROWS[1]._replace(how="otherwise")
    mutants.write_page(MUTANTS, [new], [ROWS[0].name])
    assert mutant_table.read(page.read_text(encoding="utf-8")) == [new, *ROWS[2:]]


@pytest.mark.parametrize("words", ["cut short: QEMU ended with status 1 and without a verdict",
                                   "cut short: mcopy is not installed; see `make doctor`",
                                   "cut short: [Errno 28] No space left on device", "interrupted"])
def test_a_machine_that_fails_notices_nothing(words):
    with pytest.raises(RuntimeError, match="could not be run"):
        mutant_tests.check_machine(f"something\ntokos: {words}\n")


@pytest.mark.parametrize("words", ["cut short: the guest rebooted", "triple fault", "failed",
                                   "cut short: the kernel ended without having run the program",
                                   "cut short: the debugger waits for a command"])
def test_a_kernel_that_fails_notices(words):
    mutant_tests.check_machine(f"tokos: {words}\n")
