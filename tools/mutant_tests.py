"""The tests that a mutant must survive to be one that nobody notices, the cheapest first, and what
each of them says.

The self-test is booted whole on a few machines; then come the Win32 programs, the runs that must end
in a bugcheck, and the host tests. What a mutant names to be tried first are some of the same.
"""
import os
import re
import subprocess
import sys
import threading
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(1, str(ROOT / "tests" / "system"))

import ktap  # noqa: E402  (they are beside the system tests)
import programrun  # noqa: E402
from launcher import tokos  # noqa: E402

# By name: options of the launcher, and words for the kernel.
CONFIGURATIONS = {
    "plain": ((), ""),
    "specialpool": ((), "specialpool irqlcheck"),
    "16M": (("--memory", "16M"), ""),
    "486": (("--memory", "16M", "--cpu", "486,-pse"), ""),
    "max": (("--cpu", "max"), ""),
    "userva": ((), "userva=3072"),
    "slowpager": ((), "slowpager=1"),
}
PYTHON = "/usr/bin/python3"     # the one with pytest, as in mk/check.mk
SOME_SECONDS, ALL_SECONDS = 60, 240     # a run that takes longer hangs
NOT_SELF_CHECKING = {"crash", "echo", "hello", "mapped"}

BOOT = "boot"           # in place of a case: none had begun

# kind: kernel, program, fatal or host; what: a pattern of cases, or a name.
Trial = namedtuple("Trial", "kind what configuration", defaults=("plain",))
# by: the cases that failed, or the program, or the host test; how: the first reason.
Kill = namedtuple("Kill", "trial by how")
TRY = re.compile(r"(?:(program|fatal|host) +)?(\S+)(?: +in +(\w+))?")


def trial_of(words):
    """The Trial that a mutant's `try:` names; a ValueError in words if it names none."""
    match = TRY.fullmatch(words)
    if not match or (match[3] or "plain") not in CONFIGURATIONS:
        raise ValueError(f"no such tests: {words}")
    return Trial(match[1] or "kernel", match[2], match[3] or "plain")


def all_trials():
    """Everything, in order of price."""
    programs = sorted(path.stem for path in (ROOT / "tests" / "user").glob("*.c"))
    hosts = sorted(path.stem for path in (ROOT / "tests" / "host").glob("test_*.c"))
    return [*(Trial("kernel", "*", name) for name in CONFIGURATIONS),
            *(Trial("program", name) for name in programs if name not in NOT_SELF_CHECKING),
            Trial("fatal", "*"),
            *(Trial("host", name) for name in hosts)]


def environment(**others):
    """This one, without what a make above has to say to its own children."""
    return {**{name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "BUILD")}, **others}


def _reason(diagnostics):
    """The first line that tells why a case failed, without what differs from run to run."""
    for line in diagnostics:
        match = re.match(r"# (?:(?P<file>\S+):\d+: failed: (?P<what>.*)|(?P<other>(?:mm_verify|leak): .*))",
                         line)
        if match and match["other"]:
            return plain(match["other"])
        if match:
            return f"{Path(match['file']).name}: {re.sub(r': got .*', '', match['what'])}"
    return "no reason given"


def plain(words):
    """`words` with numbers left out: addresses and frames differ from build to build."""
    return re.sub(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]+\b", "N", words)


def _verdict(run):
    """The launcher's last words, in short."""
    words = (run.err.strip().splitlines() or ["no verdict"])[0].removeprefix("tokos: ")
    return re.sub(r"(bugcheck) [0-9A-Fx]+", r"\1", words.split("; the last")[0].split(":, ")[0])


def check_machine(words):
    """A RuntimeError if a run, which said WORDS on standard error, ended by what is no kernel's doing:
    such a run tells nothing about a mutant."""
    for line in words.splitlines():
        if re.match(r"tokos: (interrupted|cut short: (?!the (guest|debugger|kernel) ))", line):
            raise RuntimeError(f"a test could not be run: {line}")


def _boot(kernel, trial):
    """Boot the self-test; return the run and its report."""
    options, words = CONFIGURATIONS[trial.configuration]
    seconds = ALL_SECONDS if trial.what == "*" else SOME_SECONDS
    run = tokos("boot", "--kernel", kernel, *options, "--append",
                f"selftest={trial.what} {words}", "--timeout", seconds)
    check_machine(run.err)
    return run, ktap.parse(run.out)


