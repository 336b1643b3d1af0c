"""`tokos boot`: run QEMU once, or again after a reboot, and tell how it ended."""
import contextlib
import os
import shlex
import signal
import sys

from . import keyboard, paths, qemu, verdict
from .elf import SymbolMap
from .process import Workspace
from .session import Session
from .traplog import describe

FULL_TRAP_LOG = "int,cpu_reset"
RESETS_ONLY = "cpu_reset"


class Interrupted(Exception):
    """The user wants the run to end."""


def say(*lines):
    """Tell the user something, apart from the serial line: on standard error, each line marked."""
    with contextlib.suppress(BrokenPipeError):
        for line in lines:
            print(f"tokos: {line}", file=sys.stderr, flush=True)


def report(judgement):
    """Say the Verdict `judgement`; return its exit code."""
    say(judgement.words, *(f"  {line}" for line in judgement.details))
    return judgement.code


def nobody_reads():
    """Standard output or standard error leads to nobody any more, and what is still to be written
    goes there. => the exit code."""
    judgement = verdict.Verdict(verdict.CUT_SHORT, "cut short: nobody reads the output")
    code = report(judgement)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())
    return code


def _interrupt(*_):
    raise Interrupted


def end_on_signals():
    """Let the signals that ask for an end raise Interrupted, so that QEMU is ended too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, _interrupt)


def _announce_gdb(opts):
    """Say how to attach, since the machine stands still until a debugger does."""
    symbols = paths.symbol_file(opts)
    words = ["gdb", *([str(symbols)] if symbols else []), "-ex", f"target remote {opts.gdb}"]
    say(f"waiting for a debugger: {shlex.join(words)}")


def observe(opts, keys, log_file, extra=()):
    """Run QEMU once with the options and the arguments `extra`; return the Evidence, the last
    exceptions named in it."""
    with Workspace() as workspace:
        items = FULL_TRAP_LOG if opts.trap_log else RESETS_ONLY
        with contextlib.closing(Session(workspace, keys, log_file, items)) as session:
            wiring = [*session.wiring(), *extra]
            seen = session.run(qemu.command(opts, wiring, workspace.plain), opts.timeout)
            if session.watch.mid_line:
                print(file=sys.stderr)
        if seen.triple_fault:
            names = SymbolMap(paths.symbol_file(opts))
            seen.exceptions = [describe(one, names) for one in session.traps.last_exceptions()]
    return seen


def watched_run(opts, extra=()):
    """Boot with input and output connected to the user's, again after each reboot that a user at a
    terminal asks for; return the Verdict."""
    end_on_signals()
    with contextlib.ExitStack() as stack:
        log_file = stack.enter_context(open(opts.log, "wb")) if opts.log else None
        quit_at_end = not opts.display and not opts.gdb
        keys = stack.enter_context(keyboard.source(opts.raw, quit_at_end, may_wait=bool(opts.timeout)))
        if opts.gdb:
            _announce_gdb(opts)
        while True:
            seen = observe(opts, keys, log_file, extra)
            if not (keys.interactive and verdict.rebooted(seen)):
                return verdict.judge(seen)
            say("the guest rebooted; starting it again")


def boot(opts):
    """Do what `tokos boot` is asked to do; return the exit code."""
    if opts.dry_run:
        print(shlex.join(qemu.command(opts, ["-serial", "stdio"])))
        return 0
    try:
        return report(watched_run(opts))
    except Interrupted:
        say("interrupted")
        return verdict.INTERRUPTED
    except BrokenPipeError:
        return nobody_reads()
