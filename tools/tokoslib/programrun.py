"""`tokos run`: run one program as `wine` would, and end as it ended."""
import argparse
import contextlib
import re
import sys

from . import options, paths, program, programsession, qemu, verdict
from .errors import TokosError
from .process import Workspace
from .run import FULL_TRAP_LOG, RESETS_ONLY, Interrupted, end_on_signals, nobody_reads, report, say

STATUS_HEADER = paths.ROOT / "lib" / "status.h"
STATUS_LINE = re.compile(r"^#define (STATUS_\w+)\s+0x([0-9A-F]{8})u$", re.M)
LOG_LINES = 200                 # of the kernel's log, shown when it fails

MACHINE_OPTIONS = ("--append", "--memory", "--cpu", "--machine", "--icount", "--seed", "--timeout")
OPTIONS = (
    ("--kernel", dict(metavar="FILE", help="boot this kernel; build/tokos.elf if not given")),
    ("--with", dict(metavar="FILE", action="append", default=[], dest="beside",
                    help="put this file, or this folder and all in it, beside the "
                         "program; may be repeated")),
    ("--trace", dict(metavar="FILE", help="write the kernel's log to FILE, with a record of every "
                                          "fault (the word trace=fault)")),
)


def add_arguments(parser):
    """Give `parser` what `tokos run` understands."""
    for name, details in options.MACHINE_OPTIONS:
        if name in MACHINE_OPTIONS:
            parser.add_argument(name, **details)
    for name, details in OPTIONS:
        parser.add_argument(name, **details)
    parser.add_argument("prog", metavar="PROG", help="a file of this machine or, where there is "
                        "none of that name, a program on TokOS's own volume")
    parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="its arguments")
    parser.set_defaults(iso=None, disk=[], module=None, gdb=None, display=False, log=None)


def status_name(code):
    """The name of the NTSTATUS `code`, or an empty string."""
    names = {}
    for name, value in STATUS_LINE.findall(STATUS_HEADER.read_text(encoding="utf-8")):
        names.setdefault(int(value, 16), name)
    return names.get(code, "")


def _settle(opts):
    options.settle(opts, default="kernel")
    words = ["run", *(["trace=fault"] if opts.trace else []), *([opts.append] if opts.append else [])]
    opts.append = " ".join(words)
    opts.trap_log = bool(opts.trace)
    return opts


def _observe(opts, workspace, trace):
    """Run QEMU; return the Evidence and the session."""
    opts.module = program.modules(opts, workspace.path)
    items = FULL_TRAP_LOG if opts.trap_log else RESETS_ONLY
    with contextlib.closing(programsession.ProgramSession(workspace, trace, items)) as session:
        wiring = session.wiring()
        return session.run(qemu.command(opts, wiring, workspace.plain), opts.timeout), session


def _judge(seen, session):
    """The Verdict on a run that is not the program's own end; None where it is."""
    ended = seen.status in (verdict.STATUS_PASSED, verdict.STATUS_FAILED)
    if seen.timed_out or not ended:
        return verdict.judge(seen)
    if session.watch.exit_code is None:
        return verdict.Verdict(verdict.CUT_SHORT, "cut short: the kernel ended without having run "
                               "the program")
    return None


def _end(code, session):
    """Tell an exit code that does not fit; return what fits."""
    if code > 0xFF:
        before = "\n" if session.error_mid_line else ""
        print(f"{before}exit code 0x{code:08X} {status_name(code)}".rstrip(" "), file=sys.stderr)
    return code & 0xFF


def _show_log(session):
    lines = session.log.decode(errors="replace").replace("\r", "").splitlines()
    print(*lines[-LOG_LINES:], sep="\n", file=sys.stderr)


def _run(opts):
    with contextlib.ExitStack() as stack:
        try:
            trace = stack.enter_context(open(opts.trace, "wb")) if opts.trace else None
        except OSError as error:
            raise TokosError(f"{opts.trace}: {error.strerror}") from None
        workspace = stack.enter_context(Workspace())
        seen, session = _observe(opts, workspace, trace)
        judgement = _judge(seen, session)
    if not judgement:
        return _end(session.watch.exit_code, session)
    _show_log(session)
    return report(judgement)


def run(opts):
    """Do what `tokos run` is asked to do; return the exit code."""
    end_on_signals()
    try:
        return _run(_settle(opts))
    except Interrupted:
        say("interrupted")
        return verdict.INTERRUPTED
    except BrokenPipeError:
        return nobody_reads()