def _judge_boot(trial, run, report, names):
    """The Kill, or None. `names`: the cases in the order in which they run."""
    failed = [result for result in report.results if not result.ok]
    if failed:
        return Kill(trial, [result.name for result in failed], _reason(failed[0].diagnostics))
    if run.code == 0 and not report.errors:
        return None
    done = len(report.results)
    running = names[done] if report.planned and done < len(names) else BOOT
    return Kill(trial, [running], _verdict(run))


def _program(kernel, trial):
    """Run a program that checks itself."""
    options, words = CONFIGURATIONS[trial.configuration]
    try:
        programrun.check(programrun.PROGRAMS / f"{trial.what}.exe", "--kernel", str(kernel), *options,
                         *(("--append", words) if words else ()))
    except AssertionError as error:
        check_machine(str(error))
        lines = [line for line in str(error).splitlines() if line.strip()]
        return Kill(trial, [trial.what], plain(lines[0]) if lines else "it did not do all it planned")
    return None


def _fatal(tree, trial):
    """Run the system test of a run that must end in a bugcheck, or of all of them."""
    tests = "tests/system/test_fatal.py" + ("" if trial.what == "*" else f"::test_fatal[{trial.what}]")
    done = subprocess.run([PYTHON, "-B", "-m", "pytest", "-q", "-x", tests], cwd=ROOT,
                          capture_output=True, text=True, check=False, timeout=3600,
                          env=environment(BUILD=str(tree / "build")))
    if not done.returncode:
        return None
    failed = re.search(r"^FAILED \S+?::test_fatal\[(.+?)\]", done.stdout, re.M)
    if not failed:
        raise RuntimeError(f"{tests} cannot be run:\n{done.stdout}{done.stderr}")
    return Kill(trial, [f"fatal.{failed[1]}"], "it does not end in the bugcheck that it must")


def _host(tree, trial):
    """Build a host test and run it."""
    done = subprocess.run(["make", "-s", f"build/host/{trial.what}"], cwd=tree, env=environment(),
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{trial.what} cannot be built:\n{done.stderr}")
    try:
        done = subprocess.run([f"build/host/{trial.what}"], cwd=tree, capture_output=True, text=True,
                              timeout=SOME_SECONDS, check=False, errors="replace")
    except subprocess.TimeoutExpired:
        return Kill(trial, [trial.what], f"timeout: not over within {SOME_SECONDS} seconds")
    if not done.returncode:
        return None
    failed = re.search(r"\[  FAILED  \] (\w+)", done.stdout + done.stderr)
    return Kill(trial, [trial.what], failed[1] if failed else f"exit code {done.returncode}")


class Bench:
    """Asks tests of kernels; what they say of the unmodified one is asked once each."""

    def __init__(self, tree):
        self._tree = tree
        self._names = {}
        self._lock = threading.Lock()

    def _sound(self, trial):
        """TRIAL passes without any bug. => the names of its cases, in order."""
        with self._lock:
            if trial not in self._names:
                kernel = self._tree / "build" / "tokos.elf"
                names, kill = [], None
                if trial.kind == "kernel":
                    run, report = _boot(kernel, trial)
                    names = [result.name for result in report.results]
                    kill = _judge_boot(trial, run, report, names)
                else:
                    kill = self._ask(self._tree, trial, names)
                if kill:
                    raise RuntimeError(f"{describe(trial)} fails without any mutant: {kill.how}")
                self._names[trial] = names
            return self._names[trial]

    @staticmethod
    def _ask(tree, trial, names):
        kernel = tree / "build" / "tokos.elf"
        if trial.kind == "kernel":
            return _judge_boot(trial, *_boot(kernel, trial), names)
        if trial.kind == "program":
            return _program(kernel, trial)
        return (_fatal if trial.kind == "fatal" else _host)(tree, trial)

    def ask(self, tree, trial):
        """What TRIAL says of the kernel in TREE: a Kill, or None."""
        return self._ask(tree, trial, self._sound(trial))


def describe(trial):
    """The trial in words."""
    what = "selftest" if trial.kind == "kernel" else trial.kind
    suffix = "" if trial.configuration == "plain" else f" in {trial.configuration}"
    return f"{what} {trial.what}{suffix}"
