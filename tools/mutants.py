#!/usr/bin/env python3
"""Puts each seeded bug of tests/mutants/ into a copy of the source, builds the kernel and looks
which test notices; docs/mutants.md says how to use it, and gets the table.

The unmodified kernel must be built before (`make mutants` does), as its objects save the copies most
of the work, and must pass each test that is asked. A mutant that does not apply, does not compile,
or that no test notices makes the exit code 1.
"""
import argparse
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True

import mutant_list  # noqa: E402  (the line above must come first)
import mutant_table  # noqa: E402
import mutant_tests  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / "build" / "mutants"
TREES = 2
BUILT = ("kernel.d", "boot.d", "host", "boot.o", "kernel.ld", "ksyms.*", "tokos.*elf")


def make_tree(number):
    """A copy of the source and of what was built of it, as new as that was. => its folder."""
    tree = SCRATCH / str(number)
    shutil.rmtree(tree, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    (tree / "build").mkdir()
    for pattern in BUILT:
        for path in (ROOT / "build").glob(pattern):
            copy = shutil.copytree if path.is_dir() else shutil.copy2
            copy(path, tree / "build" / path.name)
    for name in ("modules", "user"):    # which are looked for beside the kernel, and have no mutants
        (tree / "build" / name).symlink_to(ROOT / "build" / name)
    return tree


def build(tree):
    """Build the kernel in TREE; a MutantError with what the compiler said."""
    done = subprocess.run(["make", "-s", "-j2", "build/tokos.elf"], cwd=tree, env=mutant_tests.environment(),
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise mutant_list.MutantError(done.stderr.strip())


def hunt(bench, tree, mutant, trials):
    """Put MUTANT into TREE and ask TRIALS until one notices. => the Kill, or None."""
    path = tree / mutant.file
    source = path.read_text(encoding="utf-8")
    path.write_text(mutant.apply(source), encoding="utf-8")
    try:
        try:
            build(tree)
        except mutant_list.MutantError as error:
            raise mutant.error(f"it does not compile:\n{error}") from error
        for trial in trials:
            kill = bench.ask(tree, trial)
            if kill:
                return kill
    finally:
        path.write_text(source, encoding="utf-8")    # newer than what was built: it is built again
    return None


class Run:
    """All mutants that were asked for, in parallel, and what became of them."""

    def __init__(self, mutants):
        self.rows, self.failures = [], []
        self._bench = mutant_tests.Bench(ROOT)
        self._waiting = queue.SimpleQueue()
        self._lock = threading.Lock()
        for mutant in mutants:
            self._waiting.put(mutant)

    def _say(self, mutant, words, row=None):
        with self._lock:
            print(f"{mutant.name}: {words}", flush=True)
            if row:
                self.rows.append(row)
            else:
                self.failures.append(mutant.name)

    def _one(self, tree, mutant):
        began = time.monotonic()
        try:
            first = [mutant_tests.trial_of(words) for words in mutant.tries]
            kill = hunt(self._bench, tree, mutant, [*first, *mutant_tests.all_trials()])
        except (mutant_list.MutantError, RuntimeError, ValueError) as error:
            self._say(mutant, f"ERROR: {str(error).removeprefix(mutant.name + ': ')}")
            return
        if not kill:
            self._say(mutant, "SURVIVED all tests")
            return
        row = mutant_table.row_of(mutant, kill)
        late = "" if not first or kill.trial in first else "; what it says to try did not notice"
        self._say(mutant, f"killed by {row.by}: {row.how} ({time.monotonic() - began:.0f} s{late})",
                  row)

    def work(self, number):
        """Take mutants until there are none left, in a tree of one's own."""
        tree = make_tree(number)
        while True:
            try:
                mutant = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._one(tree, mutant)

    def all(self):
        """Go through all of them."""
        workers = [threading.Thread(target=self.work, args=(n,)) for n in range(TREES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


def write_page(mutants, rows, failures):
    """The rows of what has run are new, those of others stay as they are; what was not noticed now
    has none."""
    page = mutant_table.PAGE.read_text(encoding="utf-8")
    names = {mutant.name for mutant in mutants} - set(failures)
    known = {row.name: row for row in mutant_table.read(page) if row.name in names}
    known.update((row.name, row) for row in rows)
    mutant_table.PAGE.write_text(mutant_table.replaced(page, known.values()), encoding="utf-8")


def main():
    """Run, or print a patch; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("names", metavar="NAME", nargs="*", help="mutants; all if none is given")
    parser.add_argument("--patch", action="store_true",
                        help="do not run, but print these mutants as a patch for `git apply`")
    parser.add_argument("--list", action="store_true", help="do not run, but print the list")
    opts = parser.parse_args()
    try:
        mutants = mutant_list.read_all()
    except mutant_list.MutantError as error:
        parser.error(str(error))
    wanted = [mutant for mutant in mutants if mutant.name in opts.names or not opts.names]
    unknown = sorted(set(opts.names) - {mutant.name for mutant in mutants})
    found = mutant_list.problems(wanted)
    if unknown or found:
        parser.error("\n".join(found) or f"no mutant is called {', '.join(unknown)}")
    if opts.list or opts.patch:
        sys.stdout.writelines(mutant.patch() if opts.patch else f"{mutant.name}: {mutant.words}\n"
                              for mutant in wanted)
        return 0
    run = Run(wanted)
    run.all()
    write_page(mutants, run.rows, run.failures)
    print(f"{len(run.rows)} of {len(wanted)} mutants were noticed", flush=True)
    if run.failures:
        print("not noticed, or in error: " + " ".join(sorted(run.failures)))
    return int(len(run.rows) != len(wanted))


if __name__ == "__main__":
    sys.exit(main())
